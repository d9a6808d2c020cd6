"""The service that creates reports."""

from datetime import UTC, datetime, timedelta

from tasktimer.core.buckets import split_window
from tasktimer.core.interval import Window
from tasktimer.core.local_time import local_date, start_of_day
from tasktimer.core.report import Report, ReportQuery, validate_query
from tasktimer.core.report_builder import ReportBuilder
from tasktimer.core.task import Actor
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.core.timeparse.date_ranges import ALL_DAYS
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import reports


def report(
    store: Store,
    actor: Actor,
    query: ReportQuery,
    task_filter: TaskFilter = NO_FILTER,
    *,
    window: Window | None = None,
    now: datetime,
) -> Report:
    """Return a report on the time spent within a window on the tasks that match a filter, in the time zone of `now`.

    `window=None` means all time. Assume that running tasks end at `now`.

    Raises:
        InvalidValue: if the options of the query conflict, or the window is too long for its keys.
    """
    validate_query(query)
    zone = now.tzinfo or UTC
    with store.read() as connection:
        span = _limit(connection, window or ALL_DAYS.window(UTC), actor.tasks_of_user, now)
        buckets = split_window(span, query.time_keys, zone, by_day=query.rounding is not None)
        builder = ReportBuilder(query, span, buckets, zone)
        user_id = actor.tasks_of_user
        builder.add(reports.contributions(connection, query, buckets, task_filter, user_id=user_id, now=now))
    return builder.build()


def _limit(connection: Connection, window: Window, user_id: int | None, now: datetime) -> Window:
    """Limit an unbounded window to the days on which there can be tasks, and today."""
    zone, all_time = now.tzinfo or UTC, ALL_DAYS.window(UTC)
    if window.start > all_time.start and window.end < all_time.end:
        return window
    extent = reports.find_extent(connection, user_id) or Window(now, now)
    first, last = min(extent.start, now), max(extent.end - timedelta.resolution, now)
    start = start_of_day(local_date(first, zone), zone) if window.start <= all_time.start else window.start
    end = start_of_day(local_date(last, zone) + timedelta(days=1), zone) if window.end >= all_time.end else window.end
    # A window that is open on one side can be before or after all of these days: it is then empty.
    return Window(start, max(start, end)) if window.start > all_time.start else Window(min(start, end), end)
