"""Sentences for people."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.output.messages import escape_for_terminal, format_day_title, format_time

BERLIN = ZoneInfo("Europe/Berlin")


@given(st.text())
def test_no_control_character_reaches_the_terminal(text: str) -> None:
    shown = escape_for_terminal(text)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]", shown)
    shown.encode("utf-8")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_all_other_text_is_shown_as_it_is(text: str) -> None:
    assert escape_for_terminal(text) == text


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("2023-07-16T07:14:00+00:00", "09:14"),
        ("2023-07-15T21:00:00+00:00", "2023-07-15 23:00"),
        ("2023-07-16T22:00:00+00:00", "2023-07-17 00:00"),
        ("2024-10-27T00:30:00+00:00", "2024-10-27 02:30+02:00"),  # the clock shows it twice
        ("2024-10-27T01:30:00+00:00", "2024-10-27 02:30+01:00"),
        ("2024-10-27T02:30:00+00:00", "2024-10-27 03:30"),
    ],
)
def test_a_clock_says_no_more_than_is_needed(instant: str, text: str) -> None:
    assert format_time(datetime.fromisoformat(instant), BERLIN, date(2023, 7, 16)) == text


@pytest.mark.parametrize(
    ("hours", "end"), [(24, "Berlin"), (25, "a day of 25 h"), (24.5, "a day of 24.5 h"), (0, "a day of 0 h")]
)
def test_a_day_is_named_with_its_length_where_it_is_odd(hours: float, end: str) -> None:
    assert format_day_title(date(2024, 10, 27), BERLIN, timedelta(hours=hours)).endswith(end)


def test_a_zone_without_a_name_has_one() -> None:
    assert format_day_title(date(2024, 1, 1), UTC, timedelta(hours=24)) == "Monday 2024-01-01, UTC"


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200f", "\u061c", "\u2028", "\x1b", "\x9b"])
def test_what_would_reorder_or_command_is_shown_escaped(character: str) -> None:
    assert (
        escape_for_terminal(f"user {character}gnp.exe") == f"user {character.encode('unicode_escape').decode()}gnp.exe"
    )
    assert escape_for_terminal("שלום 👩\u200d💻 café") == "שלום 👩\u200d💻 café"
