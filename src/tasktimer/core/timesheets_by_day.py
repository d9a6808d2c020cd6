"""Timesheets of several local days."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

from tasktimer.core.interval import Interval, Window, intersect
from tasktimer.core.local_time import day_window, local_date
from tasktimer.core.task import Task
from tasktimer.core.timesheet import Timesheet, timesheet

_MONTH = timedelta(days=31)
_MICROSECOND = timedelta(microseconds=1)


def split_by_day(
    tasks: Iterable[Task], window: Window | None, zone: tzinfo, now: datetime
) -> list[tuple[date, Timesheet]]:
    """Split tasks by local day, and return a timesheet for each date with tasks; `window=None` means all time."""
    tasks_by_day: dict[date, list[Task]] = {}
    for task in tasks:
        part = task.interval(now) if window is None else intersect(task.interval(now), window)
        for day in () if part is None else _dates(part, zone):
            tasks_by_day.setdefault(day, []).append(task)
    days = ((day, _within(day_window(day, zone), window)) for day in sorted(tasks_by_day))
    sheets = [(day, timesheet(tasks_by_day[day], part, now)) for day, part in days if part is not None]
    # A task that ends where a day starts does not count towards that day.
    return [(day, sheet) for day, sheet in sheets if sheet.entries]


def add_empty_days(
    sheets: list[tuple[date, Timesheet]], window: Window | None, zone: tzinfo, now: datetime
) -> list[tuple[date, Timesheet]]:
    """Add an empty timesheet for each day of the window that has no tasks and is not in the future.

    Return the timesheets unchanged if the window is None or, up to today, longer than 31 days.
    """
    if window is None:
        return sheets
    first, end = (local_date(instant, zone) for instant in (window.start, window.end - _MICROSECOND))
    last = min(end, max(local_date(now, zone), sheets[-1][0]))
    if last - first >= _MONTH:
        return sheets
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    windows = ((day, _within(day_window(day, zone), window)) for day in days)
    found = dict(sheets)
    return [(day, found.get(day) or Timesheet(part, ())) for day, part in windows if part and part.duration]


def _dates(part: Interval, zone: tzinfo) -> Iterable[date]:
    first, last = (local_date(instant, zone) for instant in (part.start, part.end))
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _within(day: Window, window: Window | None) -> Window | None:
    return day if window is None else intersect(day, window)
