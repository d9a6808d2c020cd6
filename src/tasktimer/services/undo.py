"""The verbs that take commands back, bring them again, and tell what was done."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from tasktimer.core.journal import Change, JournalEntry
from tasktimer.errors import NotFound
from tasktimer.services.reversal import NothingToUndo, reverse_entries
from tasktimer.services.transaction import retry_on_conflict
from tasktimer.store import Connection, Store
from tasktimer.store.statements import journal, task_queries


@retry_on_conflict
def undo(store: Store, *, by: int, count: int = 1, now: datetime) -> list[JournalEntry]:
    """Take back a user's last commands, the last one first; all of them or none.

    Raises:
        NothingToUndo: the user has given none, or (NotEnoughEntries) not so many.
        UndoConflict: a task has changed since.
    """
    commands = reverse_entries(store, "undo", journal.undoable_entries, by=by, count=count, now=now, in_order=True)
    if commands:
        return commands
    with store.read() as connection:
        raise _nothing_to_undo(connection, by)


@retry_on_conflict
def undo_one(store: Store, command_id: int, *, by: int, now: datetime) -> JournalEntry:
    """Take back one command of a user, whatever was done since to other tasks.

    Raises:
        NotFound: there is no such command.
        NothingToUndo: it is another user's, is taken back already, or is an undo or a redo itself.
        UndoConflict: a task has changed since.
    """

    def find(connection: Connection, user_id: int, _count: int) -> list[JournalEntry]:
        return [_entry_to_undo(connection, command_id, user_id)]

    return reverse_entries(store, "undo", find, by=by, now=now)[0]


@retry_on_conflict
def redo(store: Store, *, by: int, count: int = 1, now: datetime) -> list[JournalEntry]:
    """Do again what a user took back, what was taken back last first; all or nothing.

    Raises:
        NothingToUndo: none, or (NotEnoughEntries) not so many were taken back, or another command came since.
        UndoConflict: a task has changed since.
    """
    commands = reverse_entries(store, "redo", journal.redoable_entries, by=by, count=count, now=now)
    if commands:
        return commands
    raise NothingToUndo(
        "nothing-to-redo",
        f"there is nothing that user {by} took back",
        "what undo took can be brought back until another command changes tasks",
    )


def list_entries(
    store: Store,
    *,
    user_id: int | None,
    task_id: int | None = None,
    limit: int,
    most_changes: int = journal.CHANGES_PAGE,
) -> list[JournalEntry]:
    """The last commands that changed tasks, of a user or (None) of all, or those about one task; the last one last.

    Each has its first so many changes, and says how many more there are: `changes_of` gives all.

    Raises:
        TaskNotFound: there is no such task, and never was since the journal began.
    """
    with store.read() as connection:
        found = journal.list_entries(
            connection, user_id=user_id, task_id=task_id, limit=limit, most_changes=most_changes
        )
        if task_id is not None and not found:
            task_queries.get_task(connection, task_id)  # it may be older than the journal
        return found


def changes_of(store: Store, command: JournalEntry) -> Iterator[Change]:
    """All that a command changed, by task, read page by page: nobody has to wait meanwhile."""
    yield from command.changes
    after, has_more = (command.changes[-1].task_id if command.changes else 0), command.more > 0
    while has_more:
        with store.read() as connection:
            changes, has_more = journal.changes_page(connection, command.id, after)
        yield from changes
        after = changes[-1].task_id if changes else after


def with_first_changes(store: Store, command: JournalEntry, most: int) -> JournalEntry:
    """The command with the first of its changes, so many at least, where a reversal left them out."""
    if command.changes or not command.more:
        return command
    changes = tuple(islice(changes_of(store, command), most))
    return replace(command, changes=changes, more=command.more - len(changes))


def count_entries_before(store: Store, *, before: datetime, user_id: int | None) -> int:
    """How many commands `forget` would forget."""
    with store.read() as connection:
        return journal.count_entries(connection, before, user_id)


@retry_on_conflict
def prune_history(store: Store, *, before: datetime, user_id: int | None) -> int:
    """Forget the commands given before an instant, of a user or (None) of all: they cannot be taken back any more."""
    with store.write() as connection:
        return journal.delete_entries(connection, before, user_id)


def _entry_to_undo(connection: Connection, command_id: int, user_id: int) -> JournalEntry:
    command = journal.find_entry(connection, command_id)
    if command is None:
        raise NotFound("command-not-found", f"there is no command {command_id}")
    name = f"command {command_id} ({command.name})"
    if command.user_id != user_id:
        message = f"{name} is one of user {command.user_id}, not of user {user_id}"
        raise NothingToUndo("command-of-other-user", message, "only one's own commands can be taken back")
    if command.reverted_entry_id is not None:
        message = f"{name} is itself about command {command.reverted_entry_id}, and cannot be taken back"
        raise NothingToUndo(
            "command-is-reversal", message, context={"name": command.name, "reverses": command.reverted_entry_id}
        )
    if command.undone:
        raise NothingToUndo("already-undone", f"{name} is already taken back")
    return command


def _nothing_to_undo(connection: Connection, user_id: int) -> NothingToUndo:
    other = journal.last_entry(connection)
    is_own = other is None or other.user_id == user_id
    context = {} if other is None or is_own else {"user": other.user_id, "command": other.name}
    return NothingToUndo("nothing-to-undo", f"there is nothing of user {user_id} to undo", context=context)
