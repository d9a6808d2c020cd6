"""Intervals: overlap, intersection, sum and union."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.interval import Interval, covered_duration, intersect, overlaps, subtract

DAY = datetime(2023, 7, 16, tzinfo=UTC)


def hours(start: float, end: float) -> Interval:
    return Interval(DAY + timedelta(hours=start), DAY + timedelta(hours=end))


instants = st.datetimes(datetime(2020, 1, 1), datetime(2020, 1, 10), timezones=st.just(UTC))  # noqa: DTZ001
intervals = st.lists(instants, min_size=2, max_size=2).map(lambda ends: Interval(min(ends), max(ends)))
empty_intervals = instants.map(lambda instant: Interval(instant, instant))


@pytest.mark.parametrize(
    ("interval", "window", "expected"),
    [
        (hours(1, 2), hours(3, 5), None),
        (hours(1, 3), hours(3, 5), None),  # touching ends do not overlap
        (hours(5, 6), hours(3, 5), None),  # as above
        (hours(1, 4), hours(3, 5), hours(3, 4)),
        (hours(4, 9), hours(3, 5), hours(4, 5)),
        (hours(1, 9), hours(3, 5), hours(3, 5)),
        (hours(3, 5), hours(3, 5), hours(3, 5)),
        (hours(3.5, 4), hours(3, 5), hours(3.5, 4)),
        (hours(3, 3), hours(3, 5), hours(3, 3)),  # an empty interval is in the window that starts with it
        (hours(5, 5), hours(3, 5), None),  # not in the window that ends with it
        (hours(4, 4), hours(3, 5), hours(4, 4)),
        (hours(4, 4), hours(4, 4), None),  # an empty window has no instants
    ],
)
def test_intersect_cuts_to_window(interval: Interval, window: Interval, expected: Interval | None) -> None:
    assert intersect(interval, window) == expected
    assert overlaps(interval, window) == (expected is not None)


@pytest.mark.parametrize(
    ("interval", "other", "expected"),
    [
        (hours(1, 2), hours(3, 5), [hours(1, 2)]),
        (hours(1, 3), hours(3, 5), [hours(1, 3)]),  # touching
        (hours(5, 6), hours(3, 5), [hours(5, 6)]),  # as above
        (hours(1, 4), hours(3, 5), [hours(1, 3)]),
        (hours(4, 6), hours(3, 5), [hours(5, 6)]),
        (hours(1, 6), hours(3, 5), [hours(1, 3), hours(5, 6)]),
        (hours(3, 6), hours(3, 5), [hours(5, 6)]),  # the same start
        (hours(1, 5), hours(3, 5), [hours(1, 3)]),  # the same end
        (hours(3, 5), hours(3, 5), []),
        (hours(3.5, 4), hours(3, 5), []),
        (hours(4, 4), hours(3, 5), [hours(4, 4)]),  # an empty interval takes no time
        (hours(3, 5), hours(4, 4), [hours(3, 5)]),
    ],
)
def test_subtract_leaves_time_outside(interval: Interval, other: Interval, expected: list[Interval]) -> None:
    assert subtract(interval, other) == expected


@given(intervals | empty_intervals, intervals | empty_intervals)
def test_subtracted_parts_and_other_interval_partition_union(interval: Interval, other: Interval) -> None:
    parts = subtract(interval, other)
    shared = intersect(interval, other)
    assert sum((part.duration for part in parts), timedelta()) == interval.duration - (
        shared.duration if shared else timedelta()
    )
    assert covered_duration([*parts, other]) == covered_duration([interval, other])
    for part in parts:
        assert intersect(part, interval) == part or part == interval
        assert covered_duration([part, other]) == part.duration + other.duration
    assert all(first.end <= second.start for first, second in pairwise(parts))


@given(intervals, intervals)
def test_subtract_keeps_touching_intervals(one: Interval, other: Interval) -> None:
    before, after = Interval(one.start - one.duration, one.start), Interval(one.end, one.end + other.duration)
    assert subtract(before, one) == [before]
    assert subtract(after, one) == [after]


@given(intervals | empty_intervals, intervals | empty_intervals)
def test_overlap_is_symmetric_and_equals_nonempty_intersection(one: Interval, other: Interval) -> None:
    assert overlaps(one, other) == overlaps(other, one) == (intersect(one, other) is not None)


@given(intervals, st.lists(instants, max_size=8))
def test_partition_conserves_duration(interval: Interval, cuts: list[datetime]) -> None:
    edges = [datetime(2019, 1, 1, tzinfo=UTC), *sorted(cuts), datetime(2021, 1, 1, tzinfo=UTC)]
    windows = [Interval(start, end) for start, end in pairwise(edges)]
    parts = [part for window in windows if (part := intersect(interval, window))]
    assert sum((part.duration for part in parts), timedelta()) == covered_duration(parts) == interval.duration


@given(empty_intervals, st.sets(instants, max_size=8))
def test_empty_interval_belongs_to_one_window_of_partition(point: Interval, cuts: set[datetime]) -> None:
    edges = [datetime(2019, 1, 1, tzinfo=UTC), *sorted(cuts), datetime(2021, 1, 1, tzinfo=UTC)]
    windows = [Interval(start, end) for start, end in pairwise(edges)]
    assert [intersect(point, window) for window in windows if overlaps(point, window)] == [point]


@given(st.lists(intervals | empty_intervals, max_size=8))
def test_union_counts_shared_time_once(parts: list[Interval]) -> None:
    # An interval covers the time between two neighbouring edges fully or not at all.
    edges = sorted({edge for part in parts for edge in (part.start, part.end)})
    pieces = [Interval(start, end) for start, end in pairwise(edges)]
    covered = [piece for piece in pieces if any(overlaps(part, piece) for part in parts if part.duration)]
    assert covered_duration(parts) == sum((part.duration for part in covered), timedelta())


def test_interval_converts_ends_to_utc() -> None:
    east = timezone(timedelta(hours=2))
    interval = Interval(datetime(2023, 7, 16, 2, tzinfo=east), datetime(2023, 7, 16, 1, tzinfo=UTC))
    assert (interval.start, interval.duration) == (DAY, timedelta(hours=1))
    assert interval.start.tzinfo is UTC


def test_interval_requires_aware_ordered_ends() -> None:
    with pytest.raises(ValueError, match="is before the start"):
        hours(2, 1)
    with pytest.raises(ValueError, match="is naive"):
        Interval(datetime(2023, 7, 16), DAY)  # noqa: DTZ001
