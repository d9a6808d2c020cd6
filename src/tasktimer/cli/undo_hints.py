"""The command that undoes a change."""

from contextlib import suppress

from tasktimer.cli.context import Context
from tasktimer.core.task import ALL_USERS, DEFAULT_USER, Task
from tasktimer.errors import TasktimerError
from tasktimer.services.queries import is_only_user


def undo_hint(context: Context, user: str | None, first: Task) -> str:
    """Return a hint with the command that undoes a change; see `undo_command` for the arguments."""
    return f"to undo this, run: {undo_command(context, user, first.user_id)}"


def undo_command(context: Context, user: str | None, first: int) -> str:
    """Return the command that undoes a change made with this --user option; `first` is the owner of the first task."""
    if user is not None and user != ALL_USERS:
        return f"tasktimer undo --user {user}"
    # The history attributes a change for all users to the caller or, if no user is set, to the owner of the first task.
    if context.resolve_user(None).author.user_id == DEFAULT_USER:
        with suppress(TasktimerError):  # the change has been made
            return f"tasktimer undo{'' if is_only_user(context.store, first) else f' --user {first}'}"
    return "tasktimer undo"
