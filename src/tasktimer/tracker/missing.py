"""What became of a task that is not there; imported only when one is asked for."""

from tasktimer.core.journal import Command
from tasktimer.errors import TaskNotFound
from tasktimer.store import Connection, history


def missing_task(connection: Connection, task_id: int, *, by: int | None) -> TaskNotFound:
    """The refusal for a task that is not there: it says which command removed it, if one did, and the way back.

    `by` is the user who asks, where that is known.
    """
    last = history.last_change_since(connection, task_id, 0)
    if last is None:
        return TaskNotFound(task_id)
    back = _way_back(connection, last)
    if back is None:
        hint = f"tasktimer history {task_id} shows what was done to it"
    else:
        hint = f"tasktimer {back}{'' if by == last.user_id else f' --user {last.user_id}'} brings it back"
    return TaskNotFound(task_id, f"{last.name} of user {last.user_id} (command {last.id})", hint)


def _way_back(connection: Connection, last: Command) -> str | None:
    """The command that brings it back, where that would be the next to be reversed."""
    if last.name == "undo":
        name, found = "redo", history.first_redoable(connection, last.user_id, 1)
    else:
        name, found = "undo", history.last_standing(connection, last.user_id, 1)
    return name if found and found[0].id == (last.reverses or last.id) else None
