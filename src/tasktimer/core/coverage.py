"""The time that intervals cover, and the gaps between them."""

from collections.abc import Iterable

from tasktimer.core.interval import Interval, Window


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the time covered by at least one of the intervals, as intervals in order that do not touch.

    >>> from datetime import UTC, datetime
    >>> nine, ten, eleven = (datetime(2023, 7, 16, hour, tzinfo=UTC) for hour in (9, 10, 11))
    >>> union([Interval(ten, eleven), Interval(nine, ten)]) == [Interval(nine, eleven)]
    True
    """
    merged: list[Interval] = []
    for interval in sorted(intervals, key=lambda interval: interval.start):
        if merged and interval.start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, interval.end))
        elif interval.duration:
            merged.append(interval)
    return merged


def uncovered(intervals: Iterable[Interval], window: Window) -> list[Interval]:
    """Return the parts of a window that no interval covers, in order.

    >>> from datetime import UTC, datetime
    >>> nine, ten, eleven = (datetime(2023, 7, 16, hour, tzinfo=UTC) for hour in (9, 10, 11))
    >>> uncovered([Interval(ten, eleven)], Interval(nine, eleven)) == [Interval(nine, ten)]
    True
    """
    gaps: list[Interval] = []
    reached = window.start
    for interval in [*union(intervals), Interval(window.end, window.end)]:
        start = min(interval.start, window.end)
        if start > reached:
            gaps.append(Interval(reached, start))
        reached = max(reached, interval.end)
    return gaps
