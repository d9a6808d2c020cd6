"""The output of `tasktimer` without a command: the status and the everyday commands."""

from collections.abc import Iterator, Sequence

from tasktimer import output
from tasktimer.cli.commands.status import find_status, write_status
from tasktimer.cli.context import Context
from tasktimer.core.task import DEFAULT_USER, Task
from tasktimer.core.timesheet import Timesheet
from tasktimer.services.queries import some_users


def show_overview(context: Context) -> None:
    """Print the status and, on a terminal, commands to run next."""
    tasks, today = find_status(context, None)

    def text() -> str:
        lines = dict(_everyday_commands(tasks, today, _user_option(context, tasks, today)))
        width = max(map(len, lines))
        commands = "".join(f"  {line:{width}}    {purpose}\n" for line, purpose in lines.items())
        return f"{output.status.format_status(tasks, today, context.now)}\n{commands}"

    write_status(context, tasks, today, text, as_json=False)


def _user_option(context: Context, tasks: Sequence[Task], today: Timesheet) -> str:
    """Return a --user option for commands if the file has several users and no user is set, otherwise ""."""
    is_set = context.resolve_user(None).author.user_id != DEFAULT_USER
    users = set[int]() if is_set else some_users(context.store)
    if len(users) < 2:
        return ""
    recent = [*(entry.task for entry in today.entries[-1:]), *tasks]
    return f" --user {recent[-1].user_id if recent else min(users)}"


def _everyday_commands(tasks: Sequence[Task], today: Timesheet, user: str) -> Iterator[tuple[str, str]]:
    """Yield command lines that suit the running tasks and today's timesheet, each with its purpose."""
    if tasks:
        yield f"tasktimer switch review{user}", "start another task instead"
        yield f"tasktimer stop{' --all' if tasks[1:] else ''}", f"stop {'them' if tasks[1:] else 'it'}"
    else:
        yield f"tasktimer track write docs{user}", "start a task"
        if today.entries:
            yield f"tasktimer resume{user}", "start the last task again"
    yield "tasktimer times", "show the time spent today"
    yield "tasktimer list week", "show this week's tasks"
    yield "tasktimer --help", "show all commands"
