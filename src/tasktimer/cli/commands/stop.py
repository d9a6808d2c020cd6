"""`tasktimer stop`: end tasks."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tasktimer.cli.completion.candidates import complete_time
from tasktimer.cli.context import Context
from tasktimer.cli.filter_options import say_unknown, with_filter
from tasktimer.cli.options import AnyUser, Json, RunningIds
from tasktimer.cli.results import tell_long, write_tasks
from tasktimer.core.task import Task, parse_id
from tasktimer.core.timeparse.datetimes import parse_when, read_when
from tasktimer.errors import InvalidValue, TasktimerError
from tasktimer.services import stop as stop_service

if TYPE_CHECKING:  # a run without a flag of it starts without it
    from tasktimer.core.task_filter import Filter

EPILOG = """\
Examples:
  tasktimer stop                  the one running task
  tasktimer stop 7 8              these two, or neither
  tasktimer stop --all            all that run
  tasktimer stop --all -p acme    all that run of a project
  tasktimer stop 7 --at 17:30     it ended earlier

With --all, the flags that begin with "Only" say which tasks are meant.

WHEN is written as for track. An id is stopped whoever it belongs to, unless
--user says otherwise; several ids are stopped all or none.

Prints a line for each task on a terminal, bare ids on a pipe, a list of tasks
with --json.
"""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
@with_filter()
def stop(
    ctx: typer.Context,
    ids: RunningIds = None,
    every: Annotated[bool, typer.Option("--all", help="Stop all running tasks, if any.", show_default=False)] = False,
    wanted: "Filter | None" = None,
    user: AnyUser = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="WHEN", help="When they ended.  (default: now)", autocompletion=complete_time),
    ] = None,
    as_json: Json = False,
) -> None:
    """End tasks: without an id the one that runs."""
    context: Context = ctx.obj
    _check_choice(ids, wanted, every=every)
    numbers = _read_ids(context, ids or ())
    owner = context.owner_of_ids(user)
    end_time = None if at is None else read_when(at, context.now, "end")
    if numbers:
        by = context.author(user)
        tasks = stop_service.stop(context.store, numbers, end_time=end_time, owner=owner, by=by, now=context.now)
    else:
        tasks = _stop_running(context, user, end_time, wanted, every=every)
    none = "No task is running.\n" if wanted is None else "No running task matches.\n"
    write_tasks(context, tasks, lambda: _sentences(tasks, context.now) or none, done="stopped", as_json=as_json)
    if wanted is not None and (not tasks or wanted.not_tags):  # a mistyped one leaves all
        with suppress(TasktimerError):  # the tasks are stopped, and their ids are printed
            say_unknown(context, wanted, context.whose(user))
    tell_long(context, ((None, task) for task in tasks), user)


def _read_ids(context: Context, words: Sequence[str]) -> list[int]:
    try:
        return [parse_id(word) for word in words]
    except InvalidValue as error:
        with suppress(InvalidValue):  # no time either
            parse_when(" ".join(words), context.now)
            error.hint = f"to end it then: --at '{' '.join(words)}'"
        raise


def _check_choice(ids: list[str] | None, wanted: "Filter | None", *, every: bool) -> None:
    if ids and every:
        raise InvalidValue("ids-and-all", "ids and --all are both given", "give one or the other")
    if ids and wanted is not None:
        what = "ids and flags that choose tasks are both given"
        raise InvalidValue("ids-and-filter", what, "give one or the other")
    if wanted is not None and not every:
        what = "flags that choose tasks are given without --all"
        raise InvalidValue("filter-without-all", what, "add --all to stop all running tasks that they leave")


def _stop_running(
    context: Context, user: str | None, end_time: datetime | None, wanted: "Filter | None", *, every: bool
) -> list[Task]:
    try:
        return stop_service.stop_running(
            context.store,
            user_id=context.whose(user),
            end_time=end_time,
            every=every,
            wanted=wanted,
            by=context.author(user),
            now=context.now,
        )
    except stop_service.SeveralRunning as error:
        from tasktimer.cli.overlap_warnings import say_which  # it seldom happens

        raise say_which(error, "stop", context.now, ", or --all") from None


def _sentences(tasks: list[Task], now: datetime) -> str:
    from tasktimer.output import messages  # for people: 1 ms

    return "".join(messages.stopped(task, now) for task in tasks)
