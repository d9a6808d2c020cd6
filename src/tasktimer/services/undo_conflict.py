"""The error for an undo or redo of a command whose tasks have changed since, naming the command that changed them."""

from typing import Any

from tasktimer.core.journal import JournalEntry
from tasktimer.core.task import Task
from tasktimer.errors import Conflict
from tasktimer.store.protocols import Connection
from tasktimer.store.statements import journal, task_queries

States = tuple[Task | None, Task | None]


class UndoConflict(Conflict):
    """The error for an undo or redo that fails because a task has changed in the meantime."""

    def __init__(self, message: str, context: dict[str, Any]) -> None:
        super().__init__("undo-conflict", message, context=context)


def undo_conflict_error(
    connection: Connection,
    entry: JournalEntry,
    states: States,
    reversing: set[int | None],
    *,
    in_order: bool,
) -> UndoConflict:
    """Return the error for a task that has changed since an entry.

    `states` are the states of the task after the entry and now. `reversing` contains the IDs of all
    entries that are being undone or redone.
    """
    (task_id,) = {task.id for task in states if task is not None}
    later = (since for since in journal.entries_since(connection, task_id, entry.id) if _is_in_effect(since, entry.id))
    causes = (
        since for since in later if _caused(since, states) and not {since.id, since.reverted_entry_id} & reversing
    )
    cause = next(causes, None)
    by = "" if cause is None else f" (command {cause.id}, {cause.name} by user {cause.user_id})"
    differences = _differences(*states) if cause is None else _caused(cause, states)
    is_own = cause is not None and cause.user_id == entry.user_id
    return UndoConflict(
        f"task {task_id} has changed since command {entry.id} ({entry.name}): {_describe(differences, states)}{by}",
        {
            "id": task_id,
            "user": None if cause is None or is_own else cause.user_id,  # the other user who changed the task
            "own": cause if is_own and entry.undone else None,  # the user's own entry to reverse first
            "owner": user_to_name(connection, entry.user_id),
            "in_order": in_order,
        },
    )


def _is_in_effect(since: JournalEntry, command_id: int) -> bool:
    """Return whether an entry recorded after a command is still in effect."""
    # An undone entry and its undo cancel each other out, unless the entry precedes the command.
    return not since.undone if since.reverted_entry_id is None else since.reverted_entry_id < command_id


def _caused(since: JournalEntry, states: States) -> set[str]:
    """Return the names of the fields that the entry `since` changed and that differ between the two states."""
    (change,) = since.changes
    return _differences(change.before, change.after) & _differences(*states)


def _differences(one: Task | None, other: Task | None) -> set[str]:
    if one is None or other is None:
        return {"existence"}
    return {name for name in Task.__slots__ if getattr(one, name) != getattr(other, name)}


def _describe(differences: set[str], states: States) -> str:
    if None in states:
        return "it was deleted" if states[1] is None else "it exists again"
    return f"its {' and '.join(name.removesuffix('_time') for name in sorted(differences))} changed"


def user_to_name(connection: Connection, user_id: int) -> int | None:
    """Return the ID of a user whom a hint must name, or None for the only user of the store."""
    return None if task_queries.some_users(connection) == {user_id} else user_id
