"""`tasktimer join`: join two tasks into one."""

from functools import partial
from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.notes import warn_overlaps
from tasktimer.cli.options import AnyUser, Json, argument, flag, parse_ids
from tasktimer.cli.results import write_task
from tasktimer.cli.streams import confirm
from tasktimer.core.local_time import format_nonzero_duration
from tasktimer.output import changes
from tasktimer.services import split_join

EPILOG = """\
Examples:
  tasktimer join 7 8          ask before including any time between them
  tasktimer join 7 8 --yes    include that time without asking

The joined task extends from the first start to the last end. If there is time
between the tasks, tasktimer asks whether to include it, unless you pass --yes.
The task with the lower ID is kept, and the other one is deleted. Both must
have the same user, description and project, but one may have no project. Tags
and notes are combined.

Output: a summary on a terminal, the ID when piped, or the task as JSON with
--json.
"""


def join(
    ctx: typer.Context,
    first: Annotated[str, argument("ID", "ID of a task to join, or last.", "recent")],
    second: Annotated[str, argument("ID", "ID of the other task.", "recent")],
    yes: Annotated[bool, flag("--yes -y", "Include the time between the tasks without asking.")] = False,
    user: AnyUser = None,
    as_json: Json = False,
) -> None:
    """Join two tasks into one."""
    context: Context = ctx.obj
    numbers = parse_ids(context, [first, second], user)
    actor = context.resolve_user(user).actor_for_ids
    join_over = partial(split_join.join, context.store, actor, (numbers[0], numbers[1]), now=context.now)
    try:
        tasks = join_over(max_gap=split_join.ANY_GAP if yes else split_join.NO_GAP)
    except split_join.TasksNotAdjacent as apart:
        if not context.is_interactive:
            raise
        preview = output.previews.preview_table([(task, None) for task in apart.tasks], 2, context.now)
        confirm(f"{preview}\nJoin them, and include the {format_nonzero_duration(apart.gap)} between them?")
        tasks = join_over(max_gap=apart.gap)
    *parts, task = tasks
    gap = split_join.gap_between(*parts)
    done = f"{max(part.id for part in parts)} joined to {task.id}"
    text = partial(changes.format_joined, (parts[0], parts[1]), task, gap, context.now)
    write_task(context, task, text, done=done, as_json=as_json)
    if gap:
        warn_overlaps(context, [task], user)
