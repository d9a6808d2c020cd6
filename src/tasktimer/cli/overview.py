"""What `tasktimer` without a command shows: the status, and the commands of every day."""

from collections.abc import Iterator, Sequence

from tasktimer import output
from tasktimer.cli.commands.status import find_status, write_status
from tasktimer.cli.context import Context
from tasktimer.core.task import Task
from tasktimer.core.timesheet import Timesheet


def show_overview(context: Context) -> None:
    """Print the status; on a terminal, also commands that can be run now."""
    tasks, today = find_status(context, None)

    def text() -> str:
        lines = dict(_everyday_commands(tasks, today))
        width = max(map(len, lines))
        commands = "".join(f"  {line:{width}}    {purpose}\n" for line, purpose in lines.items())
        return f"{output.status.format_status(tasks, today, context.now)}\n{commands}"

    write_status(context, tasks, today, text, as_json=False)


def _everyday_commands(tasks: Sequence[Task], today: Timesheet) -> Iterator[tuple[str, str]]:
    """Yield command lines, each with its purpose, that suit the running tasks and the tasks of today."""
    if tasks:
        yield "tasktimer switch review", f"stop {'them' if tasks[1:] else 'it'} and start another task"
        yield f"tasktimer stop{' --all' if tasks[1:] else ''}", f"stop {'them' if tasks[1:] else 'it'}"
    else:
        yield "tasktimer track write docs", "start a task"
        if today.entries:
            yield "tasktimer resume", "start the last task again"
    yield "tasktimer times", "show the time spent on each task today"
    yield "tasktimer list week", "show the tasks of this week"
    yield "tasktimer --help", "show all commands"
