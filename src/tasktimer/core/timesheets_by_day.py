"""Timesheets of several local days."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

from tasktimer.core.interval import Interval, Window, intersect
from tasktimer.core.local_time import FIRST_DAY, LAST_DAY, day_window
from tasktimer.core.task import Task
from tasktimer.core.timesheet import Timesheet, timesheet

_MONTH = timedelta(days=31)
_MICROSECOND = timedelta(microseconds=1)


def split_by_day(
    tasks: Iterable[Task], window: Window | None, zone: tzinfo, now: datetime
) -> list[tuple[date, Timesheet]]:
    """Split tasks at local midnight, and return a timesheet for each date with tasks; `window=None` means all time."""
    tasks_by_day: dict[date, list[Task]] = {}
    for task in tasks:
        part = task.interval(now) if window is None else intersect(task.interval(now), window)
        for day in () if part is None else _dates(part, zone):
            tasks_by_day.setdefault(day, []).append(task)
    days = ((day, _within(day_window(day, zone), window)) for day in sorted(tasks_by_day))
    sheets = [(day, timesheet(tasks_by_day[day], part, now)) for day, part in days if part is not None]
    # A task that ends at midnight does not count towards the day that starts at that instant.
    return [(day, sheet) for day, sheet in sheets if sheet.entries]


def add_empty_days(
    sheets: list[tuple[date, Timesheet]], window: Window | None, zone: tzinfo, now: datetime
) -> list[tuple[date, Timesheet]]:
    """Add an empty timesheet for each day of the window that has no tasks and is not in the future.

    Return the timesheets unchanged if the window is None or, up to today, longer than 31 days.
    """
    if window is None:
        return sheets
    first, end = (instant.astimezone(zone).date() for instant in (window.start, window.end - _MICROSECOND))
    last = min(end, max(now.astimezone(zone).date(), sheets[-1][0]))
    if last - first >= _MONTH:
        return sheets
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    windows = ((day, _within(day_window(day, zone), window)) for day in days)
    found = dict(sheets)
    return [(day, found.get(day) or Timesheet(part, ())) for day, part in windows if part and part.duration]


def local_day(instant: datetime, zone: tzinfo) -> date:
    """Return the local date of an instant, clamped to the range from FIRST_DAY to LAST_DAY."""
    # Valid times are between these days in UTC; in local time, they may be a day earlier or later.
    return min(max(instant.astimezone(zone).date(), FIRST_DAY), LAST_DAY)


def _dates(part: Interval, zone: tzinfo) -> Iterable[date]:
    first, last = (local_day(instant, zone) for instant in (part.start, part.end))
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _within(day: Window, window: Window | None) -> Window | None:
    return day if window is None else intersect(day, window)
