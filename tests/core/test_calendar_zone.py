"""Days that do not start at midnight, and weeks that do not start on Monday."""

import pickle
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasktimer.config.calendar_settings import parse_day_start
from tasktimer.core.calendar_zone import apply_calendar
from tasktimer.core.interval import Window
from tasktimer.core.local_time import (
    FIRST_DAY,
    LAST_DAY,
    current_date,
    day_window,
    local_date,
    start_of_day,
    start_of_week,
)
from tasktimer.core.task import Task
from tasktimer.core.timeparse.date_ranges import parse_date_range
from tasktimer.core.timesheet import timesheet

MINUTE = timedelta(minutes=1)


def calendar(name: str, start: str = "00:00", week_starts_on: int = 0) -> tzinfo:
    return apply_calendar(ZoneInfo(name), parse_day_start(start), week_starts_on)


@pytest.mark.parametrize(
    ("zone", "starts_at", "day", "start", "hours"),
    [
        ("Europe/Berlin", "04:00", "2025-07-16", "2025-07-16T04:00:00+02:00", 24),
        ("Europe/Berlin", "-01:00", "2025-07-16", "2025-07-15T23:00:00+02:00", 24),
        ("Europe/Berlin", "12:00", "2025-07-16", "2025-07-16T12:00:00+02:00", 24),
        ("Europe/Berlin", "-12:00", "2025-07-16", "2025-07-15T12:00:00+02:00", 24),
        # 02:00 becomes 03:00 on Sunday: from 04:00, the short day is Saturday
        ("Europe/Berlin", "04:00", "2025-03-29", "2025-03-29T04:00:00+01:00", 23),
        ("Europe/Berlin", "04:00", "2025-03-30", "2025-03-30T04:00:00+02:00", 24),
        ("Europe/Berlin", "02:00", "2025-03-29", "2025-03-29T02:00:00+01:00", 24),
        ("Europe/Berlin", "02:00", "2025-03-30", "2025-03-30T03:00:00+02:00", 23),
        ("Europe/Berlin", "02:30", "2025-03-29", "2025-03-29T02:30:00+01:00", 23.5),  # 02:30 does not exist
        ("Europe/Berlin", "02:30", "2025-03-30", "2025-03-30T03:00:00+02:00", 23.5),
        ("Europe/Berlin", "-01:00", "2025-03-30", "2025-03-29T23:00:00+01:00", 23),
        # 03:00 becomes 02:00
        ("Europe/Berlin", "04:00", "2025-10-25", "2025-10-25T04:00:00+02:00", 25),
        ("Europe/Berlin", "04:00", "2025-10-26", "2025-10-26T04:00:00+01:00", 24),
        ("Europe/Berlin", "02:30", "2025-10-25", "2025-10-25T02:30:00+02:00", 24),  # 02:30 happens twice: the first
        ("Europe/Berlin", "02:30", "2025-10-26", "2025-10-26T02:30:00+02:00", 25),
        ("Europe/Berlin", "03:00", "2025-10-25", "2025-10-25T03:00:00+02:00", 25),
        ("America/New_York", "04:00", "2025-03-08", "2025-03-08T04:00:00-05:00", 23),
        ("America/New_York", "04:00", "2025-11-01", "2025-11-01T04:00:00-04:00", 25),
        ("America/New_York", "01:30", "2025-11-01", "2025-11-01T01:30:00-04:00", 24),
        ("America/New_York", "01:30", "2025-11-02", "2025-11-02T01:30:00-04:00", 25),
        ("Australia/Lord_Howe", "04:00", "2024-04-06", "2024-04-06T04:00:00+11:00", 24.5),
        ("Australia/Lord_Howe", "01:45", "2024-04-06", "2024-04-06T01:45:00+11:00", 24),
        ("Australia/Lord_Howe", "01:45", "2024-04-07", "2024-04-07T01:45:00+11:00", 24.5),
        ("Australia/Lord_Howe", "04:00", "2024-10-05", "2024-10-05T04:00:00+10:30", 23.5),
        ("Australia/Lord_Howe", "02:15", "2024-10-05", "2024-10-05T02:15:00+10:30", 23.75),
        ("Australia/Lord_Howe", "02:15", "2024-10-06", "2024-10-06T02:30:00+11:00", 23.75),
        # there was no 30 December: from 04:00, its day is the four hours before the next one
        ("Pacific/Apia", "04:00", "2011-12-29", "2011-12-29T04:00:00-10:00", 20),
        ("Pacific/Apia", "04:00", "2011-12-30", "2011-12-31T00:00:00+14:00", 4),
        ("Pacific/Apia", "04:00", "2011-12-31", "2011-12-31T04:00:00+14:00", 24),
        ("Pacific/Apia", "-02:00", "2011-12-30", "2011-12-29T22:00:00-10:00", 2),
        ("Pacific/Apia", "-02:00", "2011-12-31", "2011-12-31T00:00:00+14:00", 22),
        ("Pacific/Apia", "00:00", "2011-12-30", "2011-12-31T00:00:00+14:00", 0),
        ("America/Sao_Paulo", "04:00", "2016-10-15", "2016-10-15T04:00:00-03:00", 23),
        ("America/Sao_Paulo", "00:30", "2016-10-15", "2016-10-15T00:30:00-03:00", 23.5),  # 00:00 becomes 01:00
        ("America/Sao_Paulo", "00:30", "2016-10-16", "2016-10-16T01:00:00-02:00", 23.5),
        ("America/Sao_Paulo", "-00:30", "2016-10-16", "2016-10-15T23:30:00-03:00", 23),
        ("America/Sao_Paulo", "-01:00", "2017-02-19", "2017-02-18T23:00:00-02:00", 25),  # 23:00 happens twice
        ("Africa/Casablanca", "04:00", "2024-03-09", "2024-03-09T04:00:00+01:00", 25),  # Ramadan begins
        ("Africa/Casablanca", "02:30", "2024-03-10", "2024-03-10T02:30:00+01:00", 25),
        ("Africa/Casablanca", "04:00", "2024-04-13", "2024-04-13T04:00:00+00:00", 23),
        ("America/Toronto", "00:00", "2010-11-06", "2010-11-06T00:00:00-04:00", 24),  # 00:01 becomes 23:01
        ("America/Toronto", "00:00", "2010-11-07", "2010-11-07T00:00:00-04:00", 25),
    ],
)
def test_window_of_day(zone: str, starts_at: str, day: str, start: str, hours: float) -> None:
    window = day_window(date.fromisoformat(day), calendar(zone, starts_at))
    assert window.start.astimezone(ZoneInfo(zone)).isoformat() == start
    assert window.duration == timedelta(hours=hours)


zones = st.sampled_from(sorted(available_timezones()))
starts = st.integers(-720, 720).map(lambda minutes: minutes * MINUTE)
instants = st.datetimes(datetime(1850, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(zones, starts, instants)
@example("America/Juneau", timedelta(hours=4), datetime(1867, 10, 19, 1, tzinfo=UTC))  # the clock went back 24 hours
@example("Europe/Berlin", timedelta(minutes=150), datetime(2025, 10, 26, 1, 15, tzinfo=UTC))  # the second 02:15
@example("America/Toronto", timedelta(), datetime(2010, 11, 7, 4, 30, tzinfo=UTC))  # the second 23:30 of 6 November
def test_local_date_is_day_whose_window_contains_instant(name: str, start: timedelta, instant: datetime) -> None:
    zone = apply_calendar(ZoneInfo(name), start, 0)
    day = local_date(instant, zone)
    window = day_window(day, zone)
    assert window.start <= instant < window.end
    assert current_date(instant.astimezone(zone)) == day
    assert window.end == day_window(day + timedelta(days=1), zone).start


@given(zones, starts, st.integers(0, 6), instants)
def test_weeks_are_runs_of_seven_days_that_contain_today(
    name: str, start: timedelta, weekday: int, instant: datetime
) -> None:
    zone = apply_calendar(ZoneInfo(name), start, weekday)
    now = instant.astimezone(zone)
    week, last = (parse_date_range(text, now) for text in ("week", "last week"))
    assert week.first == start_of_week(current_date(now), zone)
    assert (week.first.weekday(), week.last - week.first) == (weekday, timedelta(days=6))
    assert week.window(zone).start <= instant < week.window(zone).end
    assert last.window(zone).end == week.window(zone).start
    assert parse_date_range("last 2 weeks", now) == (last.first, week.last)
    assert parse_date_range("1 week ago", now) == last


@pytest.mark.parametrize(
    ("weekday", "text", "first", "last"),
    [
        (6, "week", "2026-11-22", "2026-11-28"),
        (6, "last week", "2026-11-15", "2026-11-21"),
        (6, "this week", "2026-11-22", "2026-11-28"),
        (6, "2 weeks ago", "2026-11-08", "2026-11-14"),
        (6, "last 2 weeks", "2026-11-15", "2026-11-28"),
        (5, "week", "2026-11-21", "2026-11-27"),
        (2, "week", "2026-11-25", "2026-12-01"),
        (3, "week", "2026-11-19", "2026-11-25"),  # at 01:00 on Thursday, it is still Wednesday
        (6, "2026-W48", "2026-11-23", "2026-11-29"),  # ISO weeks always start on Monday
        (6, "last 7 days", "2026-11-19", "2026-11-25"),
        (6, "month", "2026-11-01", "2026-11-30"),
    ],
)
def test_weeks_start_on_chosen_weekday(weekday: int, text: str, first: str, last: str) -> None:
    zone = calendar("Europe/Berlin", "04:00", weekday)
    now = datetime(2026, 11, 26, 1, tzinfo=zone)
    assert tuple(map(str, parse_date_range(text, now))) == (first, last)


@pytest.mark.parametrize("name", ["America/Adak", "Asia/Manila", "Pacific/Kiritimati", "Etc/GMT+12", "UTC"])
@pytest.mark.parametrize("start", ["-12:00", "12:00", "04:00"])
def test_first_and_last_days_can_be_expressed(name: str, start: str) -> None:
    zone = calendar(name, start)
    assert day_window(FIRST_DAY, zone).end == start_of_day(FIRST_DAY + timedelta(days=1), zone)
    assert day_window(LAST_DAY, zone).duration >= timedelta(hours=12)
    everything = parse_date_range("all", datetime(2026, 1, 1, tzinfo=zone)).window(UTC)
    assert local_date(everything.start, zone) - FIRST_DAY <= timedelta(days=1)
    assert LAST_DAY - local_date(everything.end, zone) <= timedelta(days=1)


def test_clock_is_that_of_time_zone() -> None:
    zone, plain = calendar("Europe/Berlin", "04:00"), ZoneInfo("Europe/Berlin")
    for hour in range(48):
        instant = datetime(2025, 10, 25, 12, 30, tzinfo=UTC) + timedelta(hours=hour)
        local, expected = instant.astimezone(zone), instant.astimezone(plain)
        assert local.isoformat() == expected.isoformat()
        assert (local.tzname(), local.dst(), local.fold) == (expected.tzname(), expected.dst(), expected.fold)
        assert local.astimezone(UTC) == instant
    assert str(zone) == "Europe/Berlin"


def test_default_calendar_leaves_time_zone_alone() -> None:
    plain = ZoneInfo("Europe/Berlin")
    assert apply_calendar(plain, timedelta(), 0) is plain


def test_same_calendar_is_same_object_even_if_pickled() -> None:
    zone = calendar("Europe/Berlin", "04:00", 6)
    assert zone is calendar("Europe/Berlin", "04:00", 6)
    assert zone is not calendar("Europe/Berlin", "-04:00", 6)
    now = datetime(2026, 11, 26, 1, tzinfo=zone)
    for copied in (pickle.loads(pickle.dumps(now)), deepcopy(now)):
        assert copied.tzinfo is zone
    assert repr(zone) == ("CalendarZone(zoneinfo.ZoneInfo(key='Europe/Berlin'), datetime.timedelta(seconds=14400), 6)")


@given(starts, st.lists(st.tuples(instants, st.timedeltas(timedelta(), timedelta(days=3))), max_size=5), instants)
def test_time_spent_on_days_adds_up(
    start: timedelta, parts: list[tuple[datetime, timedelta]], instant: datetime
) -> None:
    zone = apply_calendar(ZoneInfo("Europe/Berlin"), start, 0)
    moved = [instant + (begin - parts[0][0]) % timedelta(days=5) for begin, _ in parts]
    tasks = [
        Task(number, 1, "x", begin, begin + length)
        for number, (begin, (_, length)) in enumerate(zip(moved, parts, strict=True))
    ]
    first = local_date(instant, zone)
    windows = [day_window(first + timedelta(days=number), zone) for number in range(9)]
    whole = timesheet(tasks, Window(windows[0].start, windows[-1].end), instant)
    assert sum((timesheet(tasks, window, instant).worked for window in windows), timedelta()) == whole.worked
