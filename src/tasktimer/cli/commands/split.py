"""`tasktimer split`: split a task in two."""

from functools import partial
from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json, argument, option, parse_task_id
from tasktimer.cli.results import write_tasks
from tasktimer.cli.selection import tasks_by_id
from tasktimer.cli.task_times import join_time
from tasktimer.output import changes
from tasktimer.services import split_join
from tasktimer.services.task_times import TaskTimeResolver

EPILOG = """\
Examples:
  tasktimer split 7 10:30                 the first part ends at 10:30
  tasktimer split 7 yesterday 17:30
  tasktimer split 7 --at '2h ago'

The second part has a new ID, and the same description, project, tags and
note; it is running if the original task was. WHEN takes the same forms as for
tasktimer track, except that a time without a date means the first such time
after the start.

Output: a summary on a terminal, both IDs when piped, or a list of two tasks
as JSON with --json.
"""


def split(
    ctx: typer.Context,
    task: Annotated[str, argument("ID", "ID of the task to split, or last.", "recent")],
    when: Annotated[
        list[str] | None,
        argument(
            "[WHEN...]",
            "Time of the split; no quotes needed. A bare 10:30 means the first 10:30 after the start.",
            "time",
        ),
    ] = None,
    at: Annotated[str | None, option("--at", "WHEN", "Time of the split, instead of the argument.", "time")] = None,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Split a task in two at a given time."""
    context: Context = ctx.obj
    task_id = parse_task_id(context, task, user)
    text = join_time(when, at, "split", "10:30")
    instant = TaskTimeResolver(context.now, lambda: tasks_by_id(context, [task_id], user)).inside(text)
    parts = split_join.split(context.store, context.resolve_user(user).actor_for_ids, task_id, instant, now=context.now)
    sentences = partial(changes.format_split, *parts, context.now)
    write_tasks(context, parts, sentences, done="split into", as_json=as_json)
