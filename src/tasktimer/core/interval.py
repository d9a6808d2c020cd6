"""Half-open time intervals and their overlaps."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tasktimer.core.record import Record


class Interval(Record):
    """A half-open interval, start <= t < end; an empty interval (start == end) represents a single instant.

    The start and the end must be aware datetimes. They are converted to UTC, because arithmetic on local datetimes
    ignores clock changes.

    Raises:
        ValueError: if the start or the end is naive, or the end is before the start.
    """

    __slots__ = ("start", "end")  # noqa: RUF023 (the order of the arguments)
    start: datetime
    end: datetime

    def __init__(self, start: datetime, end: datetime) -> None:
        if start.tzinfo is not UTC or end.tzinfo is not UTC:
            start, end = _to_utc(start), _to_utc(end)
        if end < start:
            raise ValueError(f"the end {end} is before the start {start}")
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "end", end)

    @property
    def duration(self) -> timedelta:
        """The length of the interval."""
        return self.end - self.start

    @property
    def in_whole_seconds(self) -> "Interval":
        """The interval with its start and its end truncated to whole seconds, as in tables."""
        if not (self.start.microsecond or self.end.microsecond):
            return self
        return Interval(self.start.replace(microsecond=0), self.end.replace(microsecond=0))


# A window is an interval that bounds a query, such as a day, a week or a month.
Window = Interval


def intersect(interval: Interval, window: Window) -> Interval | None:
    """Return the part of an interval inside a window, or None if the two share no instant.

    >>> nine, ten, eleven = (datetime(2023, 7, 16, hour, tzinfo=UTC) for hour in (9, 10, 11))
    >>> intersect(Interval(nine, eleven), Interval(ten, eleven)).duration
    datetime.timedelta(seconds=3600)
    >>> intersect(Interval(nine, ten), Interval(ten, eleven)) is None  # touching is not overlapping
    True
    """
    #   window             [----------)
    #   apart       [---)  .          .
    #   touching       [---)          .
    #   clipped            [--)-----------)       -> [-------)  from the later start to the earlier end
    #   empty              |          .            -> unchanged, if window.start <= t < window.end
    #   empty              .          |            -> None: it belongs to the next window
    start, end = max(interval.start, window.start), min(interval.end, window.end)
    if start < end:
        # Most tasks are inside the window, and need no new object.
        whole = start is interval.start and end is interval.end
        return interval if whole else Interval(start, end)
    for point, other in ((interval, window), (window, interval)):
        if point.start == point.end and other.start <= point.start < other.end:
            return point
    return None


def overlaps(interval: Interval, window: Window) -> bool:
    """Return whether two intervals share an instant; intervals that only touch do not."""
    return intersect(interval, window) is not None


def covered_duration(intervals: Iterable[Interval]) -> timedelta:
    """Return the total time covered by at least one of the intervals."""
    covered = timedelta()
    reached: datetime | None = None
    for interval in sorted(intervals, key=lambda interval: interval.start):
        start = interval.start if reached is None else max(interval.start, reached)
        if interval.end > start:
            covered += interval.end - start
            reached = interval.end
    return covered


def _to_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"the datetime {instant} is naive")
    return instant.astimezone(UTC)
