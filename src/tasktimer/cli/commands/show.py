"""`tasktimer show`: show the details of a task."""

from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json, argument, parse_task_id
from tasktimer.cli.results import write_record
from tasktimer.output import formatting, json_tsv
from tasktimer.services import queries

EPILOG = """\
Examples:
  tasktimer show 7
  tasktimer show last             the task that you started last
  tasktimer show 7 --json | jq .note

Output: one field per line on a terminal, or the task as JSON with --json.
When piped, prints one line with the columns of tasktimer times; time_spent is
the duration of the whole task in seconds.
"""


def show(
    ctx: typer.Context,
    task_id: Annotated[str, argument("ID", "ID of the task to show, or last.", "recent")],
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Show the details of a task."""
    context: Context = ctx.obj
    number = parse_task_id(context, task_id, user)
    task = queries.get_task(context.store, context.resolve_user(user).reader_for_ids, number)
    now, zone = context.now, context.zone
    write_record(
        context,
        as_json=as_json,
        record=lambda: json_tsv.task_to_dict(task, zone),
        text=lambda: formatting.format_task_details(task, now),
        lines=lambda: json_tsv.entries_tsv([(task, task.interval(now).duration)], zone),
    )
