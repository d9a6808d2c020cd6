"""Every form of a time and of a date range, in both contexts: a time of a task, and a span of days."""

import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.timeparse.clocks import find_time_of_day
from tasktimer.core.timeparse.date_ranges import parse_date_range, parse_range_bounds
from tasktimer.core.timeparse.dates import parse_date
from tasktimer.core.timeparse.datetimes import parse_datetime, split_time_range
from tasktimer.errors import InvalidValue

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=BERLIN)  # a Friday
NEW_YEAR = datetime(2026, 1, 1, 0, 5, tzinfo=BERLIN)  # a Thursday
LEAP_DAY = datetime(2024, 2, 29, 12, 0, tzinfo=BERLIN)  # a Thursday
SPRING = datetime(2026, 3, 29, 12, 0, tzinfo=BERLIN)  # the clocks went from 2:00 to 3:00 today, a Sunday
AUTUMN = datetime(2026, 10, 25, 12, 0, tzinfo=BERLIN)  # the clocks showed 2:00 to 3:00 twice today, a Sunday


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("8am", NOW, "2026-11-27 08:00"),
        ("8 AM", NOW, "2026-11-27 08:00"),
        ("5:30pm", NOW, "2026-11-27 17:30"),
        ("5:30 pm", NOW, "2026-11-27 17:30"),
        ("5:30:15pm", NOW, "2026-11-27 17:30:15"),
        ("12am", NOW, "2026-11-27 00:00"),
        ("12:30am", NOW, "2026-11-27 00:30"),
        ("12pm", NOW, "2026-11-27 12:00"),
        ("noon", NOW, "2026-11-27 12:00"),
        ("Noon", NOW, "2026-11-27 12:00"),
        ("0830", NOW, "2026-11-27 08:30"),
        ("0000", NOW, "2026-11-27 00:00"),
        ("2026", NOW, "2026-11-27 20:26"),  # a time, never a year
        ("yesterday 8am", NOW, "2026-11-26 08:00"),
        ("yesterday noon", NOW, "2026-11-26 12:00"),
        ("yesterday 0830", NOW, "2026-11-26 08:30"),
        ("today 5:30 pm", NOW, "2026-11-27 17:30"),
        ("friday 11:00", NOW, "2026-11-27 11:00"),
        ("friday 1pm", NOW, "2026-11-20 13:00"),  # today's is in the future
        ("last friday 11:00", NOW, "2026-11-20 11:00"),
        ("last friday 1pm", NOW, "2026-11-20 13:00"),
        ("last fri noon", NOW, "2026-11-20 12:00"),
        ("last thursday 0830", NOW, "2026-11-26 08:30"),
        ("last saturday 8am", NOW, "2026-11-21 08:00"),
        ("2026-3-1 9:00", NOW, "2026-03-01 09:00"),
        ("2026-3-1T9:00", NOW, "2026-03-01 09:00"),
        ("2026-3-1 0900", NOW, "2026-03-01 09:00"),
        ("2026-03-01 9am", NOW, "2026-03-01 09:00"),
        ("-1 8am", NOW, "2026-11-26 08:00"),
        ("yesterday 11:59pm", NEW_YEAR, "2025-12-31 23:59"),
        ("last thursday noon", NEW_YEAR, "2025-12-25 12:00"),
        ("last wednesday noon", NEW_YEAR, "2025-12-31 12:00"),
        ("2024-2-29 noon", LEAP_DAY, "2024-02-29 12:00"),
        ("last thursday noon", LEAP_DAY, "2024-02-22 12:00"),
        ("yesterday noon", datetime(2024, 3, 1, 9, 0, tzinfo=BERLIN), "2024-02-29 12:00"),
        ("1:59am", SPRING, "2026-03-29 01:59+01:00"),
        ("3am", SPRING, "2026-03-29 03:00+02:00"),
        ("last sunday 2:30am", SPRING, "2026-03-22 02:30+01:00"),
        ("1:59am", AUTUMN, "2026-10-25 01:59+02:00"),
        ("0300", AUTUMN, "2026-10-25 03:00+01:00"),
        ("last sunday 0230", AUTUMN, "2026-10-18 02:30+02:00"),
    ],
)
def test_time(text: str, now: datetime, expected: str) -> None:
    instant = datetime.fromisoformat(expected)
    assert parse_datetime(text, now) == (instant if instant.tzinfo else instant.replace(tzinfo=BERLIN))


@pytest.mark.parametrize(
    ("text", "now", "first", "last"),
    [
        ("last friday", NOW, "2026-11-20", "2026-11-20"),
        ("friday", NOW, "2026-11-27", "2026-11-27"),
        ("Last  Thu", NOW, "2026-11-26", "2026-11-26"),
        ("last saturday", NOW, "2026-11-21", "2026-11-21"),
        ("last thursday", NEW_YEAR, "2025-12-25", "2025-12-25"),
        ("last wednesday", NEW_YEAR, "2025-12-31", "2025-12-31"),
        ("november", NOW, "2026-11-01", "2026-11-30"),  # begun, not ended
        ("march", NOW, "2026-03-01", "2026-03-31"),
        ("Mar", NOW, "2026-03-01", "2026-03-31"),
        ("december", NOW, "2025-12-01", "2025-12-31"),
        ("dec", NEW_YEAR, "2025-12-01", "2025-12-31"),
        ("january", NEW_YEAR, "2026-01-01", "2026-01-31"),
        ("february", NEW_YEAR, "2025-02-01", "2025-02-28"),
        ("february", LEAP_DAY, "2024-02-01", "2024-02-29"),
        ("may", LEAP_DAY, "2023-05-01", "2023-05-31"),
        ("2026-3-1", NOW, "2026-03-01", "2026-03-01"),
        ("2024-2-29", NOW, "2024-02-29", "2024-02-29"),
        ("2026-3", NOW, "2026-03-01", "2026-03-31"),
        ("2026", NOW, "2026-01-01", "2026-12-31"),  # a year, never a time
        ("0830", NOW, "0830-01-01", "0830-12-31"),
    ],
)
def test_span(text: str, now: datetime, first: str, last: str) -> None:
    days = parse_date_range(text, now)
    assert (str(days.first), str(days.last)) == (first, last)
    assert parse_range_bounds(text, text, now) == days.window(BERLIN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8am", "2026-11-27 08:00"),
        ("5:30 pm", "2026-11-27 17:30"),
        ("noon", "2026-11-27 12:00"),
        ("last friday noon", "2026-11-20 12:00"),
        ("2026-3-1 9am", "2026-03-01 09:00"),
        ("yesterday 0830", "2026-11-26 08:30"),
        ("0830", "0830-01-01 00:00"),  # a year, as in every span
    ],
)
def test_bound_of_span_is_time(text: str, expected: str) -> None:
    assert parse_range_bounds(text, None, NOW).start == datetime.fromisoformat(expected).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("9:00-10:00", ("9:00", "10:00")),
        ("9:00 - 10:00", ("9:00", "10:00")),
        ("0900-1000", ("0900", "1000")),
        ("8am-noon", ("8am", "noon")),
        ("8:30 AM - 1pm", ("8:30 am", "1pm")),
        ("yesterday 22:00-1:00", ("yesterday 22:00", "1:00")),
        ("last friday 9:00-17:00", ("last friday 9:00", "17:00")),
        ("-1 9:00-10:00", ("-1 9:00", "10:00")),
        ("2026-3-1 9am-10am", ("2026-3-1 9am", "10am")),
        ("2026-03-01 0900-1000", ("2026-03-01 0900", "1000")),
        ("2026-03-01 9:00-10:00", ("2026-03-01 9:00", "10:00")),
        ("2026-03-01 9:00-05:00", None),  # or an offset
        ("2026-03-01T09:00-10:00", None),  # an offset
        ("2026-03-01 09:00:00-10:00", None),
        ("2026-03-01 09:00:00-10:00:00", None),
        ("20260301T0900-1000", None),
        ("9:00", None),
        ("-15m", None),
        ("-1:30", None),
        ("9-10", None),
        ("9:00-", None),
        ("2026-03-01", None),
    ],
)
def test_range_of_times(text: str, bounds: tuple[str, str] | None) -> None:
    assert split_time_range(text) == bounds


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("8", "use 8:00 or 8am"),
        ("08", "use 8:00 or 8am"),
        ("0", "use 0:00"),
        ("17", "use 17:00"),
        ("yesterday 8", "use 'yesterday 8:00', 'yesterday 8am' or 'yesterday 8pm'"),
        ("last friday 17", "use 'last friday 17:00'"),
        ("830", "use 8:30"),
        ("8.30", "use 8:30"),
        ("17h15", "use 17:15"),
        ("today 830", "use 'today 8:30'"),
        ("midnight", "use 'today 0:00' or 'yesterday 0:00'"),
        ("friday midnight", "use 'friday 0:00'"),
        ("08/09", "use '2026-08-09 9:00' or '2026-09-08 9:00'"),
        ("08/09 9:00", "use '2026-08-09 9:00' or '2026-09-08 9:00'"),
        # There is no month 31.
        ("31/12 9:00", "2026-12-31 is in the future; for the one before, use '2025-12-31 9:00'"),
        ("tomorrow 9:00", "use a time up to now: tasks cannot start or end in the future"),
        ("9:30 yesterday", "use 'yesterday 9:30'"),
        ("29/02 9:00", "use '2024-02-29 9:00'"),
        ("8.9.2026 9:00", "use '2026-09-08 9:00'"),
        ("2026/3/1 9:00", "use '2026-03-01 9:00'"),
        ("13pm", "use an hour from 1 to 12 with am or pm, or a 24-hour time from 00:00 to 23:59"),
        ("0am", "use an hour from 1 to 12 with am or pm, or a 24-hour time from 00:00 to 23:59"),
        ("17:30pm", "use an hour from 1 to 12 with am or pm, or a 24-hour time from 00:00 to 23:59"),
        ("2560", "use a time from 00:00 to 23:59"),
        ("2400", "use a time from 00:00 to 23:59"),
        ("last friday", "add a time of day: 'last friday 9:00'"),
        ("2026-3-1", "add a time of day: '2026-3-1 9:00'"),
        ("9:00-10:00", "use one time, such as '9:00'"),
        ("2026-03-01 9:00-10:00", "use one time, such as '2026-03-01 9:00'"),
        ("jun 31 9:00", "did you mean '2026-06-30 9:00', the last day of the month?"),
        ("yesteday 9:00", "did you mean 'yesterday 9:00'?"),
        ("last fridy 9:00 pm", "did you mean 'last friday 9:00 pm'?"),
        ("yesterday 8am-9am", "use one time, such as 'yesterday 8am'"),
        (
            "2026-03-01 9:00-05:00",
            "for an offset, use 2026-03-01T9:00-05:00; for a range, give the start and the end separately",
        ),
    ],
)
def test_time_with_several_meanings_is_refused_with_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_datetime(text, NOW)
    assert (error.value.code, error.value.hint) == ("invalid-time", hint)


@pytest.mark.parametrize(
    ("text", "now", "hint"),
    [
        ("today", NOW, "add a time of day: 'today 9:00'"),
        ("today", NEW_YEAR, "add a time of day: 'today 0:00'"),
        ("thursday", NEW_YEAR, "add a time of day: 'thursday 9:00'"),  # a week ago
        ("2026-01-02", NEW_YEAR, "use a time in the past"),
        ("1.1.", NEW_YEAR, "use '2026-01-01 0:00'"),
    ],
)
def test_suggested_time_is_not_in_the_future(text: str, now: datetime, hint: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_datetime(text, now)
    assert (error.value.code, error.value.hint) == ("invalid-time", hint)


@pytest.mark.parametrize("text", ["soon 8", "12345", "x 830", "march 9:00", "99", "8/", "0/0", "32/13 9:00"])
def test_other_times_are_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_datetime(text, NOW)
    assert str(error.value.hint).startswith("use a format like 09:14, 5:30pm,")


@pytest.mark.parametrize(
    ("text", "now", "hint"),
    [
        ("8", NOW, "use 2026-11-08"),
        ("28", NOW, "use 2026-10-28"),
        ("31", NOW, "use 2026-10-31"),
        ("30", LEAP_DAY, "use 2024-01-30"),
        ("08/09", NOW, "use 2026-08-09 or 2026-09-08"),
        ("8.9.", NOW, "use 2026-09-08"),
        ("8.9.26", NOW, "use 2026-09-08"),
        ("08/08", NOW, "use 2026-08-08"),
        ("12/25/2025", NOW, "use 2025-12-25"),
        ("25.12.2025", NOW, "use 2025-12-25"),
        ("2026/03/01", NOW, "use 2026-03-01"),
        ("31/12", NEW_YEAR, "use 2025-12-31"),
        ("01/01", NEW_YEAR, "use 2026-01-01"),
        ("29/02", NOW, "use 2024-02-29"),
        ("last march", NOW, "did you mean 'march'?"),
    ],
)
def test_span_with_several_meanings_is_refused_with_what_to_write(text: str, now: datetime, hint: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_date_range(text, now)
    assert (error.value.code, error.value.hint) == ("invalid-date-range", hint)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("8", "use 8:00 or 8am"),
        ("midnight", "use 'today 0:00' or 'yesterday 0:00'"),
        ("9:00-10:00", "use one time, such as '9:00'"),
        ("08/09", "use 2026-08-09 or 2026-09-08"),
    ],
)
def test_bound_with_several_meanings_is_refused_with_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_range_bounds(text, None, NOW)
    assert error.value.hint == hint


@pytest.mark.parametrize(("text", "now"), [("2:30am", SPRING), ("0230", SPRING), ("2:30am", AUTUMN), ("0230", AUTUMN)])
def test_skipped_or_repeated_time_is_refused_in_every_form(text: str, now: datetime) -> None:
    with pytest.raises(InvalidValue) as error:
        parse_datetime(text, now)
    assert error.value.code in ("nonexistent-local-time", "ambiguous-local-time")


@given(st.text("0123456789:-/. apmtlidngh", max_size=16))
def test_text_like_time_is_parsed_or_refused_with_what_to_write(text: str) -> None:
    parsers: list[Callable[[str], object]] = [
        lambda one: parse_datetime(one, NOW),
        lambda one: parse_date(one, NOW.date()),
        lambda one: parse_date_range(one, NOW),
    ]
    for parse in parsers:
        try:
            parse(text)
        except InvalidValue as error:
            assert error.hint is not None or error.code == "invalid-date-range"
            for meant in written(error.hint or ""):
                parse(meant)


def written(hint: str) -> list[str]:
    """Return what a hint of the form "use A, B or C" says to write; none for examples of a format."""
    if re.match("use (a|an|one) ", hint) or not hint.startswith("use "):
        return []
    return [word for word in shlex.split(hint.removeprefix("use ").replace(", ", " ")) if word != "or"]


@given(st.times().map(lambda clock: clock.replace(microsecond=0)))
def test_time_of_day_round_trips_in_every_form(clock: datetime) -> None:
    for form in ("%H:%M:%S", "%I:%M:%S%p", "%I:%M:%S %p"):
        assert find_time_of_day(clock.strftime(form)) == clock
    whole = clock.replace(second=0)
    for form in ("%H%M", "%H:%M", "%I:%M%p"):
        assert find_time_of_day(whole.strftime(form)) == whole
    hour = whole.replace(minute=0)
    assert find_time_of_day(hour.strftime("%I%p")) == hour


@given(st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1)))  # noqa: DTZ001
def test_local_time_round_trips_in_every_form(local: datetime) -> None:
    instant = local.replace(second=0, microsecond=0, tzinfo=UTC)
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %I:%M%p"):
        assert parse_datetime(instant.strftime(form), NOW.astimezone(UTC)) == instant
    unpadded = f"{instant.year}-{instant.month}-{instant.day} {instant.hour}:{instant.minute:02}"
    assert parse_datetime(unpadded, NOW.astimezone(UTC)) == instant
