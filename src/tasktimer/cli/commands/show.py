"""`tasktimer show`: show the details of a task."""

from typing import Annotated

import typer

from tasktimer.cli.completion import complete
from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json
from tasktimer.cli.streams import write_result
from tasktimer.core.task import Task, parse_id
from tasktimer.output import json_tsv, messages, timesheet_data
from tasktimer.services import queries

EPILOG = """\
Examples:
  tasktimer show 7
  tasktimer show 7 --json | jq .note

Prints the line of tasktimer times on a pipe, with the duration of the whole
task in seconds.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def show(
    ctx: typer.Context,
    task_id: Annotated[str, typer.Argument(metavar="ID", help="ID of a task.", autocompletion=complete("recent"))],
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Show the details of a task."""
    context: Context = ctx.obj
    task = queries.get_task(context.store, context.resolve_user(user).reader_for_ids, parse_id(task_id))
    if as_json:
        write_result(json_tsv.to_json(json_tsv.task_to_dict(task, context.zone)), utf8=True)
    elif context.is_terminal:
        write_result(messages.format_task_details(task, context.now))
    else:
        write_result(_line(context, task), utf8=True)


def _line(context: Context, task: Task) -> str:
    return timesheet_data.entries_tsv([(task, task.interval(context.now).duration)], context.zone)
