"""Timelines: the hours that the clock shows, and columns that match the tasks."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.core.test_gaps import at, places, tasks_of

from tasktimer.core.calendar_zone import CalendarZone
from tasktimer.core.interval import Interval, intersect
from tasktimer.core.local_time import day_window
from tasktimer.core.timeline import SCALES, Column, axes, choose_scale, fill_columns, lanes
from tasktimer.core.timesheet import timesheet
from tasktimer.core.timesheets_by_day import split_by_day

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def labels(*times: tuple[str, str | None], zone: tzinfo = BERLIN, now: datetime = NOW) -> dict[str, str]:
    """Return the hours on the axis of each day."""
    days = dict(split_by_day(tasks_of(*times, zone=zone), None, zone, now))
    found = axes(days, now.astimezone(zone))
    return {str(day): " ".join(str(hour) for hour, _ in axis.hours) for day, axis in found.items()}


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Berlin", "2024-10-27", "1 2 2 3 4"),
        ("Europe/Berlin", "2024-03-31", "1 3 4"),
        ("Australia/Lord_Howe", "2024-04-07", "1 1 2 3 4"),  # from 2:00 back to 1:30
        ("Australia/Lord_Howe", "2024-10-06", "1 2 3 4"),
        ("Pacific/Apia", "2011-12-31", "1 2 3 4"),
    ],
)
def test_axis_has_hours_of_the_clock(zone: str, day: str, expected: str) -> None:
    assert labels((f"{day}T01:10", f"{day}T04:10"), zone=ZoneInfo(zone)) == {day: expected}


def test_all_days_have_the_same_hours() -> None:
    assert labels(
        ("2024-10-26T03:30", "2024-10-26T04:00"), ("2024-10-27T01:00", "2024-10-27T01:59"), ("2024-10-28T05:00", None)
    )["2024-10-27"] == ("0 1 2 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23")
    assert labels(
        ("2024-10-26T03:30", "2024-10-26T04:00"),
        ("2024-10-27T01:00", "2024-10-27T01:59"),
        ("2024-10-28T05:00", "2024-10-28T05:00"),
    ) == {"2024-10-26": "1 2 3 4 5", "2024-10-27": "1 2 2 3 4 5", "2024-10-28": "1 2 3 4 5"}


def test_axis_of_today_contains_now() -> None:
    times = ("2024-10-28T09:00", "2024-10-28T10:00")
    for clock, expected in (("12:00", "9 10 11 12"), ("09:30", "9"), ("08:00", "8 9")):
        assert labels(times, now=at(f"2024-10-28T{clock}")) == {"2024-10-28": expected}


def test_hours_follow_start_of_day() -> None:
    zone, day = CalendarZone(BERLIN, day_starts_at=timedelta(hours=4)), date(2024, 10, 26)
    tasks = tasks_of(("2024-10-26T22:30", "2024-10-27T03:00+01:00"))
    axis = axes({day: timesheet(tasks, day_window(day, zone), NOW)}, NOW.astimezone(zone))[day]
    assert [hour for hour, _ in axis.hours] == [22, 23, 0, 1, 2, 2]


def test_lanes_are_sorted_with_tasks_without_project_first() -> None:
    tasks = [
        task._replace(project=project)
        for task, project in zip(
            tasks_of(*[("2023-07-14T09:00", "2023-07-14T10:00")] * 4), ("Zoe", "acme", None, "acme"), strict=True
        )
    ]
    ((_, sheet),) = split_by_day(tasks, None, BERLIN, NOW)
    found = [(lane.project, len(lane.parts), lane.worked) for lane in lanes(sheet)]
    hour = timedelta(hours=1)
    assert found == [(None, 1, hour), ("acme", 2, 2 * hour), ("Zoe", 1, hour)]


def test_scale_is_the_smallest_that_fits() -> None:
    days = dict(split_by_day(tasks_of(("2024-10-27T00:00", "2024-10-28T00:00")), None, BERLIN, NOW))
    found = axes(days, NOW.astimezone(BERLIN)).values()
    scales = [choose_scale(found, width) for width in (300, 100, 75, 74, 25, 24)]
    assert [scale and scale // timedelta(minutes=1) for scale in scales] == [5, 15, 20, 30, 60, None]


def test_column_shows_halves() -> None:
    nine = datetime(2023, 7, 14, 9, tzinfo=UTC)
    minute = timedelta(minutes=1)

    def filled(*parts: tuple[float, float]) -> list[Column]:
        intervals = [Interval(nine + start * minute, nine + end * minute) for start, end in parts]
        return fill_columns(intervals, nine, 10 * minute, 2)

    nothing = Column(False, False, False)
    assert filled() == [nothing, nothing]
    assert filled((0, 10)) == [Column(True, True, True), nothing]
    assert filled((0, 2.5)) == [Column(True, False, True), nothing]
    assert filled((0, 2.4)) == [Column(False, False, True), nothing]
    assert filled((0, 1.3), (1.2, 2.5)) == [Column(True, False, True), nothing]  # together
    assert filled((0, 2), (0.5, 1.5)) == [Column(False, False, True), nothing]  # the overlap counts once
    assert filled((12, 12)) == [nothing, Column(False, False, True)]
    assert filled((7, 13)) == [Column(False, True, True), Column(True, False, True)]


parts_of_days = st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 600)), max_size=6)


@given(places, parts_of_days, st.sampled_from(SCALES))
def test_columns_match_tasks(place: tuple[ZoneInfo, datetime], times: list[tuple[int, int]], scale: timedelta) -> None:
    zone, begin = place
    first = begin.replace(tzinfo=zone, second=0, microsecond=0).astimezone(UTC)
    minute = timedelta(minutes=1)
    parts = [Interval(first + start * minute, first + (start + length) * minute) for start, length in times]
    tasks = tasks_of(*[(str(part.start), str(part.end)) for part in parts])
    days = dict(split_by_day(tasks, None, zone, NOW))
    for day, axis in axes(days, NOW.astimezone(zone)).items():
        intervals = [entry.part for entry in days[day].entries]
        assert all(intersect(part, axis.window) == part for part in intervals)
        columns = fill_columns(intervals, axis.window.start, scale, axis.count_columns(scale))
        for number, column in enumerate(columns):
            middle = axis.window.start + number * scale + scale / 2
            left, right = Interval(middle - scale / 2, middle), Interval(middle, middle + scale / 2)
            assert (column.left, column.right) == (is_half_covered(intervals, left), is_half_covered(intervals, right))
            assert column.touched == any(intersect(part, half) for part in intervals for half in (left, right))


def is_half_covered(parts: list[Interval], window: Interval) -> bool:
    """Return whether parts of whole minutes cover at least half of a window, checking each half minute of it."""
    step = timedelta(seconds=30)
    count = window.duration // step
    instants = [window.start + number * step for number in range(count)]
    return 2 * sum(any(part.start <= instant < part.end for part in parts) for instant in instants) >= count


@given(places)
def test_axis_covers_whole_day_without_gaps(place: tuple[ZoneInfo, datetime]) -> None:
    zone, begin = place
    whole = day_window(begin.date(), zone)
    assume(whole.duration)
    days = dict(split_by_day(tasks_of((str(whole.start), str(whole.end))), None, zone, NOW))
    ((day, axis),) = axes(days, NOW.astimezone(zone)).items()
    assert (day, axis.window) == (begin.date(), whole)
    assert all(one.end == other.start for (_, one), (_, other) in pairwise(axis.hours))
