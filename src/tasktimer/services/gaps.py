"""The service that finds the gaps between tasks."""

from datetime import UTC, date, datetime

from tasktimer.core.buckets import split_window
from tasktimer.core.gaps import DayGaps, GapQuery, find_gaps
from tasktimer.core.interval import Window
from tasktimer.core.task import Actor, Task
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.core.timesheet import Timesheet
from tasktimer.core.timesheets_by_day import split_by_day
from tasktimer.services.queries import matching_tasks
from tasktimer.services.transaction import resolve_user
from tasktimer.store.protocols import Store


def gaps(store: Store, actor: Actor, query: GapQuery, *, window: Window | None = None, now: datetime) -> list[DayGaps]:
    """Return the gaps between a user's tasks on each local day of a window, up to `now`; `window=None` means all time.

    Raises:
        InvalidValue: if the actor is the default user and the store has several users, or if a window is too long.
    """
    with store.read() as connection:
        owner = resolve_user(connection, actor)
        tasks = matching_tasks(connection, owner, NO_FILTER, window=window, now=now)
    days = dict(split_by_day(tasks, window, now.tzinfo or UTC, now))
    if query.all_days:
        days = {**_empty_days(tasks, window, now), **days}
    return find_gaps(sorted(days.items()), query, now)


def _empty_days(tasks: list[Task], window: Window | None, now: datetime) -> dict[date, Timesheet]:
    """Return an empty timesheet for each day of the window, or since the first task if it is None, up to today."""
    start = window.start if window else min((task.start_time for task in tasks), default=now)
    end = min(now, window.end) if window else now
    buckets = split_window(Window(start, end), ["day"], now.tzinfo or UTC, by_day=True) if start < end else []
    return {date.fromisoformat(day): Timesheet(part, ()) for (day,), part in buckets if part.duration}
