"""A command that changes tasks: one transaction, and its entry in the journal."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from tasktimer.core.task import Task, validate_owner
from tasktimer.errors import ConcurrentUpdate, StoreMissing, TaskNotFound
from tasktimer.store import Connection, Store
from tasktimer.store.statements import journal_writes, task_writes

_Asked = ParamSpec("_Asked")
_Result = TypeVar("_Result")


def retry_on_conflict(verb: Callable[_Asked, _Result]) -> Callable[_Asked, _Result]:
    """Let a verb begin again, with what there is then, when other commands overtook it."""

    @wraps(verb)
    def again(*args: _Asked.args, **asked: _Asked.kwargs) -> _Result:
        while True:  # each time somebody else's command was done, so that this comes to an end
            with suppress(ConcurrentUpdate):
                return verb(*args, **asked)

    return again


@contextmanager
def journaled(store: Store, name: str, *, by: int, now: datetime, create: bool = False) -> Iterator["ChangeRecorder"]:
    """Change tasks: all of it, with an entry in the journal, when the block ends; nothing when it raises.

    `by` is the user who gave the command.
    """
    with store.write(create=create) as connection:
        made = ChangeRecorder(connection, name, by=by, now=now)
        yield made
        made.record()


@contextmanager
def journaled_on_tasks(
    store: Store, name: str, ids: Sequence[int], *, owner: int | None, by: int, now: datetime
) -> Iterator[tuple["ChangeRecorder", list[Task]]]:
    """The same, of the tasks of these ids, locked, in their order and none twice; with an owner, only that user's.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
    """
    try:
        with journaled(store, name, by=by, now=now) as made:
            yield made, made.lock_all(ids, owner)
    except StoreMissing:
        raise TaskNotFound(ids[0]) from None


class ChangeRecorder:
    """The changes of a command; each is made at once.

    `by` is the user who gave the command; `reverses` is the number of the one that it takes back, or does again.
    """

    def __init__(
        self, connection: Connection, name: str, *, by: int, now: datetime, reverted_entry_id: int | None = None
    ) -> None:
        self.connection = connection
        self.number: int | None = None  # in the journal, where it changed something
        self._name = name
        self._by = by
        self._now = now
        self._reverses = reverted_entry_id
        self._before: dict[int, Task | None] = {}
        self._after: dict[int, Task | None] = {}

    def lock_all(self, ids: Sequence[int], owner: int | None) -> list[Task]:
        """The tasks of these ids, locked, in their order and none twice; with an owner, only that user's.

        Raises:
            TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        """
        locked = task_writes.lock_tasks(self.connection, ids)
        return [self.checked(task_id, locked.get(task_id), owner) for task_id in dict.fromkeys(ids)]

    def checked(self, task_id: int, task: Task | None, owner: int | None = None) -> Task:
        """A task that was found, which with an owner must be that user's.

        Raises:
            TaskNotFound, TaskOfOtherUser: none was found, or it is not the owner's.
        """
        if task is None:
            from tasktimer.services.task_not_found import task_not_found_error  # only now is it of use

            raise task_not_found_error(self.connection, task_id, by=self._by)
        validate_owner(task, owner)
        return task

    def lock_found(self, find: Callable[[], Sequence[Task]]) -> list[Task]:
        """The tasks that a question finds, locked, and those that it finds only when this command has had its turn."""
        locked: set[int] = set()
        found = find()
        while new := {task.id for task in found} - locked:
            locked |= set(task_writes.lock_tasks(self.connection, list(new)))
            found = find()
        return list(found)

    def add(self, **values: Any) -> Task:
        """Store a new task; takes what `task_writes.insert_task` takes."""
        task = task_writes.insert_task(self.connection, **values)
        self._note(task.id, None, task)
        return task

    def change(self, task: Task, **values: Any) -> Task:
        """Give a task that is locked other values; an id and a user stay."""
        changed = replace(task, **values)
        if changed != task:
            task_writes.update_task(self.connection, task, changed)
            self._note(task.id, task, changed)
        return changed

    def remove(self, task: Task) -> None:
        """Delete a task that is locked."""
        task_writes.delete_task(self.connection, task.id)
        self._note(task.id, task, None)

    def put(self, pairs: Mapping[int, tuple[Task | None, Task | None]]) -> None:
        """Bring tasks that are locked, or absent, by id, from one state to another.

        Nothing of them is kept in memory: each is changed once by its command.
        """
        task_writes.apply_changes(self.connection, list(pairs.values()))
        self._record(pairs.values())

    def record(self) -> None:
        """Journal what is noted, unless nothing is different now."""
        self._record((before, self._after[task_id]) for task_id, before in self._before.items())

    def _record(self, pairs: Iterable[tuple[Task | None, Task | None]]) -> None:
        states = [pair for pair in pairs if pair[0] != pair[1]]
        if not states:
            return
        if self.number is None:
            self.number = journal_writes.insert_entry(
                self.connection, self._name, user_id=self._by, given_time=self._now, reverted_entry_id=self._reverses
            )
        journal_writes.insert_states(self.connection, self.number, states)

    def _note(self, task_id: int, before: Task | None, after: Task | None) -> None:
        # Of a task that is changed twice the journal has the first state and the last.
        self._before.setdefault(task_id, before)
        self._after[task_id] = after
