"""A note about a description that begins with the name of a project, as in Watson."""

from collections.abc import Sequence
from contextlib import suppress
from shlex import join

from tasktimer.cli.context import Context
from tasktimer.core.labels import is_tag_word, parse_project
from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.errors import TasktimerError, quote_value
from tasktimer.services.completion import is_project


def warn_project(context: Context, task: Task, words: Sequence[str], user: str | None) -> None:
    """On a terminal, print a note if a new task has no project and its first word is the name of one."""
    if task.project is not None or not context.is_terminal or "--" in context.arguments:
        return
    first, *text = [word for word in words if not is_tag_word(word)]
    with suppress(TasktimerError):  # not a valid name, or the store cannot be read; the task has been stored
        project = parse_project(first)
        if is_project(context.store, Actor(task.user_id, task.user_id), project):
            message = f"{quote_value(first)} is part of the description, and also the name of a project"
            line = edit_line(task, text, ["-p", project], user)
            context.print_note(message, f"to set it as the project, run: {line}")


def edit_line(task: Task, text: Sequence[str], options: Sequence[str], user: str | None) -> str:
    """Return the command that sets the description of a task, unless `text` is empty, and these options."""
    described = ["--description", " ".join(text)] if text else []
    owner = [] if user in (None, ALL_USERS) else ["--user", str(user)]
    return join(["tasktimer", "edit", str(task.id), *described, *options, *owner])
