"""`tasktimer stop`: stop tasks."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import typer

from tasktimer import output
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import OptionalFilter, filter_options, warn_unknown_labels
from tasktimer.cli.options import AnyUser, Json, RunningIds, flag, option, parse_ids, parse_time_option
from tasktimer.cli.results import ambiguous_task_error, write_tasks
from tasktimer.core.task import Task
from tasktimer.errors import TasktimerError
from tasktimer.services import stop as stop_service

EPILOG = """\
Examples:
  tasktimer stop                  stop the only running task
  tasktimer stop 7 8              stop both; if one fails, neither is stopped
  tasktimer stop --all            stop all running tasks
  tasktimer stop --all -p acme    stop all running tasks in a project
  tasktimer stop 7 --at 17:30     set an earlier end time

To stop only some of the running tasks, combine --all with filter options such
as --project. Without --user, IDs of any user's tasks are accepted. WHEN takes
the same forms as for tasktimer track.

Output: one line per task on a terminal, the IDs when piped, or a list of
tasks as JSON with --json.
"""

AllRunning = Annotated[bool, flag("--all", "Stop all running tasks, if any.")]
EndTime = Annotated[str | None, option("--at", "WHEN", "End time.  (default: now)", "time")]


@filter_options()
def stop(
    ctx: typer.Context,
    ids: RunningIds = None,
    all_running: AllRunning = False,
    task_filter: OptionalFilter = None,
    user: AnyUser = None,
    at: EndTime = None,
    as_json: Json = False,
) -> None:
    """Stop tasks. Without an ID, stop the only running task."""
    context: Context = ctx.obj
    numbers = parse_ids(context, ids or (), user, time_flag="--at")
    users = context.resolve_user(user)
    try:
        tasks = stop_service.stop(
            context.store,
            users.actor_for_ids if numbers else users.actor,
            numbers,
            all_running=all_running,
            task_filter=task_filter,
            end_time=parse_time_option(at, context.now, "end"),
            allow_empty=False,
            now=context.now,
        )
    except stop_service.AmbiguousRunningTask as error:
        raise ambiguous_task_error(error, error.tasks, "stop", context.now, "; to stop all, use --all") from None

    def text() -> str:
        lines = [output.formatting.format_stopped(task, context.now) for task in tasks]
        return "".join(lines) or f"{'No task is running' if task_filter is None else 'No running task matches'}.\n"

    write_tasks(context, tasks, text, done="stopped", as_json=as_json)
    # Alternatives can match despite a misspelled label.
    if task_filter is not None and (not tasks or task_filter.has_alternatives):
        with suppress(TasktimerError):  # the tasks have already been stopped, and their IDs printed
            warn_unknown_labels(context, task_filter, user)
    _warn(context, tasks, user, has_end_option=at is not None)


def _warn(context: Context, tasks: Sequence[Task], user: str | None, *, has_end_option: bool) -> None:
    """Print notes about possible mistakes in the times of tasks that have been stopped."""
    if has_end_option or any(task.is_long(context.now) for task in tasks):
        from tasktimer.cli import notes  # lazy: what people see, 3 million instructions

        notes.warn_long_tasks(context, ((None, task) for task in tasks), user)
        if has_end_option:
            notes.warn_overlaps(context, tasks, user)
