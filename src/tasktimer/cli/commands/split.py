"""`tasktimer split`: split a task in two."""

from functools import partial
from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json, argument, option
from tasktimer.cli.results import write_tasks
from tasktimer.cli.selection import tasks_by_id
from tasktimer.core.task import parse_id
from tasktimer.output import changes
from tasktimer.services import split_join
from tasktimer.services.task_times import TaskTimeResolver

EPILOG = """\
Examples:
  tasktimer split 7 --at 10:30                the first part ends at 10:30
  tasktimer split 7 --at 'yesterday 17:30'

The second part has a new ID, and the same description, project, tags and
note; it is running if the original task was. WHEN takes the same forms as for
tasktimer track, except that a time without a date means the first such time
after the start.

Output: a summary on a terminal, both IDs when piped, or a list of two tasks
as JSON with --json.
"""


def split(
    ctx: typer.Context,
    task: Annotated[str, argument("ID", "ID of the task to split.", "recent")],
    at: Annotated[
        str,
        option(
            "--at",
            "WHEN",
            "Time at which to split the task. A bare 10:30 means the first 10:30 after the start.",
            "time",
        ),
    ],
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Split a task in two at a given time."""
    context: Context = ctx.obj
    task_id = parse_id(task)
    when = TaskTimeResolver(context.now, lambda: tasks_by_id(context, [task_id], user)).inside(at)
    parts = split_join.split(context.store, context.resolve_user(user).actor_for_ids, task_id, when, now=context.now)
    text = partial(changes.format_split, *parts, context.now)
    write_tasks(context, parts, text, done="split into", as_json=as_json)
