"""Subtraction of intervals, in a module of its own because few commands need it."""

from datetime import UTC, datetime

from tasktimer.core.interval import Interval, intersect

# When room is made for a task, a running task extends from its start to the end of time.
END_OF_RUNNING = datetime.max.replace(tzinfo=UTC)


def subtract(interval: Interval, other: Interval) -> list[Interval]:
    """Return the parts of an interval that are outside another one, or the whole interval if the two share no time.

    >>> from datetime import UTC, datetime
    >>> nine, ten, eleven, noon = (datetime(2023, 7, 16, hour, tzinfo=UTC) for hour in (9, 10, 11, 12))
    >>> [part.start.hour for part in subtract(Interval(nine, noon), Interval(ten, eleven))]
    [9, 11]
    >>> subtract(Interval(ten, eleven), Interval(nine, noon))
    []
    """
    #   other              [----------)
    #   touching    [---)  .          .            -> unchanged
    #   cut            [--)-----)     .            -> [--)
    #   cut                .     [----)---)        ->              [---)
    #   split        [-----)----------)---)        -> [-----)      [---)
    #   covered            [-------)  .            -> nothing
    shared = intersect(interval, other)
    if shared is None or not shared.duration:
        return [interval]
    before = [Interval(interval.start, other.start)] if interval.start < other.start else []
    after = [Interval(other.end, interval.end)] if other.end < interval.end else []
    return before + after
