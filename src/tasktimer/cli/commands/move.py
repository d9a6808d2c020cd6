"""`tasktimer move`: move a task to another time."""

from functools import partial
from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.options import AnyUser, Json, argument
from tasktimer.cli.results import write_task
from tasktimer.cli.selection import tasks_by_id
from tasktimer.core.task import parse_id
from tasktimer.output import changes
from tasktimer.services import edit
from tasktimer.services.task_times import TaskTimeResolver

EPILOG = """\
Examples:
  tasktimer move 7 9:15                 new start, same duration
  tasktimer move 7 yesterday 17:30

A running task keeps running. WHEN takes the same forms as for tasktimer
track, except that a time without a date refers to the day on which the task
starts. To change only the start or only the end, use tasktimer edit. Put --
before a WHEN that begins with a dash: tasktimer move 7 -- -15m

Output: one line on a terminal, the ID when piped, or the task as JSON with
--json.
"""


def move(
    ctx: typer.Context,
    task: Annotated[str, argument("ID", "ID of the task to move.", "recent")],
    when: Annotated[
        list[str],
        argument(
            "WHEN...", "New start time; no quotes needed. A bare 9:15 means 9:15 on the day the task starts.", "time"
        ),
    ],
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Move a task to another time, keeping its duration."""
    context: Context = ctx.obj
    task_id = parse_id(task)
    start_time = TaskTimeResolver(context.now, lambda: tasks_by_id(context, [task_id], user)).start(" ".join(when))
    pair = edit.move(context.store, context.resolve_user(user).actor_for_ids, task_id, start_time, now=context.now)
    text = partial(changes.format_edits, "Moved", [pair], context.now)
    write_task(context, pair[1], text, done=f"moved {pair[1].id}", as_json=as_json)
