"""The time spent on tasks within a window."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from tasktimer.core.interval import Interval, Window, covered_duration, intersect
from tasktimer.core.task import Task


class TimesheetEntry(NamedTuple):
    """A task in a timesheet, with the part of its interval inside the window."""

    task: Task
    part: Interval

    @property
    def time_spent(self) -> timedelta:
        """The time spent on the task inside the window."""
        return self.part.duration


class Timesheet(NamedTuple):
    """The tasks that overlap a window, sorted by start, then ID."""

    window: Window
    entries: tuple[TimesheetEntry, ...]

    @property
    def worked(self) -> timedelta:
        """The sum of the time spent on each task, counting overlaps more than once."""
        return sum((entry.time_spent for entry in self.entries), timedelta())

    @property
    def elapsed(self) -> timedelta:
        """The time covered by at least one task, counting overlaps once."""
        return covered_duration(entry.part for entry in self.entries)

    @property
    def in_whole_seconds(self) -> "Timesheet":
        """The timesheet as tables show it: each start and end truncated to whole seconds.

        The length of each part is the difference between the times shown, and the lengths add up to `worked`.
        """
        parts = (TimesheetEntry(task, part.in_whole_seconds) for task, part in self.entries)
        return self._replace(entries=tuple(parts))


def timesheet(tasks: Iterable[Task], window: Window, now: datetime) -> Timesheet:
    """Return the timesheet of the tasks that overlap a window; running tasks are treated as ending now."""
    ordered = sorted(tasks, key=attrgetter("start_time", "id"))
    # A day that the time zone skipped has no instants, so no task overlaps it.
    parts = ((task, intersect(task.interval(now), window)) for task in ordered if window.duration)
    return Timesheet(window, tuple(TimesheetEntry(task, part) for task, part in parts if part is not None))
