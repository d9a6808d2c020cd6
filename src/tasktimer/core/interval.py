"""Half-open intervals of time, and what two of them share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Interval:
    """The instants t with start <= t < end; an empty one (start == end) stands for its start alone.

    Both ends are aware and kept in UTC: arithmetic on two local datetimes of one zone would be wrong across a
    change of its clock.

    Raises:
        ValueError: an end is naive, or the end lies before the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            object.__setattr__(self, "start", _to_utc(self.start))
            object.__setattr__(self, "end", _to_utc(self.end))
        if self.end < self.start:
            raise ValueError(f"the interval would end at {self.end}, before its start at {self.start}")

    @property
    def duration(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


# A window is an interval that bounds a question: a day, a week, a month.
Window = Interval


def intersect(interval: Interval, window: Window) -> Interval | None:
    """Cut an interval to a window; None when they share no instant.

    >>> nine, ten, eleven = (datetime(2023, 7, 16, hour, tzinfo=UTC) for hour in (9, 10, 11))
    >>> intersect(Interval(nine, eleven), Interval(ten, eleven)).duration
    datetime.timedelta(seconds=3600)
    >>> intersect(Interval(nine, ten), Interval(ten, eleven)) is None  # touching is not overlapping
    True
    """
    #   window             [----------)
    #   apart       [---)  .          .
    #   touching       [---)          .
    #   cut                [--)-----------)       -> [-------)  from the later start to the earlier end
    #   empty              |          .            -> itself, if window.start <= t < window.end
    #   empty              .          |            -> None: it belongs to the next window
    start, end = max(interval.start, window.start), min(interval.end, window.end)
    if start < end:
        # Most tasks lie within the window: they need no other object.
        whole = start is interval.start and end is interval.end
        return interval if whole else Interval(start, end)
    for point, other in ((interval, window), (window, interval)):
        if point.start == point.end and other.start <= point.start < other.end:
            return point
    return None


def overlaps(interval: Interval, window: Window) -> bool:
    """Whether two intervals share an instant; touching ends do not."""
    return intersect(interval, window) is not None


def total_duration(intervals: Iterable[Interval]) -> timedelta:
    """Add up the intervals' durations, time that two of them share counted twice."""
    return sum((interval.duration for interval in intervals), timedelta())


def covered_duration(intervals: Iterable[Interval]) -> timedelta:
    """Add up the time that the intervals cover, time that two of them share counted once."""
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
        raise ValueError(f"{instant} has no zone: it is no instant")
    return instant.astimezone(UTC)
