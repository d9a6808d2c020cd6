"""`tasktimer move`: move a task to another time."""

from functools import partial
from typing import Annotated

import typer

from tasktimer.cli.commands._adjust import Adjust, confirm_removals
from tasktimer.cli.context import Context
from tasktimer.cli.notes import warn_edited_overlaps, warn_long_tasks, warn_old_starts
from tasktimer.cli.options import AnyUser, Json, Yes, argument, option, parse_task_id
from tasktimer.cli.results import write_task
from tasktimer.cli.selection import tasks_by_id
from tasktimer.cli.task_times import join_time
from tasktimer.core.journal import Change
from tasktimer.output import changes
from tasktimer.services import edit
from tasktimer.services.adjust import move_adjusting
from tasktimer.services.task_times import TaskTimeResolver

EPILOG = """\
Examples:
  tasktimer move 7 9:15                 new start, same duration
  tasktimer move 7 yesterday            same time of day
  tasktimer move 7 yesterday 17:30
  tasktimer move 7 --at '2h ago'
  tasktimer move 7 9:15 --adjust        cut overlapping tasks

A running task keeps running. WHEN takes the same forms as for tasktimer
track, except that a time without a date refers to the day on which the task
starts, and a date without a time keeps the task's time of day. To change only
the start or only the end, use tasktimer edit. Use --at for a WHEN that begins
with a dash: tasktimer move 7 --at -15m

--adjust cuts, splits or removes the tasks that overlap the new time, as with
tasktimer track.

Output: one line on a terminal, the ID when piped, or the task as JSON with
--json.
"""


def move(
    ctx: typer.Context,
    task: Annotated[str, argument("ID", "ID of the task to move, or last.", "recent")],
    when: Annotated[
        list[str] | None,
        argument(
            "[WHEN...]", "New start time; no quotes needed. A bare 9:15 means 9:15 on the day the task starts.", "time"
        ),
    ] = None,
    at: Annotated[str | None, option("--at", "WHEN", "New start time, instead of the argument.", "time")] = None,
    adjust: Adjust = False,
    yes: Yes = False,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Move a task to another time, keeping its duration."""
    context: Context = ctx.obj
    task_id = parse_task_id(context, task, user)
    text = join_time(when, at, "move", "9:15")
    start_time = TaskTimeResolver(context.now, lambda: tasks_by_id(context, [task_id], user)).start_of_move(text)
    actor, others = context.resolve_user(user).actor_for_ids, list[Change]()
    if adjust:
        move = partial(move_adjusting, context.store, actor, task_id, start_time, now=context.now)
        pair, others = confirm_removals(context, move, yes=yes)
    else:
        pair = edit.move(context.store, actor, task_id, start_time, now=context.now)
    sentences = partial(changes.format_edits, "Moved", [pair], context.now, others)
    write_task(context, pair[1], sentences, done=f"moved {pair[1].id}", as_json=as_json)
    warn_long_tasks(context, [pair], user)
    warn_old_starts(context, [pair], user)
    warn_edited_overlaps(context, [pair], user, adjusted=adjust)
