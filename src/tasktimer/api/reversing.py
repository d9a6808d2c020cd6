"""Taking commands back, and what was done."""

from collections.abc import Callable
from dataclasses import replace

from tasktimer.api.session import Session, Time, User, checked_count, checked_id, to_instant
from tasktimer.core.journal import JournalEntry
from tasktimer.errors import InvalidValue, StoreMissing
from tasktimer.services import undo as undo_service


class Reversing(Session):
    """The methods about the journal."""

    def undo(self, count: int = 1, *, command: int | None = None, user: User | None = None) -> list[JournalEntry]:
        """Take back the user's last commands, the last one first; all of them or none. Or only the command of an id.

        Raises:
            InvalidValue: both are given.
            NotFound: there is no such command.
            Conflict: there are fewer, it cannot be taken back, or a task has changed since.
        """
        if command is None:
            return self._reverse(undo_service.undo, count, user)
        if count != 1:
            raise InvalidValue("count-and-command", "count and command are both given", "give one of them")
        number = checked_count(command, noun="number of a command", code="invalid-command")
        return [self._whole(undo_service.undo_one(self._store, number, by=self._whose_commands(user), now=self.now()))]

    def redo(self, count: int = 1, *, user: User | None = None) -> list[JournalEntry]:
        """Do again what the user took back, what was taken back last first; all or nothing.

        Raises:
            Conflict: less was taken back, another command came since, or a task has changed since.
        """
        return self._reverse(undo_service.redo, count, user)

    def history(self, task_id: int | None = None, *, limit: int = 20, user: User | None = None) -> list[JournalEntry]:
        """The last commands that changed tasks, or those about one task; the last one last.

        Raises:
            TaskNotFound: there is no such task, and never was since the journal began.
        """
        number = None if task_id is None else checked_id(task_id)
        most = checked_count(limit, noun="limit", code="invalid-limit")
        commands = undo_service.list_entries(self._store, user_id=self._whose(user), task_id=number, limit=most)
        return [self._whole(command) for command in commands]

    def forget(self, before: Time, *, user: User | None = None) -> int:
        """Forget the commands given before a time: they cannot be taken back any more. Gives how many."""
        try:
            return undo_service.prune_history(self._store, before=to_instant(before), user_id=self._whose(user))
        except StoreMissing:
            return 0

    def _reverse(self, verb: Callable[..., list[JournalEntry]], count: int, user: User | None) -> list[JournalEntry]:
        number = checked_count(count, noun="number of commands", code="invalid-count")
        commands = verb(self._store, by=self._whose_commands(user), count=number, now=self.now())
        return [self._whole(command) for command in commands]

    def _whole(self, command: JournalEntry) -> JournalEntry:
        return replace(command, changes=tuple(undo_service.changes_of(self._store, command)), more=0)
