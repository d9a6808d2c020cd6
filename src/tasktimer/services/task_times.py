"""Parsing of times entered for tasks; a time of day without a date is resolved relative to the task's start."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from tasktimer.core.local_time import (
    add_duration,
    current_date,
    day_window,
    local_date,
    next_occurrence,
    time_within_day,
    to_instant,
)
from tasktimer.core.task import Task
from tasktimer.core.timeparse.clocks import find_time_of_day
from tasktimer.core.timeparse.datetimes import (
    at_time_of_day,
    is_day,
    missing_clock_error,
    parse_datetime,
    parse_start_or_end,
    reject_later_today,
)
from tasktimer.errors import InvalidValue, TimeInFuture, format_timestamp, quote_value


def parse_end(text: str, start: datetime | None, now: datetime) -> datetime:
    """Parse the end of a task; a bare time of day is the next one after `start`, or today's if `start` is None."""
    clock = find_time_of_day(text)
    if clock is None or start is None:
        return parse_start_or_end(text, now, "end")
    return _first_end(clock, start, now)


class TaskTimeResolver:
    """A parser of times entered for existing tasks; `read`, which returns the tasks, is called only if necessary.

    A time of day without a date is invalid if the tasks start on different days. A time later today raises
    TimeInFuture. A task may change after it is read, so the service locks it and checks the parsed time again.
    """

    def __init__(self, now: datetime, read: Callable[[], Sequence[Task]]) -> None:
        self._now = now
        self._zone = now.tzinfo or UTC
        self._read = read

    def start(self, text: str) -> datetime:
        """Parse a new start time for the tasks."""
        clock = find_time_of_day(text)
        if is_day(text, self._now) and self._tasks:
            raise missing_clock_error(text, self._now, self._local_start.time().isoformat("minutes"))
        if clock is None:
            return parse_start_or_end(text, self._now, "start")
        if not self._tasks:
            return self._now  # unused, because there are no tasks
        return reject_later_today(
            _on_day(self._first_start("start", text).astimezone(self._zone), clock), self._now, "start"
        )

    def start_of_move(self, text: str) -> datetime:
        """Parse a new start time for one task, which keeps its time of day if the text is only a date."""
        if not is_day(text, self._now):
            return self.start(text)
        return reject_later_today(at_time_of_day(text, self._local_start.time(), self._now), self._now, "start")

    def end(self, text: str, *, start: datetime | None, length: timedelta | None) -> datetime:
        """Parse a new end time for the tasks; `start` and `length` are their new start time and length, if given."""
        clock = find_time_of_day(text)
        if clock is None:
            return parse_start_or_end(text, self._now, "end")
        if not self._tasks:
            return self._now
        if start is None and length is not None:
            return self._end_after(clock, self._first_start("end", text), length)
        return _first_end(clock, start or self._first_start("end", text), self._now)

    def inside(self, text: str) -> datetime:
        """Parse a time between the start and the end of a task; `read` must return a single task."""
        clock = find_time_of_day(text)
        if clock is None:
            return parse_datetime(text, self._now)
        (task,) = self._tasks
        if task.running:
            return _first_end(clock, task.start_time, self._now, noun="time of the split")
        start = task.start_time.astimezone(self._zone)
        instant = _first_at(clock, start)
        # If the time is outside the task, the error shows the day on which the task starts, not the next day.
        return _on_day(start, clock) if task.end_time and instant >= task.end_time else instant

    @cached_property
    def _tasks(self) -> Sequence[Task]:
        return self._read()

    @property
    def _local_start(self) -> datetime:
        return self._tasks[0].start_time.astimezone(self._zone)

    def _first_start(self, bound: str, text: str) -> datetime:
        """Return the tasks' earliest start time; raise InvalidValue if the tasks start on different days.

        A new end computed from this start may be before another task's start; if so, the service rejects the end.
        """
        first, last = (end(self._tasks, key=lambda task: task.start_time) for end in (min, max))
        days = [self._day(task.start_time) for task in (first, last)]
        if days[0] != days[1]:
            clock = " ".join(text.split())
            starts = f"task {first.id} on {days[0]}, task {last.id} on {days[1]}"
            message = f"the time {quote_value(clock)} is ambiguous, because the tasks start on different days: {starts}"
            raise InvalidValue(
                "multiple-days", message, context={"bound": bound, "time": self._with_date(text, days[1])}
            )
        return first.start_time

    def _day(self, instant: datetime) -> date:
        return local_date(instant, self._zone)

    def _with_date(self, text: str, day: date) -> str:
        """Return a time of day with the date that the clock shows at that time within a day."""
        clock = find_time_of_day(text)
        assert clock is not None
        return f"{time_within_day(day, clock, self._zone).date()} {' '.join(text.split())}"

    def _end_after(self, clock: time, start: datetime, length: timedelta) -> datetime:
        """Return the earliest end at time `clock` of a task that starts on the day of `start` and lasts `length`."""
        day = day_window(self._day(start), self._zone)
        instant = next_occurrence(clock, add_duration(day.start, length), self._zone)
        if self._day(instant) > current_date(self._now):
            raise TimeInFuture("end", instant, self._now, f"did you mean 'today {clock:%H:%M}'?")
        return reject_later_today(instant, self._now, "end")


def _first_end(clock: time, start: datetime, now: datetime, *, noun: str = "end") -> datetime:
    """Return the first instant at or after `start` that has the given time of day.

    If that instant is later today, raise TimeInFuture. If it is on a later day, return the instant on the day of
    `start` instead, which the service rejects as too early.
    """
    local = start.astimezone(now.tzinfo)
    instant = _first_at(clock, local)
    if instant <= now:
        return instant
    if local_date(instant, now.tzinfo or UTC) > current_date(now):
        return _on_day(local, clock)
    hint = f"use a time between the start at {format_timestamp(start, now)} and now"
    raise TimeInFuture("end", instant, now, hint, noun=noun)


def _first_at(clock: time, start: datetime) -> datetime:
    """Return the first instant with the given time of day, at or after the minute in which `start` falls."""
    return next_occurrence(clock, start.replace(second=0, microsecond=0), start.tzinfo or UTC)


def _on_day(start: datetime, clock: time) -> datetime:
    """Return the instant that has the given time of day on the day of `start`."""
    return to_instant(time_within_day(current_date(start), clock, start.tzinfo or UTC), start.tzinfo or UTC)
