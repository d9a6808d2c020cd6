"""`tasktimer status`: show the running tasks and today's total."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json, option
from tasktimer.cli.results import write_record
from tasktimer.cli.streams import ExitCode, write_result
from tasktimer.core.local_time import current_date, day_window
from tasktimer.core.task import Task
from tasktimer.core.timesheet import Timesheet
from tasktimer.errors import InvalidValue
from tasktimer.services import queries

EPILOG = """\
Examples:
  tasktimer status
  tasktimer status --format '{description} {elapsed}'     for a prompt
  tasktimer status > /dev/null && echo busy
  tasktimer status --json | jq .today.worked

FORMAT can contain these fields of the most recently started task: {id},
{user}, {description}, {project}, {tags}, {note}, {since} (such as 09:14) and
{elapsed} (such as 1:05:30). It can also contain {total} (today's total) and
{others} (number of other running tasks). Write literal braces as {{ and }}.

The exit code is 0 if a task is running, and 1 otherwise.

Output: one line on a terminal or, if several tasks are running, one line per
task (at most 6) and one for the total. A note points out tasks that have been
running for more than 16 hours. When piped, prints one line per running task
with the columns of tasktimer times; time_spent is the duration so far. --json
prints the running tasks with their durations, and today's totals.
"""

Template = Annotated[str | None, option("--format", "FORMAT", "Format for the running task; see below.")]


def status(ctx: typer.Context, user: AnyUser = None, template: Template = None, as_json: Json = False) -> None:
    """Show the running tasks and today's total."""
    context: Context = ctx.obj
    if template is not None:
        if as_json:
            raise InvalidValue("format-and-json", "--json and --format cannot be used together", "omit one of them")
        output.status.validate_format(template)
    tasks, today = find_status(context, user)
    now = context.now
    if template is not None and (tasks or not context.is_terminal):
        write_result(output.status.format_fields(template, tasks, today, now), utf8=not context.is_terminal)
    else:
        write_status(context, tasks, today, lambda: output.status.format_status(tasks, today, now), as_json=as_json)
    if not tasks:
        raise typer.Exit(ExitCode.FAILED)


def find_status(context: Context, user: str | None) -> tuple[list[Task], Timesheet]:
    """Return the running tasks and today's timesheet."""
    day = day_window(current_date(context.now), context.zone)
    return queries.status(context.store, context.resolve_user(user).reader, day, now=context.now)


def write_status(
    context: Context, tasks: Sequence[Task], today: Timesheet, text: Callable[[], str], *, as_json: bool
) -> None:
    """Print the running tasks and today's totals as JSON, as `text` on a terminal, or as lines when piped."""
    now, zone = context.now, context.zone
    entries = [(task, task.interval(now).duration) for task in tasks]
    write_record(
        context,
        as_json=as_json,
        record=lambda: output.json_tsv.status_to_dict(entries, today, now, zone),
        text=text,
        lines=lambda: output.json_tsv.entries_tsv(entries, zone),
    )
    if context.is_terminal and not as_json:
        from tasktimer.cli.notes import warn_forgotten_tasks  # lazy: what people see

        warn_forgotten_tasks(context, tasks)
