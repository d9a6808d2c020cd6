"""The verbs that end running tasks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tasktimer.core.task import Task
from tasktimer.errors import AlreadyStopped, Conflict, NothingRunning, StoreMissing, format_timestamp
from tasktimer.services.transaction import journaled, journaled_on_tasks, retry_on_conflict
from tasktimer.store import Connection, Store
from tasktimer.store.statements import task_queries

if TYPE_CHECKING:  # seldom is one given
    from tasktimer.core.task_filter import TaskFilter


@retry_on_conflict
def stop(
    store: Store,
    ids: Sequence[int],
    *,
    end_time: datetime | None = None,
    owner: int | None = None,
    by: int,
    now: datetime,
) -> list[Task]:
    """End these tasks, all or none, now or at `end_time`; with an owner, only that user's.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        AlreadyStopped: a task has an end, which stays.
        ClockBeforeStart: a task cannot end now, because the clock was set back to before its start.
        Conflict: the end lies after now, or before a task's start.
    """
    with journaled_on_tasks(store, "stop", ids, owner=owner, by=by, now=now) as (made, tasks):
        for task in tasks:
            if task.end_time is not None:  # perhaps since a moment ago
                raise AlreadyStopped(task.id, task.end_time.astimezone(now.tzinfo))
        return [made.change(task, end_time=_end_time_for(task, end_time, now)) for task in tasks]


@retry_on_conflict
def stop_running(  # noqa: PLR0913 (which, of whom, when, and who asks)
    store: Store,
    *,
    user_id: int | None,
    end_time: datetime | None = None,
    all_running: bool,
    task_filter: "TaskFilter | None" = None,
    by: int,
    now: datetime,
) -> list[Task]:
    """End the one running task, of a user or (None) of all; with `every`, all that run, be there none.

    With a filter, of those that it leaves.

    Raises:
        NothingRunning: no task runs, and not `every` was asked.
        AmbiguousRunningTask: more than one runs, and not `every` was asked.
        ClockBeforeStart: a task cannot end now, because the clock was set back to before its start.
        Conflict: the end lies after now, or before a task's start.
    """
    try:
        with journaled(store, "stop", by=by, now=now) as made:
            running = made.lock_found(lambda: _running_tasks(made.connection, task_filter, user_id, now))
            if not all_running and len(running) != 1:
                raise AmbiguousRunningTask(running) if running else NothingRunning(user_id)
            return [made.change(task, end_time=_end_time_for(task, end_time, now)) for task in running]
    except StoreMissing:
        if all_running:
            return []
        raise


class AmbiguousRunningTask(Conflict):
    """Which of the running tasks is meant?"""

    def __init__(self, tasks: Sequence[Task]) -> None:
        super().__init__("several-running", f"{len(tasks)} tasks are running", "say which, or all")
        self.tasks = tasks


def _running_tasks(
    connection: Connection, task_filter: "TaskFilter | None", user_id: int | None, now: datetime
) -> list[Task]:
    if task_filter is None:
        return task_queries.running_tasks(connection, user_id)
    from dataclasses import replace

    from tasktimer.store.statements.task_filter import find_tasks

    return find_tasks(connection, replace(task_filter, running=True), window=None, user_id=user_id, now=now)


def _end_time_for(task: Task, end_time: datetime | None, now: datetime) -> datetime:
    """The end that a running task gets: the one asked for, or now; never before its start."""
    if end_time is None and task.start_time <= now:
        return now.astimezone(UTC)
    from tasktimer.services.clock import end_by_clock, is_now  # lazy: the clock was set back, or a time is given
    from tasktimer.services.start import validate_end

    if end_time is None or is_now(end_time, now):
        return end_by_clock(task, now)
    validate_end(task.start_time, end_time, now, task.id)
    return end_time.astimezone(UTC)


@retry_on_conflict
def cancel(store: Store, ids: Sequence[int], *, owner: int | None = None, by: int, now: datetime) -> list[Task]:
    """Delete these running tasks, all or none; with an owner, only that user's.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        Conflict: a task has ended.
    """
    with journaled_on_tasks(store, "cancel", ids, owner=owner, by=by, now=now) as (made, tasks):
        for task in tasks:
            if task.end_time is not None:  # perhaps since a moment ago
                ended = format_timestamp(task.end_time.astimezone(now.tzinfo))
                message = f"task {task.id} is not running: it ended at {ended}"
                raise Conflict("not-running", message, context={"id": task.id})
            made.remove(task)
        return tasks


@retry_on_conflict
def cancel_running(store: Store, *, user_id: int | None, by: int, now: datetime) -> list[Task]:
    """Delete the one running task, of a user or (None) of all.

    Raises:
        NothingRunning: no task runs.
        AmbiguousRunningTask: more than one runs.
    """
    with journaled(store, "cancel", by=by, now=now) as made:
        running = made.lock_found(lambda: task_queries.running_tasks(made.connection, user_id))
        if len(running) != 1:
            raise AmbiguousRunningTask(running) if running else NothingRunning(user_id)
        made.remove(running[0])
        return running
