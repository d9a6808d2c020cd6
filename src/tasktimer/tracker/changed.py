"""Why a command cannot be reversed: what has changed with a task since, and by which command."""

from dataclasses import fields

from tasktimer.core.journal import Command
from tasktimer.core.task import Task
from tasktimer.errors import Conflict
from tasktimer.store import Connection, history


class ChangedSince(Conflict):
    """A task is not as the command that is to be reversed left it."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__("changed-since", what, hint)


def changed_since(
    connection: Connection,
    command: Command,
    states: tuple[Task | None, Task | None],
    reversing: set[int | None],
    *,
    otherwise: str,
) -> ChangedSince:
    """The refusal for a command, with the two states of a task: as the command left it, and as it is.

    `reversing` are the numbers of all commands that were to be reversed, `otherwise` says what else can be done.
    """
    (task_id,) = {task.id for task in states if task is not None}
    later = (since for since in history.commands_since(connection, task_id, command.id) if _stands(since, command.id))
    causes = [since for since in later if _is_cause(since, states) and not {since.id, since.reverses} & reversing]
    since = causes[-1] if causes else None
    by = way_out = ""
    if since is not None:
        by = f", by {since.name} of user {since.user_id} (command {since.id})"
        if since.user_id != command.user_id:
            way_out = f"; user {since.user_id} can take that back first{otherwise}"
        elif command.undone:  # it was to be taken back
            way_out = "; take back first what you did since: tasktimer undo"
    return ChangedSince(
        f"task {task_id} has changed since {command.name} (command {command.id}): {_told(*states)}{by}",
        f"tasktimer history {task_id} shows what was done to it{way_out}",
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
