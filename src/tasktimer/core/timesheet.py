"""What a set of tasks amounts to within a window."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tasktimer.core.interval import Interval, Window, clamp, sum_of, union_of
from tasktimer.core.task import Task


@dataclass(frozen=True, slots=True)
class Entry:
    """A task in a timesheet, with the part of it that lies in the window."""

    task: Task
    part: Interval

    @property
    def time_spent(self) -> timedelta:
        """How much of the task lies in the window."""
        return self.part.duration


@dataclass(frozen=True, slots=True)
class Timesheet:
    """The tasks that overlap a window, by start, then id."""

    window: Window
    entries: tuple[Entry, ...]

    @property
    def worked(self) -> timedelta:
        """The sum of the time spent: effort."""
        return sum_of(entry.part for entry in self.entries)

    @property
    def elapsed(self) -> timedelta:
        """The time covered by any task: wall clock."""
        return union_of(entry.part for entry in self.entries)


def timesheet(tasks: Iterable[Task], window: Window, now: datetime) -> Timesheet:
    """Cut tasks to a window, running ones up to now, and leave out those that do not overlap it."""
    ordered = sorted(tasks, key=lambda task: (task.start_time, task.id))
    # A day that a zone skipped has no instants for a task to share, though a long task spans it.
    parts = ((task, clamp(task.interval(now), window)) for task in ordered if window.duration)
    return Timesheet(window, tuple(Entry(task, part) for task, part in parts if part is not None))
