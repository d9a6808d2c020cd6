"""Tasks by the local days that they touch."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from tasktimer.core.calendar import FIRST_DAY, LAST_DAY, local_day
from tasktimer.core.interval import Interval, Window, clamp
from tasktimer.core.task import Task
from tasktimer.core.timesheet import Timesheet, timesheet


class Day(NamedTuple):
    """A date, and the timesheet of what lies in it."""

    date: date
    sheet: Timesheet


def days_of(tasks: Iterable[Task], window: Window | None, zone: tzinfo, now: datetime) -> list[Day]:
    """Cut tasks at the local midnights within a window, or (None) wherever they lie: the days with tasks, in order."""
    found: dict[date, list[Task]] = {}
    for task in tasks:
        part = task.interval(now) if window is None else clamp(task.interval(now), window)
        for day in () if part is None else _dates(part, zone):
            found.setdefault(day, []).append(task)
    days = ((day, _within(local_day(day, zone), window)) for day in sorted(found))
    sheets = (Day(day, timesheet(found[day], part, now)) for day, part in days if part is not None)
    # A task that ends at midnight has no part in the day that begins then.
    return [day for day in sheets if day.sheet.entries]


def _dates(part: Interval, zone: tzinfo) -> Iterable[date]:
    # Both are days of UTC, in which times are accepted; the zone may have it on the day before or after.
    ends = (part.start.astimezone(zone).date(), part.end.astimezone(zone).date())
    first, last = (min(max(day, FIRST_DAY), LAST_DAY) for day in ends)
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _within(day: Window, window: Window | None) -> Window | None:
    return day if window is None else clamp(day, window)
