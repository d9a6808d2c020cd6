"""Parsing of date ranges."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.cli.hints import hint_for
from tasktimer.core.timeparse.date_ranges import DateRange, find_date_range, parse_date_range, parse_range_bounds
from tasktimer.errors import InvalidValue

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2023, 7, 16, 12, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2023-07-16", "2023-07-16"),
        ("this day", "2023-07-16", "2023-07-16"),
        ("yesterday", "2023-07-15", "2023-07-15"),
        ("last day", "2023-07-15", "2023-07-15"),
        ("monday", "2023-07-10", "2023-07-10"),
        ("Sun", "2023-07-16", "2023-07-16"),
        ("2023-07-01", "2023-07-01", "2023-07-01"),
        ("-7", "2023-07-09", "2023-07-09"),
        ("week", "2023-07-10", "2023-07-16"),
        ("This  WEEK", "2023-07-10", "2023-07-16"),
        ("last week", "2023-07-03", "2023-07-09"),
        ("month", "2023-07-01", "2023-07-31"),
        ("last month", "2023-06-01", "2023-06-30"),
        ("quarter", "2023-07-01", "2023-09-30"),
        ("last quarter", "2023-04-01", "2023-06-30"),
        ("year", "2023-01-01", "2023-12-31"),
        ("last year", "2022-01-01", "2022-12-31"),
        ("3 days ago", "2023-07-13", "2023-07-13"),
        ("1 day ago", "2023-07-15", "2023-07-15"),
        ("0 days ago", "2023-07-16", "2023-07-16"),
        ("2 weeks ago", "2023-06-26", "2023-07-02"),
        ("last 7 days", "2023-07-10", "2023-07-16"),
        ("last 1 day", "2023-07-16", "2023-07-16"),
        ("Last 1  weeks", "2023-07-10", "2023-07-16"),
        ("last 2 weeks", "2023-07-03", "2023-07-16"),
        ("last 3 months", "2023-05-01", "2023-07-31"),
        ("last 2 quarters", "2023-04-01", "2023-09-30"),
        ("last 2 years", "2022-01-01", "2023-12-31"),
        ("18 months ago", "2022-01-01", "2022-01-31"),
        ("2026-W34", "2026-08-17", "2026-08-23"),
        ("2026-w1", "2025-12-29", "2026-01-04"),  # an ISO week can start in the previous year
        ("2020-W53", "2020-12-28", "2021-01-03"),
        ("2026-03", "2026-03-01", "2026-03-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-q4", "2026-10-01", "2026-12-31"),
        ("q1", "2023-01-01", "2023-03-31"),
        ("Q3", "2023-07-01", "2023-09-30"),  # has begun
        ("q4", "2022-10-01", "2022-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("all", "0001-01-02", "9999-12-30"),
    ],
)
def test_date_range_is_parsed(text: str, first: str, last: str) -> None:
    assert parse_date_range(text, NOW) == (date.fromisoformat(first), date.fromisoformat(last))
    assert find_date_range(text, NOW) == parse_date_range(text, NOW)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            (text, "invalid-date-range")
            for text in ("", " ", "soon", "next week", "tomorrow", "week week", "days ago", "-w1")
        ),
        *(
            (text, "invalid-date-range")
            for text in ("2021-W53", "2023-W00", "2023-13", "2023-00", "2023-Q5", "0000", "12345")
        ),
        *(
            (text, "invalid-date-range")
            for text in (
                "1 week",
                "7 days",
                "last 0 days",
                "last 0 weeks",
                "last -1 days",
                "last x days",
                "\0",
            )
        ),
        ("2023-02-30", "invalid-date"),
        ("0001", "date-out-of-range"),
        ("9999", "date-out-of-range"),
        ("9999-12", "date-out-of-range"),
        *((f"999999 {unit} ago", "date-out-of-range") for unit in ("days", "weeks", "months", "years")),
        *((f"last 999999 {unit}", "date-out-of-range") for unit in ("days", "weeks", "months", "years")),
    ],
)
def test_date_range_rejects_other_text(text: str, code: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_date_range(text, NOW)
    assert (error.value.code, bool(error.value.hint)) == (code, True)
    assert find_date_range(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *(("wek", "'week'"), ("weke", "'week'"), ("Weeks", "'week'")),
        *(("toady", "'today'"), ("yesterdy", "'yesterday'")),
        *(("mnday", "'monday'"), ("al", "'all'"), ("qarter", "'quarter'"), ("yaer", "'year'")),
        *(("last wek", "'last week'"), ("lastmonth", "'last month'"), ("past year", "'last year'")),
        *(
            ("this mnth", "'this month'"),
            ("3 wekks ago", "'3 weeks ago'"),
            ("3 days", "'last 3 days', or '3 days ago'"),
        ),
        *(("last march", "'march'"), ("marhc", "'march'")),
        *(("1 week", "'last 1 week', or '1 week ago'"), ("12 mnths ago", "'12 months ago'")),
    ],
)
def test_mistyped_date_range_gets_suggestion(text: str, meant: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_date_range(text, NOW)
    assert (error.value.code, error.value.hint) == ("invalid-date-range", f"did you mean {meant}?")
    for one in meant.split(", or "):
        assert parse_date_range(one.strip("'"), NOW)


@pytest.mark.parametrize(
    "text", ["", "soon", "tomorrow", "next week", "next quarter", "mext", "12345", "acme", "\0", "ago"]
)
def test_unknown_date_range_gets_examples(text: str) -> None:
    with pytest.raises(InvalidValue, match="invalid date range") as error:
        parse_date_range(text, NOW)
    assert str(error.value.hint).startswith("use a format like today, monday")


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2023-07-10", "2023-07-11", "2023-07-10T00:00+02:00", "2023-07-12T00:00+02:00"),
        ("last week", "last week", "2023-07-03T00:00+02:00", "2023-07-10T00:00+02:00"),
        ("2023-01", "2023-Q2", "2023-01-01T00:00+01:00", "2023-07-01T00:00+02:00"),
        ("monday 9:00", "now", "2023-07-10T09:00+02:00", "2023-07-16T12:00+02:00"),
        ("2023-07-10T09:00Z", "2 days ago", "2023-07-10T09:00Z", "2023-07-15T00:00+02:00"),
        ("15m ago", "today", "2023-07-16T11:45+02:00", "2023-07-17T00:00+02:00"),
        ("-15m", "-5m", "2023-07-16T11:45+02:00", "2023-07-16T11:55+02:00"),
        (None, "2023-07-10", "0001-01-02T00:00Z", "2023-07-11T00:00+02:00"),
        ("2023-07-10", None, "2023-07-10T00:00+02:00", "9999-12-31T00:00Z"),
    ],
)
def test_bounds_are_date_ranges_dates_or_instants(start: str | None, end: str | None, first: str, last: str) -> None:
    window = parse_range_bounds(start, end, NOW)
    assert (window.start, window.end) == (datetime.fromisoformat(first), datetime.fromisoformat(last))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("today", "yesterday"),
        ("9:00", "9:00"),
        ("soon", None),
        ("0000", None),
        (None, "25:00"),
        ("2023-03-26 02:30", None),
    ],
)
def test_bounds_reject_invalid_text(start: str | None, end: str | None) -> None:
    with pytest.raises(InvalidValue):
        parse_range_bounds(start, end, NOW)


@given(st.dates(date(3, 1, 1), date(9998, 12, 31)), st.sampled_from(["week", "month", "quarter", "year"]))
def test_date_ranges_of_a_kind_are_contiguous(today: date, unit: str) -> None:
    now = datetime.combine(today, time(12), UTC)
    this, last = parse_date_range(unit, now), parse_date_range(f"last {unit}", now)
    assert this.first <= today <= this.last
    assert last.last == this.first - timedelta(days=1)
    assert parse_date_range(f"1 {unit} ago", now) == last
    assert parse_date_range(f"last 2 {unit}s", now) == (last.first, this.last)


def test_window_covers_all_hours_of_its_days() -> None:
    assert DateRange(date(2023, 3, 26), date(2023, 3, 26)).window(BERLIN).duration == timedelta(hours=23)
    assert DateRange(date(2023, 10, 1), date(2023, 10, 31)).window(BERLIN).duration == timedelta(days=31, hours=1)
    assert DateRange(date(2023, 7, 1), date(2023, 7, 1)).window(UTC).duration == timedelta(days=1)


@pytest.mark.parametrize("text", ["2023-07-01 - 2023-07-05", "2023-07-01..05", "monday to friday", "since monday"])
def test_date_range_with_two_ends_gets_hint_of_interface(text: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_date_range(text, NOW)
    assert error.value.hint is None
    assert hint_for(error.value) == "use --from and --to, each with a date, a date range or a time"


def test_skipped_day_is_empty_window() -> None:
    apia = NOW.astimezone(ZoneInfo("Pacific/Apia"))
    assert parse_range_bounds("2011-12-30", "2011-12-30", apia).duration == timedelta()
    with pytest.raises(InvalidValue):
        parse_range_bounds("2011-12-31", "2011-12-30", apia)
