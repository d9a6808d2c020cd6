"""The time spent on tasks within a window."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from tasktimer.core.interval import Interval, Window, covered_duration, intersect
from tasktimer.core.local_time import FIRST_DAY, LAST_DAY, day_window
from tasktimer.core.task import Task


class TimesheetEntry(NamedTuple):
    """A task in a timesheet, with the part of its interval inside the window."""

    task: Task
    part: Interval

    @property
    def time_spent(self) -> timedelta:
        """The length of the part inside the window."""
        return self.part.duration


class Timesheet(NamedTuple):
    """The tasks that overlap a window, sorted by start, then ID."""

    window: Window
    entries: tuple[TimesheetEntry, ...]

    @property
    def worked(self) -> timedelta:
        """The sum of the time spent on each task."""
        return sum((entry.time_spent for entry in self.entries), timedelta())

    @property
    def elapsed(self) -> timedelta:
        """The time covered by at least one task, counting overlaps once."""
        return covered_duration(entry.part for entry in self.entries)


def timesheet(tasks: Iterable[Task], window: Window, now: datetime) -> Timesheet:
    """Return the timesheet of the tasks that overlap a window; running tasks count up to now."""
    ordered = sorted(tasks, key=lambda task: (task.start_time, task.id))
    # A day that the time zone skipped has no instants, so no task overlaps it.
    parts = ((task, intersect(task.interval(now), window)) for task in ordered if window.duration)
    return Timesheet(window, tuple(TimesheetEntry(task, part) for task, part in parts if part is not None))


def split_by_day(
    tasks: Iterable[Task], window: Window | None, zone: tzinfo, now: datetime
) -> list[tuple[date, Timesheet]]:
    """Split tasks at local midnight and return the timesheet of each date with tasks; `window=None` means all time."""
    tasks_by_day: dict[date, list[Task]] = {}
    for task in tasks:
        part = task.interval(now) if window is None else intersect(task.interval(now), window)
        for day in () if part is None else _dates(part, zone):
            tasks_by_day.setdefault(day, []).append(task)
    days = ((day, _within(day_window(day, zone), window)) for day in sorted(tasks_by_day))
    sheets = [(day, timesheet(tasks_by_day[day], part, now)) for day, part in days if part is not None]
    # A task that ends at midnight does not count towards the day that starts at that instant.
    return [(day, sheet) for day, sheet in sheets if sheet.entries]


def local_day(instant: datetime, zone: tzinfo) -> date:
    """Return the local date of an instant, at most a day off at the ends of the calendar."""
    # Accepted times are between these days in UTC; in local time, they may be on the day before or after.
    return min(max(instant.astimezone(zone).date(), FIRST_DAY), LAST_DAY)


def _dates(part: Interval, zone: tzinfo) -> Iterable[date]:
    first, last = (local_day(instant, zone) for instant in (part.start, part.end))
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _within(day: Window, window: Window | None) -> Window | None:
    return day if window is None else intersect(day, window)
