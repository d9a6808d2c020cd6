"""`tasktimer resume`: start a task with the details of an earlier one."""

from typing import Annotated

import typer

from tasktimer.cli.context import Context
from tasktimer.cli.new_tasks import Parallel, write_new_task
from tasktimer.cli.notes import warn_long_tasks, warn_new_task
from tasktimer.cli.options import Json, OneUser, argument, option, parse_task_id, parse_time_option
from tasktimer.services import resume as resume_service

EPILOG = """\
Examples:
  tasktimer resume                  resume the most recently ended task
  tasktimer resume 7                resume task 7
  tasktimer resume --at 13:00       start at 13:00

The new task has the same description, project and tags; the earlier task is
not changed. By default, your most recently ended task is resumed; the command
fails if you have since started another task that is still running. To stop
that one at the same time, use tasktimer switch -, or set exclusive = true in
the config file. The new task always belongs to you. WHEN takes the same forms
as for tasktimer track.

Output: one line on a terminal, the ID when piped, or the task as JSON with
--json.
"""


def resume(
    ctx: typer.Context,
    task_id: Annotated[
        str | None,
        argument("[ID]", "ID of the task to resume, or last.  (default: the most recently ended one)", "recent"),
    ] = None,
    user: OneUser = None,
    at: Annotated[str | None, option("--at", "WHEN", "Start time.  (default: now)", "time")] = None,
    parallel: Parallel = False,
    as_json: Json = False,
) -> None:
    """Start a new task with the details of an earlier one."""
    context: Context = ctx.obj
    number = None if task_id is None else parse_task_id(context, task_id, user)
    start_time = parse_time_option(at, context.now, "start")
    actor = context.resolve_user(user).owner
    if context.settings.exclusive and not parallel:
        stopped, task = resume_service.switch_back(
            context.store, actor, number, start_time=start_time, allow_empty=False, name="resume", now=context.now
        )
    else:
        task = resume_service.resume(context.store, actor, number, start_time=start_time, now=context.now)
        stopped = []
    write_new_task(context, task, stopped, as_json=as_json)
    warn_long_tasks(context, ((None, each) for each in (*stopped, task)), user)
    warn_new_task(context, task, user, deliberate=parallel)
