"""Parsing of instants in the formats of other programs."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import NOW
from tests.hostile import INSTANT, INSTANTS_KEPT, INSTANTS_REFUSED, WHOLE_INSTANT, WHOLE_INSTANTS_KEPT

from tasktimer.core.timeparse.date_ranges import parse_range_bounds
from tasktimer.core.timeparse.datetimes import parse_datetime
from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.core.timeparse.iso import parse_instant
from tasktimer.errors import InvalidValue

READ = [*((text, INSTANT) for text in INSTANTS_KEPT), *((text, WHOLE_INSTANT) for text in WHOLE_INSTANTS_KEPT)]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_instant_of_other_program_is_parsed_everywhere(text: str, expected: str) -> None:
    instant = datetime.fromisoformat(expected)
    assert parse_instant(text) == parse_datetime(text, NOW) == parse_range_bounds(text, None, NOW).start == instant


@pytest.mark.parametrize("text", INSTANTS_REFUSED)
def test_instant_rejects_other_text(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_instant(text)


@pytest.mark.parametrize("text", [text for text in INSTANTS_REFUSED if text != "2023-07-16T09:14:05.5"])
def test_local_time_follows_same_rules(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_datetime(text, NOW)


@given(st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1)), st.text("0123456789", min_size=1, max_size=12))  # noqa: DTZ001
def test_digits_beyond_microseconds_are_truncated(local: datetime, digits: str) -> None:
    text = f"{local.isoformat(timespec='microseconds')}{digits}Z"
    assert parse_instant(text) == parse_datetime(text, NOW) == local.replace(tzinfo=UTC)
    assert parse_datetime(f"{text[:-1]}", NOW.replace(tzinfo=UTC)) == local.replace(tzinfo=UTC)


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_rejected(text: str) -> None:
    try:
        parse_instant(text)
    except InvalidValue as error:
        assert error.hint


def test_duration_accepts_same_digits_as_time() -> None:
    assert parse_duration("1:30:05.123456789") == parse_duration("1:30:05,123456") == parse_duration("5405.123456s")
