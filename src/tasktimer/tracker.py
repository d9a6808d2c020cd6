"""The verbs: each is one transaction on a store and gives core types back."""

from collections.abc import Sequence
from datetime import datetime

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
    with store.write(create=True) as connection:
        return queries.insert_task(
            connection, user_id=user_id, description=description, start_time=start_time, end_time=end_time
        )


def stop(
    store: Store, ids: Sequence[int], *, end_time: datetime, owner: int | None = None, now: datetime
) -> list[Task]:
    """End these tasks, all or none; with an owner, only that user's.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        AlreadyStopped: a task has an end, which stays.
        Conflict: the end lies after now, or before a task's start.
    """
    _check_not_future("end", end_time, now)
    try:
        with store.write() as connection:
            return [_end(connection, task_id, end_time, owner=owner, now=now) for task_id in dict.fromkeys(ids)]
    except StoreMissing:
        raise TaskNotFound(ids[0]) from None


def stop_running(store: Store, *, user_id: int | None, end_time: datetime, every: bool, now: datetime) -> list[Task]:
    """End the one running task, of a user or (None) of all; with `every`, all that run, be there none.

    Raises:
        NothingRunning: no task runs, and not `every` was asked.
        SeveralRunning: more than one runs, and not `every` was asked.
        Conflict: the end lies after now, or before a task's start.
    """
    _check_not_future("end", end_time, now)
    try:
        with store.write() as connection:
            running = queries.running_tasks(connection, user_id)
            if not every and len(running) != 1:
                raise SeveralRunning(running) if running else NothingRunning(user_id)
            return [_end(connection, task.id, end_time, owner=None, now=now) for task in running]
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


class SeveralRunning(Conflict):
    """Which of the running tasks is meant?"""

    def __init__(self, tasks: Sequence[Task]) -> None:
        ids = " ".join(str(task.id) for task in tasks)
        super().__init__(
            "several-running",
            f"{len(tasks)} tasks are running",
            f"say which (tasktimer stop {ids}), or --all",
        )
        self.tasks = tasks


def _end(connection: Connection, task_id: int, end_time: datetime, *, owner: int | None, now: datetime) -> Task:
    task = queries.get_task(connection, task_id)
    if owner is not None and task.user_id != owner:
        raise TaskOfOtherUser(task_id, owner=task.user_id, asked=owner)
    if task.running:
        _check_end(task.start_time, end_time, now, task_id)
    if ended := queries.end_task(connection, task_id, end_time):
        return ended
    # It has an end, perhaps since a moment ago.
    stopped = queries.get_task(connection, task_id)
    raise AlreadyStopped(task_id, (stopped.end_time or end_time).astimezone(now.tzinfo))


def _check_end(start_time: datetime, end_time: datetime, now: datetime, task_id: int | None = None) -> None:
    _check_not_future("end", end_time, now)
    if end_time < start_time:
        zone = now.tzinfo
        raise EndBeforeStart(start_time.astimezone(zone), end_time.astimezone(zone), now=now, task_id=task_id)


def _check_not_future(word: str, instant: datetime, now: datetime) -> None:
    if instant > now:
        raise InTheFuture(word, instant.astimezone(now.tzinfo), now)
