"""When tasks that there are start and end, as somebody typed it: a time of day alone is one of their own day."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from tasktimer.core.task import Task
from tasktimer.core.timeparse.datetimes import find_time_of_day, parse_datetime, parse_start_or_end, reject_later_today
from tasktimer.errors import InvalidValue, TimeInFuture, format_timestamp


class TaskTimeResolver:
    """The day on which tasks start; they are read only where a time of day is given alone.

    What somebody else does to them after that, the command meets as if the date had been typed: the verb looks again.
    """

    def __init__(self, now: datetime, read: Callable[[], Sequence[Task]]) -> None:
        self._now = now
        self._zone = now.tzinfo or UTC
        self._read = read

    def start(self, text: str) -> datetime:
        """Read a start that the tasks get.

        Raises:
            InvalidValue: it cannot be read, or the tasks start on several days.
            TimeInFuture: it is a time of today that lies ahead; yesterday's may be meant.
        """
        clock = find_time_of_day(text)
        if clock is None:
            return parse_start_or_end(text, self._now, "start")
        if not self._tasks:
            return self._now  # for nobody
        return reject_later_today(self._on_day(self._first_start("start", text), clock), self._now, "start")

    def end(self, text: str, *, start: datetime | None, length: timedelta | None) -> datetime:
        """Read an end that the tasks get, with this start or length, if they get one.

        Raises:
            InvalidValue: it cannot be read, or the tasks start on several days.
            TimeInFuture: it lies ahead.
        """
        clock = find_time_of_day(text)
        if clock is None:
            return parse_start_or_end(text, self._now, "end")
        if not self._tasks:
            return self._now
        if start is None and length is not None:
            return self._end_after(clock, self._first_start("end", text), length)
        return self._since(clock, start or self._first_start("end", text))

    def inside(self, text: str) -> datetime:
        """Read a time inside the one task.

        Raises:
            InvalidValue: it cannot be read.
            TimeInFuture: the task runs, and it lies ahead.
        """
        clock = find_time_of_day(text)
        if clock is None:
            return parse_datetime(text, self._now)
        (task,) = self._tasks
        if task.running:
            return self._since(clock, task.start_time)
        instant = self._first_at(clock, task.start_time)
        # What is refused is told as what was meant, not as a time of tomorrow.
        return self._on_day(task.start_time, clock) if task.end_time and instant >= task.end_time else instant

    @cached_property
    def _tasks(self) -> Sequence[Task]:
        return self._read()

    def _first_start(self, flag: str, text: str) -> datetime:
        """The first of the starts, all of one day: an end that lies before another one is refused by the verb."""
        first, last = (end(self._tasks, key=lambda task: task.start_time) for end in (min, max))
        days = [self._day(task.start_time) for task in (first, last)]
        if days[0] != days[1]:
            clock = " ".join(text.split())
            starts = f"task {first.id} on {days[0]}, task {last.id} on {days[1]}"
            message = f"the tasks start on several days, {starts}: {clock} may be a time of each of them"
            hint = f"take tasks of one day at a time, or give the date with the time, e.g. --{flag} '{days[1]} {clock}'"
            raise InvalidValue("several-days", message, hint)
        return first.start_time

    def _day(self, instant: datetime) -> date:
        return instant.astimezone(self._zone).date()

    def _on_day(self, start: datetime, clock: time) -> datetime:
        """The time of the day of a start."""
        from tasktimer.core.local_time import to_instant

        return to_instant(datetime.combine(self._day(start), clock), self._zone)

    def _since(self, clock: time, start: datetime) -> datetime:
        """The first such time since a start; that of its day where it would be tomorrow's: the verb refuses it."""
        instant = self._first_at(clock, start)
        if instant <= self._now:
            return instant
        if self._day(instant) > self._now.date():
            return self._on_day(start, clock)
        since = format_timestamp(start.astimezone(self._zone))
        more = f"there was no {str(clock).removesuffix(':00')} since the start at {since}"
        raise TimeInFuture("end", instant.astimezone(self._zone), self._now, more)

    def _first_at(self, clock: time, start: datetime) -> datetime:
        """The first such time since a start; one in its very minute is not taken for that of the next day."""
        from tasktimer.core.local_time import next_occurrence

        return next_occurrence(clock, start.astimezone(self._zone).replace(second=0, microsecond=0), self._zone)

    def _end_after(self, clock: time, start: datetime, length: timedelta) -> datetime:
        """The end of so long a task that begins on the day of the start."""
        from tasktimer.core.local_time import add_duration, day_window, next_occurrence

        day = day_window(self._day(start), self._zone)
        instant = next_occurrence(clock, add_duration(day.start, length), self._zone)
        if self._day(instant) > self._now.date():
            meant = f"did you mean 'today {clock.isoformat()[:5]}'?"
            raise TimeInFuture("end", instant.astimezone(self._zone), self._now, meant)
        return reject_later_today(instant, self._now, "end")
