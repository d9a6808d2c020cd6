"""The verbs that look at tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tasktimer.core.interval import Window
from tasktimer.core.task import Task, validate_owner
from tasktimer.core.timesheet import Timesheet, timesheet
from tasktimer.store import Connection, Store
from tasktimer.store.statements import task_queries

if TYPE_CHECKING:
    from tasktimer.core.pagination import Page
    from tasktimer.core.task_filter import TaskFilter


def times(
    store: Store, window: Window, task_filter: "TaskFilter | None" = None, *, user_id: int | None, now: datetime
) -> Timesheet:
    """What was worked on in a window, of a user or (None) of all, running tasks up to now; of what a filter leaves."""
    with store.read() as connection:
        if task_filter is None:
            tasks = task_queries.overlapping_tasks(connection, window, user_id=user_id, now=now)
        else:
            from tasktimer.store.statements.task_filter import find_tasks

            tasks = find_tasks(connection, task_filter, window=window, user_id=user_id, now=now)
        return timesheet(tasks, window, now)


def status(store: Store, day: Window, *, user_id: int | None, now: datetime) -> tuple[list[Task], Timesheet]:
    """What runs, by start, then id, and what was worked on in a day, at one moment; of a user or (None) of all."""
    with store.read() as connection:
        tasks = task_queries.running_tasks(connection, user_id)
        return tasks, timesheet(task_queries.overlapping_tasks(connection, day, user_id=user_id, now=now), day, now)


def running_tasks(store: Store, *, user_id: int | None) -> list[Task]:
    """The running tasks, of a user or (None) of all, by start, then id."""
    with store.read() as connection:
        return task_queries.running_tasks(connection, user_id)


def get_task(store: Store, task_id: int, *, owner: int | None = None, by: int | None = None) -> Task:
    """The task of an id; with an owner, only that user's. `by` is the user who asks, where that is known.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
    """
    (task,) = get_tasks(store, [task_id], owner=owner, by=by)
    return task


def list_tasks(
    store: Store,
    task_filter: "TaskFilter",
    *,
    window: Window | None,
    user_id: int | None,
    limit: int | None = None,
    now: datetime,
) -> list[Task]:
    """The tasks that a filter leaves, of those that overlap a window or (None) of all, by start, then id.

    With a limit, the last so many of them.
    """
    from tasktimer.store.statements.task_filter import find_tasks

    with store.read() as connection:
        return find_tasks(connection, task_filter, window=window, user_id=user_id, limit=limit, now=now)


def list_tasks_page(
    store: Store, window: Window, *, user_id: int | None, running: bool | None, page: "Page", now: datetime
) -> list[Task]:
    """Some of the tasks that overlap a window, of a user or (None) of all, running or not or (None) both."""
    from tasktimer.store.statements import task_pages  # only a server asks for pages

    with store.read() as connection:
        return task_pages.list_tasks_page(connection, window, user_id=user_id, running=running, page=page, now=now)


def get_tasks(store: Store, ids: Sequence[int], *, owner: int | None = None, by: int | None = None) -> list[Task]:
    """The tasks of these ids, none twice; with an owner, only that user's. `by` is the user who asks, if known.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
    """
    with store.read() as connection:
        tasks = [_get_task(connection, task_id, by) for task_id in dict.fromkeys(ids)]
    for task in tasks:
        validate_owner(task, owner)
    return tasks


def _get_task(connection: Connection, task_id: int, by: int | None) -> Task:
    task = task_queries.find_task(connection, task_id)
    if task is None:
        from tasktimer.services.task_not_found import task_not_found_error  # only now is it of use

        raise task_not_found_error(connection, task_id, by=by)
    return task
