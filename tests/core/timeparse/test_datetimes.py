"""Parsing and formatting of times, dates and durations."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.local_time import format_instant
from tasktimer.core.timeparse.dates import parse_date
from tasktimer.core.timeparse.datetimes import parse_datetime
from tasktimer.errors import InvalidValue

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2023, 7, 17, 8, 30, 15, tzinfo=BERLIN)  # a Monday

zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2023-07-17T08:30:15+02:00"),
        ("NOW", "2023-07-17T08:30:15+02:00"),
        ("07:14", "2023-07-17T07:14:00+02:00"),
        ("7:14", "2023-07-17T07:14:00+02:00"),
        ("07:14:05", "2023-07-17T07:14:05+02:00"),
        ("23:59", "2023-07-17T23:59:00+02:00"),  # in the future: parsed here, rejected by the service
        ("2023-07-16 09:14", "2023-07-16T09:14:00+02:00"),
        ("2023-07-16T09:14", "2023-07-16T09:14:00+02:00"),
        ("2023-07-16t09:14:05", "2023-07-16T09:14:05+02:00"),
        ("2023-07-16 09:14:05.25", "2023-07-16T09:14:05.250000+02:00"),
        ("2023-07-16 09:14:05,000001", "2023-07-16T09:14:05.000001+02:00"),
        ("2023-01-16 09:14", "2023-01-16T09:14:00+01:00"),  # the winter's offset, not today's
        ("2023-07-16T09:14Z", "2023-07-16T11:14:00+02:00"),
        ("2023-07-16 09:14 z", "2023-07-16T11:14:00+02:00"),
        ("2023-07-16T09:14+02:00", "2023-07-16T09:14:00+02:00"),
        ("2023-07-16T09:14-0530", "2023-07-16T16:44:00+02:00"),
        ("2024-10-27T02:30+01:00", "2024-10-27T02:30:00+01:00"),  # the second 02:30 of that day
        ("yesterday 17:30", "2023-07-16T17:30:00+02:00"),
        ("Yesterday  17:30", "2023-07-16T17:30:00+02:00"),
        ("today 07:00", "2023-07-17T07:00:00+02:00"),
        ("-1 17:30", "2023-07-16T17:30:00+02:00"),
        ("monday 8:00", "2023-07-17T08:00:00+02:00"),
        ("monday 9:00", "2023-07-10T09:00:00+02:00"),  # today's is in the future, so the last one is a week ago
        ("tuesday 9:00", "2023-07-11T09:00:00+02:00"),
        ("sun 9:00", "2023-07-16T09:00:00+02:00"),
        ("15m ago", "2023-07-17T08:15:15+02:00"),
        ("-15m", "2023-07-17T08:15:15+02:00"),
        ("-1h30m", "2023-07-17T07:00:15+02:00"),
        ("1.5h ago", "2023-07-17T07:00:15+02:00"),
        ("-1:30", "2023-07-17T07:00:15+02:00"),
        ("2d ago", "2023-07-15T08:30:15+02:00"),
        ("2 days ago", "2023-07-15T08:30:15+02:00"),
        ("1w ago", "2023-07-10T08:30:15+02:00"),
        ("120d ago", "2023-03-19T07:30:15+01:00"),  # elapsed time: the clock changed since
    ],
)
def test_datetime_is_parsed(text: str, expected: str) -> None:
    assert parse_datetime(text, NOW) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "invalid time"),
        ("soon", "invalid time"),
        ("9", "invalid time"),
        ("09.14", "invalid time"),
        ("-", "invalid time"),
        ("--15m", "invalid time"),
        ("15m", "invalid time"),  # start or duration?
        ("ago", "invalid time"),
        ("x ago", "invalid duration"),
        ("tomorrow 9:00", "invalid time"),
        ("2023-07-16", "invalid time"),
        ("yesterday", "invalid time"),
        ("٠٩:١٤", "invalid time"),  # digits of another script
        ("25:00", "invalid time of day '25:00'"),
        ("24:00", "invalid time of day '24:00'"),
        ("09:60", "invalid time of day '09:60'"),
        ("09:14:60", "invalid time of day '09:14:60'"),
        ("2023-02-30 10:00", "the date 2023-02-30 does not exist"),
        ("2023-13-01 10:00", "the date 2023-13-01 does not exist"),
        ("0000-01-01 10:00", "the date 0000-01-01 does not exist"),
        ("10000-01-01 10:00", "the date 10000-01-01 does not exist"),
        ("9999-12-31 10:00", "out of range"),
        ("0001-01-01 10:00", "out of range"),
        ("-999999999h", "out of range"),
        ("-18000000h", "out of range"),
        ("09:14Z", "an offset requires a date"),
        ("monday 09:14+02:00", "an offset requires a date"),
        ("2023-07-16T09:14+24:00", "invalid offset '.*'"),
        ("2023-07-16T09:14+02:60", "invalid offset '.*'"),
        ("2024-03-31 02:30", "does not exist"),
        ("2024-10-27 02:30", "occurs twice"),
    ],
)
def test_datetime_rejects_invalid_text(text: str, word: str) -> None:
    with pytest.raises(InvalidValue, match=word):
        parse_datetime(text, NOW)


def test_weekday_is_resolved_before_its_time() -> None:
    """At 01:00 on the Sunday of the change, 02:30 is in the future: last Sunday's is used, which is unambiguous."""
    autumn = datetime(2024, 10, 27, 1, 0, tzinfo=BERLIN)
    assert parse_datetime("sunday 2:30", autumn) == datetime.fromisoformat("2024-10-20T02:30+02:00")


@given(st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)), zones)  # noqa: DTZ001
def test_instant_round_trips(instant: datetime, zone: ZoneInfo) -> None:
    assert parse_datetime(format_instant(instant, zone), NOW) == instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-07-16", "2023-07-16"),
        ("2024-02-29", "2024-02-29"),
        ("today", "2023-07-17"),
        ("Yesterday", "2023-07-16"),
        ("monday", "2023-07-17"),  # the most recent one, today included
        ("tuesday", "2023-07-11"),
        ("SUNDAY", "2023-07-16"),
        ("wed", "2023-07-12"),
        ("-1", "2023-07-16"),
        ("-7", "2023-07-10"),
        ("0001-01-02", "0001-01-02"),
        ("9999-12-30", "9999-12-30"),
    ],
)
def test_date_is_parsed(text: str, expected: str) -> None:
    assert parse_date(text, NOW.date()) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "invalid date"),
        ("16.07.2023", "invalid date"),
        ("2023-07", "invalid date"),
        ("1", "invalid date"),
        ("2023-07-16 09:14", "invalid date"),
        ("mo", "invalid date"),
        ("2023-02-30", "the date 2023-02-30 does not exist"),
        ("2023-02-29", "the date 2023-02-29 does not exist"),
        ("2023-13-01", "the date 2023-13-01 does not exist"),
        ("2023-00-01", "the date 2023-00-01 does not exist"),
        ("0000-01-01", "the date 0000-01-01 does not exist"),
        ("10000-01-01", "the date 10000-01-01 does not exist"),
        ("-999999", "the date -999999 does not exist"),
        ("9999-12-31", "out of range"),
        ("0001-01-01", "out of range"),
    ],
)
def test_date_rejects_invalid_text(text: str, word: str) -> None:
    with pytest.raises(InvalidValue, match=word):
        parse_date(text, NOW.date())


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_rejected(text: str) -> None:
    parsers: list[Callable[[], object]] = [lambda: parse_datetime(text, NOW), lambda: parse_date(text, NOW.date())]
    for parse in parsers:
        try:
            parse()
        except InvalidValue as error:
            assert error.message
