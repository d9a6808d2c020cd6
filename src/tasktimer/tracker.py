"""The verbs: each is one transaction on a store and gives core types back."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tasktimer.core.interval import Window
from tasktimer.core.task import Task, check_description
from tasktimer.core.timesheet import Timesheet, timesheet
from tasktimer.errors import (
    AlreadyStopped,
    Conflict,
    EndBeforeStart,
    InTheFuture,
    NothingRunning,
    StoreMissing,
    TaskNotFound,
    TaskOfOtherUser,
)
from tasktimer.store import Connection, Store, queries


def track(
    store: Store,
    *,
    user_id: int,
    description: str,
    start_time: datetime,
    end_time: datetime | None = None,
    now: datetime,
) -> Task:
    """Start a task, or record a finished one; other running tasks go on.

    The zone of `now` is the one that refusals speak in.

    Raises:
        InvalidValue: the description cannot be one.
        Conflict: the start or the end lies after now, or the end before the start.
    """
    check_description(description)
    _check_not_future("start", start_time, now)
    if end_time is not None:
        _check_end(start_time, end_time, now)
        end_time = end_time.astimezone(UTC)
    with store.write(create=True) as connection:
        return queries.insert_task(
            connection,
            user_id=user_id,
            description=description,
            start_time=start_time.astimezone(UTC),
            end_time=end_time,
        )


def stop(
    store: Store, ids: Sequence[int], *, end_time: datetime | None = None, owner: int | None = None, now: datetime
) -> list[Task]:
    """End these tasks, all or none, now or at `end_time`; with an owner, only that user's.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        AlreadyStopped: a task has an end, which stays.
        Conflict: the end lies after now, or before a task's start.
    """
    try:
        with store.write() as connection:
            # In one order, whatever was asked: two who stop the same tasks at once must not wait for each other.
            ended = {number: _end(connection, number, end_time, owner=owner, now=now) for number in sorted(set(ids))}
    except StoreMissing:
        raise TaskNotFound(ids[0]) from None
    return [ended[number] for number in dict.fromkeys(ids)]


def stop_running(
    store: Store, *, user_id: int | None, end_time: datetime | None = None, every: bool, now: datetime
) -> list[Task]:
    """End the one running task, of a user or (None) of all; with `every`, all that run, be there none.

    Raises:
        NothingRunning: no task runs, and not `every` was asked.
        SeveralRunning: more than one runs, and not `every` was asked.
        Conflict: the end lies after now, or before a task's start.
    """
    try:
        with store.write() as connection:
            running = queries.running_tasks(connection, user_id)
            if every:
                return _end_every(connection, running, end_time, now)
            if len(running) != 1:
                raise SeveralRunning(running) if running else NothingRunning(user_id)
            return [_end(connection, running[0].id, end_time, owner=None, now=now)]
    except StoreMissing:
        if every:
            return []
        raise


def times(store: Store, window: Window, *, user_id: int | None, now: datetime) -> Timesheet:
    """What was worked on in a window, of a user or (None) of all, running tasks up to now."""
    with store.read() as connection:
        return timesheet(queries.overlapping_tasks(connection, window, user_id=user_id, now=now), window, now)


def running(store: Store, *, user_id: int | None) -> list[Task]:
    """The running tasks, of a user or (None) of all, by start, then id."""
    with store.read() as connection:
        return queries.running_tasks(connection, user_id)


def show(store: Store, task_id: int, *, owner: int | None = None) -> Task:
    """The task of an id; with an owner, only that user's.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
    """
    try:
        with store.read() as connection:
            task = queries.get_task(connection, task_id)
    except StoreMissing:
        raise TaskNotFound(task_id) from None
    _check_owner(task, owner)
    return task


class SeveralRunning(Conflict):
    """Which of the running tasks is meant?"""

    def __init__(self, tasks: Sequence[Task]) -> None:
        super().__init__("several-running", f"{len(tasks)} tasks are running", "say which, or all")
        self.tasks = tasks


def _end(connection: Connection, task_id: int, end_time: datetime | None, *, owner: int | None, now: datetime) -> Task:
    task = queries.get_task(connection, task_id)
    _check_owner(task, owner)
    ended = queries.end_task(connection, task_id, _end_of(task, end_time, now)) if task.running else None
    if ended is None:  # it has an end, perhaps since a moment ago
        stopped = queries.get_task(connection, task_id)
        raise AlreadyStopped(task_id, (stopped.end_time or now).astimezone(now.tzinfo))
    return ended


def _check_owner(task: Task, owner: int | None) -> None:
    if owner is not None and task.user_id != owner:
        raise TaskOfOtherUser(task.id, owner=task.user_id, asked=owner)


def _end_every(connection: Connection, running: Sequence[Task], end_time: datetime | None, now: datetime) -> list[Task]:
    ended = {}
    for task in sorted(running, key=lambda task: task.id):
        ended[task.id] = queries.end_task(connection, task.id, _end_of(task, end_time, now))
    return [done for task in running if (done := ended[task.id])]  # without those that somebody else ended just now


def _end_of(task: Task, end_time: datetime | None, now: datetime) -> datetime:
    """The end that a running task gets: the one asked for, or now; never before its start."""
    if end_time is None:
        # It may have started since: while this command waited for its turn, or before the clock was set back.
        return max(now.astimezone(UTC), task.start_time)
    _check_end(task.start_time, end_time, now, task.id)
    return end_time


def _check_end(start_time: datetime, end_time: datetime, now: datetime, task_id: int | None = None) -> None:
    _check_not_future("end", end_time, now)
    if end_time < start_time:
        raise EndBeforeStart(start_time.astimezone(now.tzinfo), end_time.astimezone(now.tzinfo), task_id)


def _check_not_future(word: str, instant: datetime, now: datetime) -> None:
    if instant > now:
        raise InTheFuture(word, instant.astimezone(now.tzinfo), now)
