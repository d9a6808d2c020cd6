"""Why a command cannot be reversed: what has changed with a task since, and by which command."""

from dataclasses import fields
from typing import Any

from tasktimer.core.journal import Command
from tasktimer.core.task import Task
from tasktimer.errors import Conflict
from tasktimer.store import Connection, history

_States = tuple[Task | None, Task | None]  # as a command left a task, and as it is


class ChangedSince(Conflict):
    """A task is not as the command that is to be reversed left it."""

    def __init__(self, what: str, facts: dict[str, Any]) -> None:
        super().__init__("changed-since", what, facts=facts)


def changed_since(
    connection: Connection,
    command: Command,
    states: _States,
    reversing: set[int | None],
    *,
    in_order: bool,
) -> ChangedSince:
    """The refusal for a command, with the two states of a task: as the command left it, and as it is.

    `reversing` are the numbers of all commands that were to be reversed; `in_order` where it was to be the last one.
    """
    (task_id,) = {task.id for task in states if task is not None}
    later = (since for since in history.commands_since(connection, task_id, command.id) if _stands(since, command.id))
    causes = (since for since in later if _caused(since, states) and not {since.id, since.reverses} & reversing)
    cause = next(causes, None)
    by = "" if cause is None else f", by {cause.name} of user {cause.user_id} (command {cause.id})"
    differences = _differences(*states) if cause is None else _caused(cause, states)
    is_own = cause is not None and cause.user_id == command.user_id
    return ChangedSince(
        f"task {task_id} has changed since {command.name} (command {command.id}): {_told(differences, states)}{by}",
        {
            "id": task_id,
            "user": None if cause is None or is_own else cause.user_id,  # who else can take back what changed it
            "own": cause if is_own and command.undone else None,  # what can be taken back first
            "in_order": in_order,
        },
    )


def _stands(since: Command, command_id: int) -> bool:
    """Whether anything is left of a later command."""
    # Of one that was reversed nothing is left, and its reversal did no more than that.
    return not since.undone if since.reverses is None else since.reverses < command_id


def _caused(since: Command, states: _States) -> set[str]:
    """What of the differences a later command changed."""
    (change,) = since.changes
    return _differences(change.before, change.after) & _differences(*states)


def _differences(one: Task | None, other: Task | None) -> set[str]:
    if one is None or other is None:
        return {"existence"}
    return {field.name for field in fields(Task) if getattr(one, field.name) != getattr(other, field.name)}


def _told(differences: set[str], states: _States) -> str:
    if None in states:
        return "it was deleted" if states[1] is None else "it is there"
    return f"its {' and '.join(name.removesuffix('_time') for name in sorted(differences))} changed"
