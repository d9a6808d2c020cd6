"""Why a command cannot be reversed: what has changed with a task since, and by which command."""

from dataclasses import fields
from typing import Any

from tasktimer.core.journal import Command
from tasktimer.core.task import Task
from tasktimer.errors import Conflict
from tasktimer.store import Connection, history


class ChangedSince(Conflict):
    """A task is not as the command that is to be reversed left it."""

    def __init__(self, what: str, facts: dict[str, Any]) -> None:
        super().__init__("changed-since", what, facts=facts)


def changed_since(
    connection: Connection,
    command: Command,
    states: tuple[Task | None, Task | None],
    reversing: set[int | None],
    *,
    in_order: bool,
) -> ChangedSince:
    """The refusal for a command, with the two states of a task: as the command left it, and as it is.

    `reversing` are the numbers of all commands that were to be reversed; `in_order` where it was to be the last one.
    """
    (task_id,) = {task.id for task in states if task is not None}
    later = (since for since in history.commands_since(connection, task_id, command.id) if _stands(since, command.id))
    causes = [since for since in later if _is_cause(since, states) and not {since.id, since.reverses} & reversing]
    since = causes[-1] if causes else None
    by = "" if since is None else f", by {since.name} of user {since.user_id} (command {since.id})"
    is_own = since is not None and since.user_id == command.user_id
    return ChangedSince(
        f"task {task_id} has changed since {command.name} (command {command.id}): {_told(*states)}{by}",
        {
            "id": task_id,
            "user": None if since is None or is_own else since.user_id,  # who else can take back what changed it
            "own": is_own and command.undone,  # it can be taken back first
            "in_order": in_order,
        },
    )


def _stands(since: Command, command_id: int) -> bool:
    """Whether anything is left of a later command."""
    # Of one that was reversed nothing is left, and its reversal did no more than that.
    return not since.undone if since.reverses is None else since.reverses < command_id


def _is_cause(since: Command, states: tuple[Task | None, Task | None]) -> bool:
    (change,) = since.changes
    return bool(_differences(change.before, change.after) & _differences(*states))


def _differences(one: Task | None, other: Task | None) -> set[str]:
    if one is None or other is None:
        return {"existence"}
    return {field.name for field in fields(Task) if getattr(one, field.name) != getattr(other, field.name)}


def _told(expected: Task | None, found: Task | None) -> str:
    if found is None:
        return "it was deleted"
    if expected is None:
        return "it is there"
    names = sorted(_differences(expected, found))
    return f"its {' and '.join(name.removesuffix('_time') for name in names)} changed"
