"""Gaps between tasks: with the tasks, they cover each span exactly once, and they can be typed as shown."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.cli.task_times import parse_start_and_end
from tasktimer.core.calendar_zone import CalendarZone
from tasktimer.core.coverage import uncovered
from tasktimer.core.gaps import GapQuery, Hours, find_gaps, format_for_typing, parse_hours
from tasktimer.core.interval import Interval, covered_duration, overlaps
from tasktimer.core.local_time import day_window
from tasktimer.core.task import Task
from tasktimer.core.timesheets_by_day import split_by_day
from tasktimer.errors import InvalidValue

History = tuple[tuple[ZoneInfo, datetime], list[tuple[timedelta, timedelta]]]  # a start, delays and lengths

BERLIN = ZoneInfo("Europe/Berlin")
# Each zone with a day on which its clock changes, or which it skips.
CHANGES = [
    ("Europe/Berlin", "2024-10-27"),
    ("Europe/Berlin", "2024-03-31"),
    ("Australia/Lord_Howe", "2024-04-07"),
    ("Australia/Lord_Howe", "2024-10-06"),
    ("Pacific/Apia", "2011-12-30"),
]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ALL = GapQuery(longer_than=timedelta())


def at(text: str, zone: tzinfo = BERLIN) -> datetime:
    instant = datetime.fromisoformat(text)
    return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)


def tasks_of(*times: tuple[str, str | None], zone: tzinfo = BERLIN) -> list[Task]:
    return [
        Task(number, 1, "x", at(start, zone), None if end is None else at(end, zone))
        for number, (start, end) in enumerate(times, 1)
    ]


def shown(tasks: list[Task], query: GapQuery = ALL, *, zone: tzinfo = BERLIN, now: datetime = NOW) -> list[str]:
    now = now.astimezone(zone)
    days = split_by_day(tasks, None, zone, now)
    return [
        f"{day} {gap.start.astimezone(zone):%H:%M} {gap.end.astimezone(zone):%H:%M}"
        for day, gaps in find_gaps(days, query, now)
        for gap in gaps
    ]


def hours(start: str | None, end: str | None, zone: tzinfo = BERLIN) -> GapQuery:
    return GapQuery(parse_hours(start, end, zone), timedelta())


def test_gaps_are_between_first_start_and_last_end_of_each_day() -> None:
    tasks = tasks_of(
        ("2023-07-14T09:00", "2023-07-14T10:00"),
        ("2023-07-14T09:30", "2023-07-14T09:45"),  # inside another task
        ("2023-07-14T10:30", "2023-07-14T12:00"),
        ("2023-07-14T12:00", "2023-07-14T13:00"),  # touching
        ("2023-07-14T22:00", "2023-07-15T01:00"),  # a night
        ("2023-07-15T08:00", "2023-07-15T08:00"),  # empty
    )
    assert shown(tasks) == ["2023-07-14 10:00 10:30", "2023-07-14 13:00 22:00", "2023-07-15 01:00 08:00"]


def test_day_ends_now_if_task_is_running() -> None:
    tasks = tasks_of(("2023-07-14T09:00", "2023-07-14T10:00"), ("2023-07-14T11:00", None))
    now = at("2023-07-14T12:00")
    assert shown(tasks, now=now) == ["2023-07-14 10:00 11:00"]
    assert shown(tasks[:1], now=now) == []
    assert shown(tasks[:1], hours(None, "17:00"), now=now) == ["2023-07-14 10:00 12:00"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("8:00", "17:00", ["08:00 09:00", "10:00 11:00", "12:00 17:00"]),
        ("9:30", "10:30", ["10:00 10:30"]),
        ("9:00", None, ["10:00 11:00"]),
        (None, "13:00", ["10:00 11:00", "12:00 13:00"]),
        ("23:00", "0:00", ["23:00 00:00"]),
        ("9:15", "9:45", []),
    ],
)
def test_gaps_are_within_hours(start: str | None, end: str | None, expected: list[str]) -> None:
    tasks = tasks_of(("2023-07-14T09:00", "2023-07-14T10:00"), ("2023-07-14T11:00", "2023-07-14T12:00"))
    assert shown(tasks, hours(start, end)) == [f"2023-07-14 {times}" for times in expected]


@pytest.mark.parametrize(
    ("day", "start", "end", "length"),
    [
        ("2024-10-27", "1:00", "5:00", 5),  # the clock shows 2:00 to 3:00 twice
        ("2024-10-27", "1:00", "2:30", 1.5),
        ("2024-03-31", "1:00", "5:00", 3),
        ("2024-03-31", "1:00", "2:30", 1),  # 2:30 does not exist
        ("2024-03-31", "2:30", "4:00", 1),
    ],
)
def test_hours_are_those_of_the_clock(day: str, start: str, end: str, length: float) -> None:
    (task,) = tasks_of((f"{day}T12:00", f"{day}T13:00"))
    ((_, gaps),) = find_gaps(split_by_day([task], None, BERLIN, NOW), hours(start, end), NOW.astimezone(BERLIN))
    assert sum((gap.duration for gap in gaps), timedelta()) == timedelta(hours=length)


def test_hours_are_within_working_day() -> None:
    zone = CalendarZone(BERLIN, day_starts_at=timedelta(hours=4))
    query = hours("22:00", "2:00", zone)
    assert query.hours == Hours(timedelta(hours=18), timedelta(hours=22))


@pytest.mark.parametrize(
    ("start", "end", "message", "hint"),
    [
        ("17:00", "9:00", "the end '9:00' is not after the start '17:00'", "use a later end; the hours must be within"),
        ("9:00", "9am", "the end '9am' is not after the start '9:00'", "use a later end; the hours must be within"),
        ("9", None, "invalid time of day '9'", "use 9:00, 9am or 9pm"),
        (None, "midnight", "invalid time of day 'midnight'", "use 0:00"),
        (None, "friday", "invalid time of day 'friday'", "use a time of day, such as 9:00"),
        (None, "25:00", "invalid time of day '25:00'", "use a time from 00:00 to 23:59"),
    ],
)
def test_invalid_hours(start: str | None, end: str | None, message: str, hint: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_hours(start, end, BERLIN)
    assert error.value.message == message
    assert str(error.value.hint).startswith(hint)


def test_short_gaps_are_left_out() -> None:
    tasks = tasks_of(
        ("2023-07-14T09:00", "2023-07-14T10:00"),
        ("2023-07-14T10:01", "2023-07-14T11:00"),
        ("2023-07-14T11:00:59", "2023-07-14T12:00"),
        ("2023-07-14T12:15", "2023-07-14T13:00"),
    )
    assert shown(tasks, GapQuery()) == ["2023-07-14 10:00 10:01", "2023-07-14 12:00 12:15"]
    assert shown(tasks, GapQuery(longer_than=timedelta(minutes=1))) == ["2023-07-14 12:00 12:15"]
    assert shown(tasks, GapQuery(longer_than=timedelta(minutes=15))) == []


places = st.sampled_from(CHANGES).flatmap(
    lambda change: st.tuples(
        st.just(ZoneInfo(change[0])),
        st.datetimes(
            datetime.fromisoformat(change[1]) - timedelta(days=2), datetime.fromisoformat(change[1]) + timedelta(days=2)
        ),
    )
)
lengths = st.integers(0, 40 * 60).map(lambda minutes: timedelta(minutes=minutes))
histories = st.tuples(places, st.lists(st.tuples(lengths, lengths), max_size=6))


@given(histories)
def test_gaps_and_tasks_cover_each_day_exactly_once(history: History) -> None:
    (zone, begin), times = history
    first = begin.replace(tzinfo=zone).astimezone(UTC)
    tasks = [Task(number, 1, "x", first + after, first + after + long) for number, (after, long) in enumerate(times)]
    sheets = split_by_day(tasks, None, zone, NOW)
    found = dict(find_gaps(sheets, ALL, NOW.astimezone(zone)))
    for day, sheet in sheets:
        parts, gaps = [entry.part for entry in sheet.entries], list(found.get(day, ()))
        span = Interval(min(part.start for part in parts), max(part.end for part in parts))
        assert not any(overlaps(gap, part) for gap in gaps for part in parts if part.duration)
        assert not any(overlaps(one, other) for one in gaps for other in gaps if one is not other)
        assert covered_duration([*parts, *gaps]) == span.duration
        assert covered_duration(parts) + covered_duration(gaps) == span.duration
    assert found.keys() <= {day for day, _ in sheets}


@given(histories)
def test_gaps_and_tasks_fill_whole_days(history: History) -> None:
    (zone, begin), times = history
    first = begin.replace(tzinfo=zone).astimezone(UTC)
    tasks = [Task(number, 1, "x", first + after, first + after + long) for number, (after, long) in enumerate(times)]
    sheets = split_by_day(tasks, None, zone, NOW)
    found = dict(find_gaps(sheets, hours("0:00", "0:00", zone), NOW.astimezone(zone)))
    for day, sheet in sheets:
        parts = [entry.part for entry in sheet.entries]
        assert covered_duration([*parts, *found.get(day, ())]) == day_window(day, zone).duration
        assert sum((gap.duration for gap in found.get(day, ())), covered_duration(parts)) == sheet.window.duration


@given(places, lengths.filter(bool), st.booleans(), st.sampled_from([0, 7, 0.25]))
def test_gap_can_be_typed(
    place: tuple[ZoneInfo, datetime], length: timedelta, with_offset: bool, seconds: float
) -> None:
    zone, begin = place
    start = begin.replace(tzinfo=zone, second=0, microsecond=0).astimezone(UTC) + timedelta(seconds=seconds)
    gap = Interval(start, start + length)
    typed = format_for_typing(gap, zone, with_offset=with_offset)
    reader = UTC if with_offset else zone
    assert parse_start_and_end(*typed, NOW.astimezone(reader)) == (gap.start, gap.end)
    assert not any(" " in text for text in typed)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-25T12:30", "2026-11-25T13:20", ("2026-11-25T12:30", "13:20")),
        ("2026-11-25T12:30:05", "2026-11-26T00:00", ("2026-11-25T12:30:05", "00:00")),
        ("2024-10-27T00:00", "2024-10-28T00:00", ("2024-10-27T00:00", "2024-10-28T00:00")),  # 25 hours
        ("2024-10-27T02:30+02:00", "2024-10-27T02:45+01:00", ("2024-10-27T02:30+02:00", "2024-10-27T02:45+01:00")),
        ("2024-10-27T01:30", "2024-10-27T04:00", ("2024-10-27T01:30", "04:00")),
    ],
)
def test_offsets_are_used_only_if_necessary(start: str, end: str, expected: tuple[str, str]) -> None:
    assert format_for_typing(Interval(at(start), at(end)), BERLIN, with_offset=False) == expected


def test_offset_with_seconds_is_typed_in_utc() -> None:
    gap = Interval(datetime(1880, 1, 1, tzinfo=UTC), datetime(1880, 1, 1, 1, tzinfo=UTC))
    assert format_for_typing(gap, BERLIN, with_offset=True) == ("1880-01-01T00:00:00Z", "1880-01-01T01:00:00Z")


def test_uncovered_parts_of_window() -> None:
    nine, ten, eleven = (datetime(2023, 7, 16, hour, tzinfo=UTC) for hour in (9, 10, 11))
    window = Interval(nine, eleven)
    assert uncovered([], window) == [window]
    assert uncovered([Interval(nine - timedelta(days=1), eleven)], window) == []
    assert uncovered([Interval(eleven, eleven + timedelta(1)), Interval(nine, ten)], window) == [Interval(ten, eleven)]


def test_day_without_tasks_has_gap_only_within_hours() -> None:
    empty = split_by_day(tasks_of(("2023-07-14T09:00", "2023-07-14T10:00")), None, BERLIN, NOW)[0][1]._replace(
        entries=()
    )
    days = [(date(2023, 7, 15), empty)]
    for query, count in ((hours("9:00", "10:00"), 1), (hours("9:00", None), 0), (hours(None, None), 0)):
        assert len(find_gaps(days, query, NOW.astimezone(BERLIN))) == count
