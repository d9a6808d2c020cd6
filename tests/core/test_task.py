"""Tasks and the validation of their fields."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tasktimer.core.local_time import add_duration
from tasktimer.core.task import MAX_INTEGER, Task, parse_id, parse_user_id, validate_description, validate_end
from tasktimer.errors import InvalidValue, TimeInFuture

NINE = datetime(2023, 7, 16, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_running_task_counts_up_to_now() -> None:
    task = Task(1, 1, "write", NINE, None)
    assert task.running
    assert task.interval(NINE + HOUR).duration == HOUR


def test_running_task_with_future_start_counts_zero() -> None:
    """The clock of the machine was set back."""
    interval = Task(1, 1, "write", NINE, None).interval(NINE - HOUR)
    assert (interval.start, interval.duration) == (NINE, timedelta())


def test_finished_task_uses_own_end() -> None:
    task = Task(1, 1, "write", NINE, NINE + HOUR)
    assert not task.running
    assert task.interval(NINE + 5 * HOUR).duration == HOUR


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("007", 7), (str(2**63 - 1), MAX_INTEGER)])
def test_id_is_positive_64_bit_integer(text: str, number: int) -> None:
    assert parse_id(text) == parse_user_id(text) == number


@pytest.mark.parametrize(
    "text", ["0", "-1", "+1", str(2**63), "9" * 400, "4x", "1.0", "1_000", " 1", "", "٣", "one", "NaN"]
)
def test_id_rejects_other_text(text: str) -> None:
    with pytest.raises(InvalidValue, match="invalid task ID"):
        parse_id(text)
    with pytest.raises(InvalidValue, match="invalid user"):
        parse_user_id(text)


@pytest.mark.parametrize("text", ["x", "a\tb\nc", "é", "🦀", "שלום", "\u202egnp", "x" * 10_000, " padded ", "\u00a0x"])
def test_description_accepts_text(text: str) -> None:
    validate_description(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "blank-description"),
        (" \t\n\u00a0\u2003", "blank-description"),
        ("\u200b\u2060", "blank-description"),  # nothing visible
        ("x" * 10_001, "description-too-long"),
        ("a\0b", "control-character"),
        ("a\x1b[31mb", "control-character"),
        ("a\rb", "control-character"),
        ("a\x7fb", "control-character"),
        ("a\x85b", "control-character"),
        ("a\x9bb", "control-character"),
        ("a\ud800b", "undecodable-description"),
    ],
)
def test_description_rejects_unprintable_text(text: str, code: str) -> None:
    with pytest.raises(InvalidValue) as error:
        validate_description(text)
    assert error.value.code == code


def test_end_in_future_names_latest_start_for_its_duration() -> None:
    now = datetime(2026, 7, 1, 0, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    for duration, hint in [
        (timedelta(hours=1), "use a start no later than 2026-06-30 23:12: the task lasts 1:00:00"),
        # The clock was an hour behind in winter.
        (timedelta(days=150), "use a start no later than 2026-01-31 23:12: the task lasts 3600:00:00"),
        (timedelta(days=2_500_000), "use a time in the past"),  # longer than the time since the year 1
    ]:
        with pytest.raises(TimeInFuture) as raised:
            validate_end(now, add_duration(now, duration), now, duration=duration)
        assert raised.value.hint == hint
