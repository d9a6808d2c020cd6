"""`tasktimer status`: show the running tasks and the total of today."""

from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json
from tasktimer.cli.streams import ExitCode, write_result
from tasktimer.core.local_time import day_window
from tasktimer.errors import InvalidValue
from tasktimer.output import status as shown
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

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def status(
    ctx: typer.Context,
    user: AnyUser = None,
    template: Annotated[
        str | None,
        typer.Option("--format", metavar="FORMAT", help="Format of the running task; see below."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the running tasks and the total of today."""
    context: Context = ctx.obj
    if template is not None:
        if as_json:
            raise InvalidValue("format-and-json", "--json and --format are both given", "use one of them")
        shown.validate_format(template)
    now = context.now
    day = day_window(now.date(), context.zone)
    tasks, today = queries.status(context.store, context.resolve_user(user).reader, day, now=now)
    if as_json:
        write_result(shown.status_json(tasks, today, now, context.zone), utf8=True)
    elif context.is_terminal and (template is None or not tasks):
        write_result(shown.format_status(tasks, today, now))
    elif template is not None:
        write_result(shown.format_fields(template, tasks, today, now), utf8=not context.is_terminal)
    else:
        write_result(shown.status_tsv(tasks, now, context.zone), utf8=True)
    if not tasks:
        raise typer.Exit(ExitCode.FAILED)
