"""Messages on a terminal."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.task import Task
from tasktimer.output.formatting import escape_for_terminal, format_day_title, format_task_details, format_time

BERLIN = ZoneInfo("Europe/Berlin")


@given(st.text())
def test_control_characters_are_escaped(text: str) -> None:
    shown = escape_for_terminal(text)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", shown)
    shown.encode("utf-8")


@given(
    st.text(
        st.characters(
            exclude_categories=["Cc", "Cs", "Zl", "Zp"],
            # Characters that reorder the text around them are escaped, too.
            exclude_characters="\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
        )
    )
)
def test_other_text_is_unchanged(text: str) -> None:
    assert escape_for_terminal(text) == text


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("2023-07-16T07:14:00+00:00", "09:14"),
        ("2023-07-15T21:00:00+00:00", "2023-07-15 23:00"),
        ("2023-07-16T22:00:00+00:00", "2023-07-17 00:00"),
        ("2024-10-27T00:30:00+00:00", "2024-10-27 02:30+02:00"),  # ambiguous
        ("2024-10-27T01:30:00+00:00", "2024-10-27 02:30+01:00"),
        ("2024-10-27T02:30:00+00:00", "2024-10-27 03:30"),
    ],
)
def test_time_is_formatted_briefly(instant: str, text: str) -> None:
    assert format_time(datetime.fromisoformat(instant), BERLIN, date(2023, 7, 16)) == text


@pytest.mark.parametrize(
    ("hours", "end"), [(24, "Berlin"), (25, "25 hours long"), (24.5, "24.5 hours long"), (0, "0 hours long")]
)
def test_day_title_has_length_of_odd_day(hours: float, end: str) -> None:
    assert format_day_title(date(2024, 10, 27), BERLIN, timedelta(hours=hours)).endswith(end)


def test_day_title_names_utc() -> None:
    assert format_day_title(date(2024, 1, 1), UTC, timedelta(hours=24)) == "Monday 2024-01-01, UTC"


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200f", "\u061c", "\u2028", "\x1b", "\x9b"])
def test_bidirectional_and_control_characters_are_escaped(character: str) -> None:
    assert (
        escape_for_terminal(f"user {character}gnp.exe") == f"user {character.encode('unicode_escape').decode()}gnp.exe"
    )
    assert escape_for_terminal("שלום 👩\u200d💻 café") == "שלום 👩\u200d💻 café"


def test_running_task_has_no_end() -> None:
    now = datetime(2023, 7, 16, 12, 0, tzinfo=BERLIN)
    lines = format_task_details(Task(7, 1, "write", datetime(2023, 7, 16, 9, 0, tzinfo=UTC), None), now).splitlines()
    assert lines[2:5] == ["Start        2023-07-16 11:00", "End          running", "Time spent   1:00:00"]
