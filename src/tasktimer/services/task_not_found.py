"""What became of a task that is not there; imported only when one is asked for."""

from tasktimer.core.journal import JournalEntry
from tasktimer.errors import TaskNotFound
from tasktimer.store import Connection
from tasktimer.store.statements import journal


def task_not_found_error(connection: Connection, task_id: int, *, by: int | None) -> TaskNotFound:
    """The refusal for a task that is not there: it says which command removed it, if one did, and knows the way back.

    `by` is the user who asks, where that is known.
    """
    last = journal.last_change_since(connection, task_id, 0)
    if last is None:
        return TaskNotFound(task_id)
    user = None if by == last.user_id else last.user_id
    context = {"id": task_id, "way_back": _restoring_command(connection, last), "user": user}
    return TaskNotFound(task_id, f"{last.name} of user {last.user_id} (command {last.id})", context=context)


def _restoring_command(connection: Connection, last: JournalEntry) -> str | None:
    """The command that brings it back, where that would be the next to be reversed."""
    if last.name == "undo":
        name, found = "redo", journal.redoable_entries(connection, last.user_id, 1)
    else:
        name, found = "undo", journal.undoable_entries(connection, last.user_id, 1)
    return name if found and found[0].id == (last.reverted_entry_id or last.id) else None
