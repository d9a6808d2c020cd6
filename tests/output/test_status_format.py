"""Formats of `status` accept fields only, without the other features of Python's format strings."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.interval import Interval
from tasktimer.core.task import Task
from tasktimer.core.timesheet import timesheet
from tasktimer.errors import InvalidValue
from tasktimer.output import status

NOW = datetime(2023, 7, 16, 12, tzinfo=UTC)
DAY = Interval(NOW - timedelta(hours=12), NOW + timedelta(hours=12))
TASK = Task(7, 42, "{id}\t\\", NOW - timedelta(hours=1), None, "acme", ("a", "b"), "two\nlines")
VALUES = {
    "id": "7",
    "user": "42",
    "description": "{id}\\t\\",
    "project": "acme",
    "tags": "+a +b",
    "note": "two\\nlines",
    "since": "11:00",
    "elapsed": "1:00:00",
    "total": "1:00:00",
    "others": "0",
}

parts = st.sampled_from(["{", "}", "{{", "}}", "{id}", "{tags}", "{x}", ".", "[0]", "!r", ":>9"])
formats = st.lists(parts | st.text(max_size=3)).map("".join)


def is_plain(text: str) -> bool:
    """Return whether Python parses the text as known fields only."""
    try:
        found = [part[1:] for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return False
    return all(name in VALUES and (spec, conversion) == ("", None) for name, spec, conversion in found)


@given(formats)
def test_status_format_matches_python_or_is_rejected(text: str) -> None:
    if "{id:}" in text or "{tags:}" in text:
        return  # Python also accepts an empty format specification
    if is_plain(text):
        status.validate_format(text)
        filled = status.format_fields(text, [TASK], timesheet([TASK], DAY, NOW), NOW)
        assert filled == text.format(**VALUES) + "\n"
    else:
        with pytest.raises(InvalidValue):
            status.validate_format(text)


def test_status_format_fills_every_field() -> None:
    text = "|".join(f"{{{name}}}" for name in status.FIELDS)
    filled = status.format_fields(text, [TASK], timesheet([TASK], DAY, NOW), NOW)
    assert filled == "|".join(VALUES[name] for name in status.FIELDS) + "\n"
