"""Services that look up tasks and timesheets without changing anything."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tasktimer.core.interval import Window
from tasktimer.core.task import Actor, Task
from tasktimer.core.timesheet import Timesheet, timesheet
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import task_queries

if TYPE_CHECKING:
    from tasktimer.core.task_filter import TaskFilter


class TooManyTasks(Exception):
    """Raised by `few_times` for many tasks."""


def times(
    store: Store, actor: Actor, window: Window, task_filter: "TaskFilter | None" = None, *, now: datetime
) -> Timesheet:
    """Return the time spent within a window on each task matching a filter; assume that running tasks end at `now`."""
    with store.read() as connection:
        if task_filter is None:
            tasks = task_queries.overlapping_tasks(connection, window, user_id=actor.tasks_of_user, now=now)
        else:
            tasks = matching_tasks(connection, actor, task_filter, window=window, now=now)
        return timesheet(tasks, window, now)


def few_times(store: Store, actor: Actor, window: Window, *, most: int, now: datetime) -> Timesheet:
    """Return what `times` does without a filter; raise TooManyTasks, which takes little time, for more than `most`."""
    with store.read() as connection:
        user_id = actor.tasks_of_user
        tasks = task_queries.overlapping_tasks(connection, window, user_id=user_id, now=now, limit=most + 1)
    if len(tasks) > most:
        raise TooManyTasks
    return timesheet(tasks, window, now)


def status(store: Store, actor: Actor, day: Window, *, now: datetime) -> tuple[list[Task], Timesheet]:
    """Return the running tasks (sorted by start time, then by ID) and a day's timesheet, both from one snapshot."""
    with store.read() as connection:
        tasks = task_queries.running_tasks(connection, actor.tasks_of_user)
        overlapping = task_queries.overlapping_tasks(connection, day, user_id=actor.tasks_of_user, now=now)
        return tasks, timesheet(overlapping, day, now)


def running_tasks(store: Store, actor: Actor) -> list[Task]:
    """Return the running tasks, sorted by start time, then by ID."""
    with store.read() as connection:
        return task_queries.running_tasks(connection, actor.tasks_of_user)


def first_running_tasks(store: Store, actor: Actor, *, most: int) -> list[Task]:
    """Return what `running_tasks` does, but at most `most` tasks."""
    with store.read() as connection:
        return task_queries.running_tasks(connection, actor.tasks_of_user, limit=most)


def get_task(store: Store, actor: Actor, task_id: int) -> Task:
    """Return the task with this ID."""
    (task,) = get_tasks(store, actor, [task_id])
    return task


def get_tasks(store: Store, actor: Actor, ids: Sequence[int]) -> list[Task]:
    """Return the tasks with these IDs, in the order of `ids`, without duplicates."""
    with store.read() as connection:
        tasks = [_get_task(connection, actor, task_id) for task_id in dict.fromkeys(ids)]
    for task in tasks:
        actor.check_access(task)
    return tasks


def list_tasks(
    store: Store,
    actor: Actor,
    task_filter: "TaskFilter",
    *,
    window: Window | None = None,
    limit: int | None = None,
    now: datetime,
) -> list[Task]:
    """Return the tasks that match a filter and overlap the window, if one is given, sorted by start time, then by ID.

    If a limit is given, return only the last `limit` tasks.
    """
    with store.read() as connection:
        return matching_tasks(connection, actor, task_filter, window=window, limit=limit, now=now)


def matching_tasks(
    connection: Connection,
    actor: Actor,
    task_filter: "TaskFilter",
    *,
    window: Window | None = None,
    limit: int | None = None,
    now: datetime,
) -> list[Task]:
    """Return the tasks that `list_tasks` would return, reading them in a transaction that is already open."""
    # Imported lazily: only filters need this module, and importing it takes 9 million CPU instructions.
    from tasktimer.store.statements.task_filter import find_tasks

    return find_tasks(connection, task_filter, window=window, user_id=actor.tasks_of_user, limit=limit, now=now)


def some_users(store: Store) -> set[int]:
    """Return the IDs of users who have tasks, journal entries or tokens: at least two, or all if there are fewer."""
    with store.read() as connection:
        return task_queries.some_users(connection)


def is_only_user(store: Store, user_id: int) -> bool:
    """Return whether this user is the only one with tasks, journal entries or tokens in the store."""
    return some_users(store) == {user_id}


def _get_task(connection: Connection, actor: Actor, task_id: int) -> Task:
    task = task_queries.find_task(connection, task_id)
    if task is None:
        from tasktimer.services.task_not_found import task_not_found_error  # lazy, as in transaction.py

        raise task_not_found_error(connection, actor, task_id)
    return task
