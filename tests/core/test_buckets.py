"""The buckets of reports, on days when the clocks change."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tasktimer.core.buckets import MAX_BUCKETS, TIME_KEYS, split_window
from tasktimer.core.calendar_zone import CalendarZone
from tasktimer.core.interval import Window
from tasktimer.core.local_time import start_of_day
from tasktimer.core.timeparse.date_ranges import DateRange
from tasktimer.errors import InvalidValue

ZONES = (
    *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"),
    *("Africa/Casablanca", "America/Havana", "Asia/Kathmandu", "UTC"),
)


def window(first: str, last: str, zone: tzinfo) -> Window:
    return DateRange(date.fromisoformat(first), date.fromisoformat(last)).window(zone)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("name", "day_starts_at", "first", "lengths"),
    [
        # The clocks go forward at 2:00 on 2025-03-30: from 4:00 on, that is part of the working day before.
        ("Europe/Berlin", "0:00", "2025-03-29", [24, 23, 24]),
        ("Europe/Berlin", "4:00", "2025-03-28", [24, 23, 24]),
        ("Europe/Berlin", "2:00", "2025-03-29", [24, 23, 24]),
        ("Europe/Berlin", "2:30", "2025-03-29", [23.5, 23.5, 24]),  # 2:30 does not exist: the day starts at 3:00
        ("Europe/Berlin", "0:00", "2025-10-25", [24, 25, 24]),
        ("Europe/Berlin", "4:00", "2025-10-24", [24, 25, 24]),
        ("Europe/Berlin", "2:30", "2025-10-25", [24, 25, 24]),  # 2:30 occurs twice: the day starts at the first
        ("Europe/Berlin", "-1:00", "2025-03-29", [24, 23, 24]),
        ("America/New_York", "0:00", "2025-03-08", [24, 23, 24]),
        ("America/New_York", "4:00", "2025-11-01", [25, 24, 24]),
        ("Australia/Lord_Howe", "0:00", "2025-04-05", [24, 24.5, 24]),
        ("Australia/Lord_Howe", "0:00", "2025-10-04", [24, 23.5, 24]),
        ("Australia/Lord_Howe", "4:00", "2025-10-04", [23.5, 24, 24]),
        ("Pacific/Apia", "0:00", "2011-12-29", [24, 0, 24]),  # without a 30 December
        ("Pacific/Apia", "4:00", "2011-12-29", [20, 4, 24]),
        ("America/Sao_Paulo", "0:00", "2016-10-15", [24, 23, 24]),  # without a midnight on 16 October
        ("America/Sao_Paulo", "4:00", "2016-10-15", [23, 24, 24]),
        ("Africa/Casablanca", "0:00", "2025-02-22", [24, 25, 24]),
        ("Africa/Casablanca", "4:00", "2025-04-05", [23, 24, 24]),
    ],
)
def test_days_have_their_length(name: str, day_starts_at: str, first: str, lengths: list[float]) -> None:
    hour, minute = map(int, day_starts_at.removeprefix("-").split(":"))
    start = (-1 if day_starts_at.startswith("-") else 1) * timedelta(hours=hour, minutes=minute)
    zone = CalendarZone(ZoneInfo(name), day_starts_at=start)
    days = [date.fromisoformat(first) + timedelta(days=number) for number in range(4)]
    buckets = split_window(Window(start_of_day(days[0], zone), start_of_day(days[3], zone)), ["day"], zone)
    assert [(labels[0], part.duration / timedelta(hours=1)) for labels, part in buckets] == [
        (day.isoformat(), length) for day, length in zip(days, lengths, strict=False)
    ]


@pytest.mark.parametrize(
    ("name", "day", "odd"),
    [
        ("Europe/Berlin", "2025-10-26", {"02:00": 2}),
        ("Europe/Berlin", "2025-03-30", {"02:00": None}),
        ("Australia/Lord_Howe", "2025-04-06", {"01:00": 1.5}),
        ("Australia/Lord_Howe", "2025-10-05", {"02:00": 0.5}),
        ("America/Sao_Paulo", "2016-10-16", {"00:00": None}),
        ("Asia/Kathmandu", "1986-01-01", {"00:00": 0.75}),  # the clocks went forward from 0:00 to 0:15
    ],
)
def test_hours_are_those_of_the_clock(name: str, day: str, odd: dict[str, float | None]) -> None:
    zone = ZoneInfo(name)
    buckets = split_window(window(day, day, zone), ["hour"], zone)
    lengths = {f"{hour:02}:00": odd.get(f"{hour:02}:00", 1) for hour in range(24)}
    expected = {label: length for label, length in lengths.items() if length is not None}
    assert {labels[0]: part.duration / timedelta(hours=1) for labels, part in buckets} == expected


@pytest.mark.parametrize(
    ("keys", "week_starts_on", "labels"),
    [
        (["week"], 0, ["2025-W52", "2026-W01"]),
        (["week"], 6, ["2025-12-21", "2025-12-28", "2026-01-04"]),
        (["month"], 0, ["2025-12", "2026-01"]),
        (["quarter"], 0, ["2025-Q4", "2026-Q1"]),
        (["year"], 0, ["2025", "2026"]),
        (["month", "week"], 0, ["2025-12 2025-W52", "2025-12 2026-W01", "2026-01 2026-W01"]),
        (
            ["weekday"],
            0,
            ["Saturday", "Sunday", *(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])],
        ),
    ],
)
def test_labels_of_buckets(keys: list[str], week_starts_on: int, labels: list[str]) -> None:
    zone = CalendarZone(UTC, week_starts_on=week_starts_on)
    buckets = split_window(window("2025-12-27", "2026-01-04", zone), keys, zone)
    assert [" ".join(bucket.labels) for bucket in buckets] == labels


@settings(max_examples=examples(200))
@given(
    name=st.sampled_from(ZONES),
    day_starts_at=st.integers(-720, 720).map(minutes),
    week_starts_on=st.integers(0, 6),
    keys=st.lists(st.sampled_from(TIME_KEYS), min_size=0, max_size=2, unique=True),
    start=st.integers(0, 40 * 365 * 24 * 60).map(lambda count: datetime(1990, 1, 1, tzinfo=UTC) + minutes(count)),
    length=st.timedeltas(timedelta(seconds=1), timedelta(days=40)),
    by_day=st.booleans(),
)
def test_buckets_cover_window_once(
    *,
    name: str,
    day_starts_at: timedelta,
    week_starts_on: int,
    keys: list[str],
    start: datetime,
    length: timedelta,
    by_day: bool,
) -> None:
    zone = CalendarZone(ZoneInfo(name), day_starts_at=day_starts_at, week_starts_on=week_starts_on)
    whole = Window(start, start + length)
    buckets = split_window(whole, keys, zone, by_day=by_day)
    assert (buckets[0].window.start, buckets[-1].window.end) == (whole.start, whole.end)
    for before, after in pairwise(buckets):
        assert before.window.end == after.window.start
        assert by_day or {"weekday", "hour"}.intersection(keys) or before.labels != after.labels


@pytest.mark.parametrize(
    ("keys", "by_day", "last", "larger"),
    [
        (["day"], False, "2060-01-01", "week"),
        (["hour"], False, "2003-01-01", "day"),
        (["hour"], False, "2060-01-01", "week"),
        (["weekday", "hour"], False, "2003-01-01", None),
        (["week", "project"], False, "2400-01-01", "month"),
        (["month"], False, "3700-01-01", "quarter"),
        (["weekday"], False, "2060-01-01", None),
        (["month"], True, "2060-01-01", None),
    ],
)
def test_too_many_buckets_are_rejected(keys: list[str], last: str, larger: str | None, *, by_day: bool) -> None:
    times = [key for key in keys if key in TIME_KEYS]
    with pytest.raises(InvalidValue, match=f"the range has more than {MAX_BUCKETS:,} ") as caught:
        split_window(window("2000-01-01", last, UTC), times, UTC, by_day=by_day)
    assert caught.value.context.get("larger") == larger
