"""`tasktimer status`: show the running tasks and the total of today."""

from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json
from tasktimer.cli.results import write_record
from tasktimer.cli.streams import ExitCode, write_result
from tasktimer.core.local_time import day_window
from tasktimer.errors import InvalidValue
from tasktimer.services import queries

EPILOG = """\
Examples:
  tasktimer status
  tasktimer status --format '{description} {elapsed}'     for a prompt
  tasktimer status > /dev/null && echo busy
  tasktimer status --json | jq .today.worked

FORMAT has the fields {id}, {user}, {description}, {project}, {tags}, {note},
{since} (09:14), {elapsed} (1:05:30), {total} (of today) and {others} (number
of other running tasks), of the task that started last; {{ and }} are braces.

The exit code is 0 if a task is running, else 1.

Prints a line on a terminal. Prints the columns of tasktimer times on a pipe,
one line per running task, with its duration so far as time_spent. --json has
the running tasks with the elapsed seconds, and the totals of today.
"""

Template = Annotated[
    str | None, typer.Option("--format", metavar="FORMAT", help="Format of the running task; see below.")
]


def status(ctx: typer.Context, user: AnyUser = None, template: Template = None, as_json: Json = False) -> None:
    """Show the running tasks and the total of today."""
    context: Context = ctx.obj
    if template is not None:
        if as_json:
            raise InvalidValue("format-and-json", "--json and --format are both given", "use one of them")
        output.status.validate_format(template)
    now, zone = context.now, context.zone
    day = day_window(now.date(), zone)
    tasks, today = queries.status(context.store, context.resolve_user(user).reader, day, now=now)
    entries = [(task, task.interval(now).duration) for task in tasks]
    if template is not None and (tasks or not context.is_terminal):
        write_result(output.status.format_fields(template, tasks, today, now), utf8=not context.is_terminal)
    else:
        write_record(
            context,
            as_json=as_json,
            record=lambda: output.json_tsv.status_to_dict(entries, today, now, zone),
            text=lambda: output.status.format_status(tasks, today, now),
            lines=lambda: output.json_tsv.entries_tsv(entries, zone),
        )
    if not tasks:
        raise typer.Exit(ExitCode.FAILED)
