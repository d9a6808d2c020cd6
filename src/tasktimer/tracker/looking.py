"""The verbs that look at tasks."""

from datetime import datetime
from typing import TYPE_CHECKING

from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.core.timesheet import Timesheet, timesheet
from tasktimer.store import Store, queries

if TYPE_CHECKING:  # most questions are about all tasks
    from tasktimer.core.filter import Filter


def times(
    store: Store, window: Window, wanted: "Filter | None" = None, *, user_id: int | None, now: datetime
) -> Timesheet:
    """What was worked on in a window, of a user or (None) of all, running tasks up to now; of what a filter leaves."""
    with store.read() as connection:
        if wanted is None:
            tasks = queries.overlapping_tasks(connection, window, user_id=user_id, now=now)
        else:
            from tasktimer.store.filters import find_tasks

            tasks = find_tasks(connection, wanted, window=window, user_id=user_id, now=now)
        return timesheet(tasks, window, now)


def status(store: Store, day: Window, *, user_id: int | None, now: datetime) -> tuple[list[Task], Timesheet]:
    """What runs, by start, then id, and what was worked on in a day, at one moment; of a user or (None) of all."""
    with store.read() as connection:
        tasks = queries.running_tasks(connection, user_id)
        return tasks, timesheet(queries.overlapping_tasks(connection, day, user_id=user_id, now=now), day, now)


def running(store: Store, *, user_id: int | None) -> list[Task]:
    """The running tasks, of a user or (None) of all, by start, then id."""
    with store.read() as connection:
        return queries.running_tasks(connection, user_id)


def show(store: Store, task_id: int, *, owner: int | None = None, by: int | None = None) -> Task:
    """The task of an id; with an owner, only that user's. `by` is the user who asks, where that is known.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
    """
    from tasktimer.tracker.picking import pick  # times and status name no task

    (task,) = pick(store, [task_id], owner=owner, by=by)
    return task
