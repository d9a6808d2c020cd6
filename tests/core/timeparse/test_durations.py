"""Parsing of durations and ages."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.local_time import format_duration
from tasktimer.core.timeparse.durations import parse_age, parse_duration
from tasktimer.errors import InvalidValue

NOW = datetime(2023, 7, 17, 8, 30, 15, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90m", 90),
        ("30m", 30),  # minutes, not months
        ("1h30m", 90),
        ("1h 30m", 90),
        ("1H30M", 90),
        ("1.5h", 90),
        ("1,5h", 90),
        ("0.1h", 6),
        ("1:30", 90),
        ("1:30:30", 90.5),
        ("30s", 0.5),
        ("1h30s", 60.5),
        ("PT1H30M", 90),
        ("PT45M", 45),
        ("100:00", 6000),
        ("0m", 0),
        ("10 minutes", 10),
        ("1 Minute", 1),
        ("5 min", 5),
        ("5 mins", 5),
        ("1 hour 30 min", 90),
        ("2 hrs", 120),
        ("1 hr", 60),
        ("3 hours", 180),
        ("30 seconds", 0.5),
        ("30 sec", 0.5),
        ("1d", 1440),
        ("1.5d", 2160),
        ("2w", 20160),
        ("1w 2d", 12960),
        ("1d 2h", 1560),
        ("1d2h30m15s", 1590.25),
        ("2 days", 2880),
        ("1 week 1 day", 11520),
        ("P2DT3H", 3060),
        ("P1W", 10080),
        ("p1d", 1440),
        ("PT0.5H", 30),
    ],
)
def test_duration_is_parsed(text: str, minutes: float) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "90",
        "pt",
        "-5m",
        "p",
        "p1dt",
        "P1M",  # a month has no fixed length
        "1mo",
        "1y",
        "2h1d",
        "1d 1:30",
        "m",
        "1h1h",
        "30m1h",
        "1:60",
        "1:30:60",
        ":30",
        "1.h",
        "1e3m",
        "hours",
        "1 hou",
        "5 mi",
        "1 ms",
    ],
)
def test_duration_rejects_invalid_text(text: str) -> None:
    with pytest.raises(InvalidValue, match="invalid duration"):
        parse_duration(text)


@given(st.timedeltas(timedelta(), timedelta(days=40000)))
def test_duration_round_trips(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration


@pytest.mark.parametrize("text", ["999999999w", "P999999999W", "999999999d 24h"])
def test_duration_rejects_what_is_too_long(text: str) -> None:
    with pytest.raises(InvalidValue, match="is too long"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12h", "2023-07-16T20:30:15+02:00"),
        ("90d", "2023-04-18T08:30:15+02:00"),
        ("2 weeks", "2023-07-03T08:30:15+02:00"),
        ("P1W", "2023-07-10T08:30:15+02:00"),
        ("1mo", "2023-06-17T08:30:15+02:00"),
        ("6 months", "2023-01-17T07:30:15+01:00"),  # calendar months in UTC
        ("1y", "2022-07-17T08:30:15+02:00"),
    ],
)
def test_age_is_duration_or_calendar_months(text: str, expected: str) -> None:
    assert parse_age(text, NOW) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        *[("soon", "invalid age 'soon'"), ("1y 2mo", "invalid age"), ("-1d", "invalid age"), ("", "invalid age")],
        *[("9999y", "out of range"), ("2100y", "out of range"), ("99999999d", "out of range")],
    ],
)
def test_age_rejects_invalid_text(text: str, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        parse_age(text, NOW)


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_rejected(text: str) -> None:
    for parse in (parse_duration, lambda text: parse_age(text, NOW)):
        try:
            parse(text)
        except InvalidValue as error:
            assert error.hint
