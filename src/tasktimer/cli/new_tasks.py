"""Options, arguments, output and notes shared by the commands that start a task."""

from collections.abc import Sequence
from typing import Annotated

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.options import argument, flag, option
from tasktimer.cli.results import write_task
from tasktimer.core.task import Task

Description = Annotated[
    list[str], argument("DESCRIPTION...", "Description of the task; no quotes needed.", "description")
]
Project = Annotated[str | None, option("--project -p", "NAME", "Project, such as acme or acme/website.", "project")]
Tags = Annotated[
    list[str] | None, option("--tag -t", "TAG", "Tag, same as +TAG in the description; can be repeated.", "tag")
]
Note = Annotated[str | None, option("--note", "TEXT", "Note about the task.")]
Parallel = Annotated[bool, flag("--parallel", "Keep other tasks running, even if exclusive is set.")]

_SIGNS = frozenset("@#:=0123456789")  # of times and labels among the words of a description


def split_words(words: Sequence[str], tags: Sequence[str] | None) -> tuple[str, Sequence[str]]:
    """Return the description without +TAG words, and all tags: first those from +TAG words, then `tags`."""
    if not any(word.startswith("+") for word in words):
        return " ".join(words), tags or ()
    from tasktimer.core.labels import split_tags  # lazy: only +TAG words need it

    text, marked = split_tags(words)
    return text, [*marked, *(tags or ())]


def write_new_task(
    context: Context, task: Task, stopped: Sequence[Task], *, as_json: bool, is_new: bool = True
) -> None:
    """Print a new task as `write_task` does; on a terminal, first print the tasks stopped by the same command.

    `is_new=False` means that the task was already running.
    """

    def text() -> str:
        lines = [output.formatting.format_stopped(ended, context.now) for ended in stopped]
        return "".join([*lines, output.formatting.format_started(task, context.now)])

    done = f"task {task.id} {'was stored' if is_new else 'is already running'}"
    write_task(context, task, text, done=done, as_json=as_json)


def warn_misplaced_words(
    context: Context, task: Task, stopped: Sequence[Task], words: Sequence[str], user: str | None, flag: str | None
) -> None:
    """Print a note if words of a new task's description look like labels or like a time.

    On a terminal, also print one if the first word is the name of a project. `flag` is the option that sets a time, or
    --for to look only for durations; if it is None, do not look for either.
    """
    if not _SIGNS.isdisjoint(task.description):
        from tasktimer.cli.misplaced import warn_description  # lazy: most descriptions are only words

        warn_description(context, task, stopped, words, user, flag)
    elif task.project is None and context.is_terminal:
        from tasktimer.cli.project_words import warn_project  # lazy: only on a terminal

        warn_project(context, task, words, user)
