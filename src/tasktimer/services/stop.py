"""Services that stop or cancel running tasks."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tasktimer.core.local_time import is_now
from tasktimer.core.task import Actor, Task, validate_end
from tasktimer.errors import (
    AlreadyStopped,
    Conflict,
    EmptyTask,
    InvalidValue,
    NothingRunning,
    StoreMissing,
    format_timestamp,
)
from tasktimer.services.queries import matching_tasks
from tasktimer.services.transaction import (
    ChangeRecorder,
    end_by_clock,
    journaled,
    journaled_on_tasks,
    retry_on_conflict,
)
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_queries

if TYPE_CHECKING:
    from tasktimer.core.task_filter import TaskFilter


class AmbiguousRunningTask(Conflict):
    """The error for a command that requires a single running task while several tasks are running."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        super().__init__("multiple-running", f"{len(tasks)} tasks are running")
        self.tasks = tasks


@retry_on_conflict
def stop(  # noqa: PLR0913 (the tasks and their end)
    store: Store,
    actor: Actor,
    ids: Sequence[int] = (),
    *,
    all_running: bool = False,
    task_filter: "TaskFilter | None" = None,
    end_time: datetime | None = None,
    allow_empty: bool = True,
    now: datetime,
) -> list[Task]:
    """Stop the tasks with these IDs in one transaction, and return them; without IDs, stop the only running task.

    With `all_running`, stop every running task that matches the filter, if one is given. If `allow_empty` is false,
    reject a given end that is the same as a task's start.

    Raises:
        InvalidValue: if IDs are combined with `all_running` or a filter, or a filter is given without `all_running`.
        NothingRunning: if no task is running, and neither IDs nor `all_running` are given.
        AmbiguousRunningTask: if several tasks are running, and neither IDs nor `all_running` are given.
        AlreadyStopped: if a task has already ended; its end is not changed.
        ClockBeforeStart: if a task cannot end now because the clock was set back to a time before its start.
        Conflict: if the end is in the future, or before the start of a task.
    """
    _validate_selection(ids, task_filter, all_running=all_running)
    if ids:
        with journaled_on_tasks(store, actor, "stop", ids, now=now) as (recorder, tasks):
            _check_are_running(tasks, now)
            return [_stop(recorder, task, end_time, now, allow_empty=allow_empty) for task in tasks]
    try:
        with journaled(store, actor, "stop", now=now) as recorder:
            running = recorder.lock_until_stable(lambda: _find_running(recorder, task_filter, now))
            if not all_running:
                _check_is_one(running, recorder)
            return [_stop(recorder, task, end_time, now, allow_empty=allow_empty) for task in running]
    except StoreMissing:
        if all_running:
            return []
        raise


@retry_on_conflict
def cancel(store: Store, actor: Actor, ids: Sequence[int] = (), *, now: datetime) -> list[Task]:
    """In one transaction, delete and return the running tasks with these IDs or, without IDs, the only running task.

    Raises:
        NothingRunning: if no IDs are given and no task is running.
        AmbiguousRunningTask: if no IDs are given and several tasks are running.
        Conflict: if a task has ended.
    """
    if ids:
        with journaled_on_tasks(store, actor, "cancel", ids, now=now) as (recorder, tasks):
            for task in tasks:
                _check_is_running(task, now)
                recorder.remove(task)
            return tasks
    with journaled(store, actor, "cancel", now=now) as recorder:
        running = recorder.lock_until_stable(lambda: _find_running(recorder, None, now))
        _check_is_one(running, recorder)
        recorder.remove(running[0])
        return running


def _validate_selection(ids: Sequence[int], task_filter: "TaskFilter | None", *, all_running: bool) -> None:
    if ids and all_running:
        raise InvalidValue("ids-and-all", "task IDs and all running tasks cannot be combined", "use one or the other")
    if ids and task_filter is not None:
        raise InvalidValue("ids-and-filter", "task IDs and a filter cannot be combined", "use one or the other")
    if task_filter is not None and not all_running:
        raise InvalidValue("filter-without-all", "a filter requires that all running tasks are selected")


def _find_running(recorder: ChangeRecorder, task_filter: "TaskFilter | None", now: datetime) -> list[Task]:
    if task_filter is None:
        return task_queries.running_tasks(recorder.connection, recorder.actor.tasks_of_user)
    return matching_tasks(recorder.connection, recorder.actor, task_filter.running_only(), now=now)


def _check_is_one(running: Sequence[Task], recorder: ChangeRecorder) -> None:
    if not running:
        raise NothingRunning(recorder.actor.tasks_of_user, task_queries.some_users(recorder.connection))
    if len(running) > 1:
        raise AmbiguousRunningTask(running)


def _check_are_running(tasks: Sequence[Task], now: datetime) -> None:
    for task in tasks:
        if task.end_time is not None:  # perhaps stopped by another command while this one waited for the lock
            raise AlreadyStopped(task.id, task.end_time, now)


def _check_is_running(task: Task, now: datetime) -> None:
    if task.end_time is not None:
        message = f"task {task.id} is not running: it ended at {format_timestamp(task.end_time, now)}"
        raise Conflict("not-running", message, context={"id": task.id})


def _stop(recorder: ChangeRecorder, task: Task, end_time: datetime | None, now: datetime, *, allow_empty: bool) -> Task:
    if end_time is None or (end_time < task.start_time and is_now(end_time, now)):
        end_time = end_by_clock(task, now)
    else:
        validate_end(task.start_time, end_time, now, task.id, kept="start")
        if not allow_empty and end_time == task.start_time and not is_now(end_time, now):  # it may have just started
            raise EmptyTask(end_time, now, task.id, is_running=True)
    return recorder.change(task, end_time=end_time.astimezone(UTC))
