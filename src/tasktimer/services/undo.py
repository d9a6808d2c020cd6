"""Undo and redo commands."""

from datetime import datetime

from tasktimer.core.actor import Actor
from tasktimer.core.journal import JournalEntry
from tasktimer.errors import NotFound
from tasktimer.services.reversal import NothingToUndo, reverse_entries
from tasktimer.services.transaction import retry_on_conflict
from tasktimer.store import Connection, Store
from tasktimer.store.statements import journal


@retry_on_conflict
def undo(store: Store, actor: Actor, count: int = 1, *, now: datetime) -> list[JournalEntry]:
    """Undo the actor's last commands, all or none, and return them, newest first.

    Raises:
        NothingToUndo: if there is no command to undo.
        NotEnoughEntries: if there are fewer than `count`.
        UndoConflict: if a task has changed since.
    """
    entries = reverse_entries(store, actor, "undo", journal.undoable_entries, count=count, now=now, in_order=True)
    if entries:
        return entries
    with store.read() as connection:
        raise _nothing_to_undo(connection, actor.owner)


@retry_on_conflict
def undo_entry(store: Store, actor: Actor, entry_id: int, *, now: datetime) -> JournalEntry:
    """Undo one command of the actor, even if other tasks were changed since.

    Raises:
        NotFound: if there is no such command.
        NothingToUndo: if it belongs to another user, is undone already, or is itself an undo or a redo.
        UndoConflict: if a task has changed since.
    """

    def find(connection: Connection, user_id: int, _count: int) -> list[JournalEntry]:
        return [_get_undoable_entry(connection, entry_id, user_id)]

    return reverse_entries(store, actor, "undo", find, now=now)[0]


@retry_on_conflict
def redo(store: Store, actor: Actor, count: int = 1, *, now: datetime) -> list[JournalEntry]:
    """Redo what the actor undid last, all or none, and return it, last undone first.

    Raises:
        NothingToUndo: if nothing was undone, or a command has changed tasks since.
        NotEnoughEntries: if fewer than `count` commands were undone.
        UndoConflict: if a task has changed since.
    """
    entries = reverse_entries(store, actor, "redo", journal.redoable_entries, count=count, now=now)
    if entries:
        return entries
    raise NothingToUndo(
        "nothing-to-redo",
        f"user {actor.owner} has nothing to redo",
        "use redo directly after undo, before another command changes tasks",
    )


def _get_undoable_entry(connection: Connection, entry_id: int, user_id: int) -> JournalEntry:
    entry = journal.find_entry(connection, entry_id)
    if entry is None:
        raise NotFound("command-not-found", f"there is no command {entry_id}")
    name = f"command {entry_id} ({entry.name})"
    if entry.user_id != user_id:
        message = f"{name} belongs to user {entry.user_id}, not to user {user_id}"
        raise NothingToUndo("command-of-other-user", message, "undo only your own commands")
    if entry.reverted_entry_id is not None:
        message = f"{name} reverses command {entry.reverted_entry_id} and cannot be undone itself"
        context = {"name": entry.name, "reverses": entry.reverted_entry_id}
        raise NothingToUndo("command-is-reversal", message, context=context)
    if entry.undone:
        raise NothingToUndo("already-undone", f"{name} is already undone")
    return entry


def _nothing_to_undo(connection: Connection, user_id: int) -> NothingToUndo:
    last = journal.last_entry(connection)
    is_own = last is None or last.user_id == user_id
    context = {} if last is None or is_own else {"user": last.user_id, "command": last.name}
    return NothingToUndo("nothing-to-undo", f"user {user_id} has nothing to undo", context=context)
