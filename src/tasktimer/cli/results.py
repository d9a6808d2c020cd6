"""How the tasks that a command changed are printed."""

from collections.abc import Callable, Sequence

from tasktimer.cli.context import Context
from tasktimer.cli.exits import write_result
from tasktimer.core.task import Task


def write_tasks(
    context: Context, tasks: Sequence[Task], sentences: Callable[[], str], *, done: str | None, as_json: bool
) -> None:
    """Print a list of tasks as JSON, sentences on a terminal, or an id a line; `done` says what was done."""
    said = f"{done} {' '.join(str(task.id) for task in tasks)}" if tasks and done else None
    if as_json:
        from tasktimer.output import data  # most commands are given by people

        write_result(data.to_json([data.task_object(task, context.zone) for task in tasks]), done=said, utf8=True)
    else:
        write_result(sentences() if context.is_terminal else _ids(tasks), done=said)


def write_task(context: Context, task: Task, sentences: Callable[[], str], *, done: str, as_json: bool) -> None:
    """The same of the one task that there is: JSON has no list, and `done` is a whole clause."""
    if as_json:
        from tasktimer.output import data  # most commands are given by people

        write_result(data.to_json(data.task_object(task, context.zone)), done=done, utf8=True)
    else:
        write_result(sentences() if context.is_terminal else _ids([task]), done=done)


def _ids(tasks: Sequence[Task]) -> str:
    return "".join(f"{task.id}\n" for task in tasks)
