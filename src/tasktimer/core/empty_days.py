"""Days without tasks in timesheets of several days; only tables of a month or less need this module."""

from datetime import date, datetime, timedelta, tzinfo

from tasktimer.core.interval import Window, intersect
from tasktimer.core.local_time import day_window
from tasktimer.core.timesheet import Timesheet

_MONTH = timedelta(days=31)
_MICROSECOND = timedelta(microseconds=1)


def add_empty_days(
    sheets: list[tuple[date, Timesheet]], window: Window | None, zone: tzinfo, now: datetime
) -> list[tuple[date, Timesheet]]:
    """Add an empty timesheet for each day up to now without tasks, if the window has at most the days of a month."""
    if window is None:
        return sheets
    first, end = (instant.astimezone(zone).date() for instant in (window.start, window.end - _MICROSECOND))
    last = min(end, max(now.astimezone(zone).date(), sheets[-1][0]))
    if last - first >= _MONTH:
        return sheets
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    windows = ((day, intersect(day_window(day, zone), window)) for day in days)
    found = dict(sheets)
    return [(day, found.get(day) or Timesheet(part, ())) for day, part in windows if part and part.duration]
