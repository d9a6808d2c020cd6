"""What a set of tasks amounts to within a window."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from tasktimer.core.interval import Interval, Window, covered_duration, intersect, total_duration
from tasktimer.core.local_time import FIRST_DAY, LAST_DAY, day_window
from tasktimer.core.task import Task


class TimesheetEntry(NamedTuple):
    """A task in a timesheet, with the part of it that lies in the window."""

    task: Task
    part: Interval

    @property
    def time_spent(self) -> timedelta:
        """How much of the task lies in the window."""
        return self.part.duration


class Timesheet(NamedTuple):
    """The tasks that overlap a window, by start, then id."""

    window: Window
    entries: tuple[TimesheetEntry, ...]

    @property
    def worked(self) -> timedelta:
        """The sum of the time spent: effort."""
        return total_duration(entry.part for entry in self.entries)

    @property
    def elapsed(self) -> timedelta:
        """The time covered by any task: wall clock."""
        return covered_duration(entry.part for entry in self.entries)


def timesheet(tasks: Iterable[Task], window: Window, now: datetime) -> Timesheet:
    """Cut tasks to a window, running ones up to now, and leave out those that do not overlap it."""
    ordered = sorted(tasks, key=lambda task: (task.start_time, task.id))
    # A day that a zone skipped has no instants for a task to share, though a long task spans it.
    parts = ((task, intersect(task.interval(now), window)) for task in ordered if window.duration)
    return Timesheet(window, tuple(TimesheetEntry(task, part) for task, part in parts if part is not None))


class Day(NamedTuple):
    """A date, and the timesheet of what lies in it."""

    date: date
    sheet: Timesheet


def split_by_day(tasks: Iterable[Task], window: Window | None, zone: tzinfo, now: datetime) -> list[Day]:
    """Cut tasks at the local midnights within a window, or (None) wherever they lie: the days with tasks, in order."""
    found: dict[date, list[Task]] = {}
    for task in tasks:
        part = task.interval(now) if window is None else intersect(task.interval(now), window)
        for day in () if part is None else _dates(part, zone):
            found.setdefault(day, []).append(task)
    days = ((day, _within(day_window(day, zone), window)) for day in sorted(found))
    sheets = (Day(day, timesheet(found[day], part, now)) for day, part in days if part is not None)
    # A task that ends at midnight has no part in the day that begins then.
    return [day for day in sheets if day.sheet.entries]


def _dates(part: Interval, zone: tzinfo) -> Iterable[date]:
    # Both are days of UTC, in which times are accepted; the zone may have it on the day before or after.
    ends = (part.start.astimezone(zone).date(), part.end.astimezone(zone).date())
    first, last = (min(max(day, FIRST_DAY), LAST_DAY) for day in ends)
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _within(day: Window, window: Window | None) -> Window | None:
    return day if window is None else intersect(day, window)
