"""What became of a task that is not there; imported only when one is asked for."""

from tasktimer.core.journal import Command
from tasktimer.errors import TaskNotFound
from tasktimer.store import Connection
from tasktimer.store.statements import journal


def missing_task(connection: Connection, task_id: int, *, by: int | None) -> TaskNotFound:
    """The refusal for a task that is not there: it says which command removed it, if one did, and knows the way back.

    `by` is the user who asks, where that is known.
    """
    last = journal.last_change_since(connection, task_id, 0)
    if last is None:
        return TaskNotFound(task_id)
    user = None if by == last.user_id else last.user_id
    facts = {"id": task_id, "way_back": _way_back(connection, last), "user": user}
    return TaskNotFound(task_id, f"{last.name} of user {last.user_id} (command {last.id})", facts=facts)


def _way_back(connection: Connection, last: Command) -> str | None:
    """The command that brings it back, where that would be the next to be reversed."""
    if last.name == "undo":
        name, found = "redo", journal.first_redoable(connection, last.user_id, 1)
    else:
        name, found = "undo", journal.last_standing(connection, last.user_id, 1)
    return name if found and found[0].id == (last.reverses or last.id) else None
