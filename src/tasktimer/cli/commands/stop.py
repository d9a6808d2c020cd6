"""`tasktimer stop`: stop tasks."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tasktimer.cli.completion import complete
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import filter_options, warn_unknown_labels
from tasktimer.cli.options import AnyUser, Json, RunningIds, parse_time_option
from tasktimer.cli.results import warn_long_tasks, write_tasks
from tasktimer.core.task import Task, parse_id
from tasktimer.errors import InvalidValue, TasktimerError
from tasktimer.services import stop as stop_service

if TYPE_CHECKING:  # lazy: filters and labels
    from tasktimer.core.task_filter import TaskFilter

EPILOG = """\
Examples:
  tasktimer stop                  the only running task
  tasktimer stop 7 8              both, or neither
  tasktimer stop --all            all running tasks
  tasktimer stop --all -p acme    all running tasks of a project
  tasktimer stop 7 --at 17:30     with an earlier end

With --all, select tasks with the options that begin with "Only". IDs of all
users are accepted, unless --user is given. WHEN is written as for track.

Prints a line per task on a terminal, IDs on a pipe, a list of tasks with
--json.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
@filter_options()
def stop(
    ctx: typer.Context,
    ids: RunningIds = None,
    all_running: Annotated[
        bool, typer.Option("--all", help="Stop all running tasks, if any.", show_default=False)
    ] = False,
    task_filter: "TaskFilter | None" = None,
    user: AnyUser = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="WHEN", help="End time.  (default: now)", autocompletion=complete("time")),
    ] = None,
    as_json: Json = False,
) -> None:
    """Stop tasks. Without an ID, stop the running task."""
    context: Context = ctx.obj
    numbers = _parse_ids(context, ids or ())
    users = context.resolve_user(user)
    try:
        tasks = stop_service.stop(
            context.store,
            users.actor_for_ids if numbers else users.actor,
            numbers,
            all_running=all_running,
            task_filter=task_filter,
            end_time=parse_time_option(at, context.now, "end"),
            now=context.now,
        )
    except stop_service.AmbiguousRunningTask as error:
        from tasktimer.cli.overlap_warnings import ambiguous_task_error  # lazy: errors

        raise ambiguous_task_error(error, "stop", context.now, ", or use --all") from None
    none = "No task is running.\n" if task_filter is None else "No running task matches.\n"
    write_tasks(context, tasks, lambda: _sentences(tasks, context.now) or none, done="stopped", as_json=as_json)
    if task_filter is not None and (not tasks or task_filter.exclude_tags):  # a misspelled tag excludes no task
        with suppress(TasktimerError):  # the tasks are stopped, and their IDs are printed
            warn_unknown_labels(context, task_filter, user)
    warn_long_tasks(context, ((None, task) for task in tasks), user)


def _parse_ids(context: Context, words: Sequence[str]) -> list[int]:
    try:
        return [parse_id(word) for word in words]
    except InvalidValue as error:
        from tasktimer.core.timeparse.datetimes import parse_datetime  # lazy: errors

        hint, text = error.hint, " ".join(words)
        with suppress(InvalidValue):  # not a time either
            parse_datetime(text, context.now)
            hint = f"set the end time: --at '{text}'"
        raise InvalidValue(error.code, error.message, hint) from None


def _sentences(tasks: list[Task], now: datetime) -> str:
    from tasktimer.output import messages  # lazy: what people see

    return "".join(messages.format_stopped(task, now) for task in tasks)
