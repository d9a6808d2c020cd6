"""Times of day and lengths, as settings of time trackers format them."""

from datetime import timedelta

import pytest

from tasktimer.formats.report_times import find_length, parse_clock
from tasktimer.formats.rows import Rejection


@pytest.mark.parametrize(
    ("text", "value", "seconds"),
    [
        ("10:23:52", "10:23:52", 0),
        ("9:05", "9:05:00", 60),
        ("9:05:07", "9:05:07", 0),
        ("10:23:52 AM", "10:23:52", 0),
        ("10:23:52\u202fpm", "22:23:52", 0),
        ("12:00 AM", "0:00:00", 60),
        ("12:00:01 PM", "12:00:01", 0),
        ("3:05PM", "15:05:00", 60),
        ("24:00", "1 day, 0:00:00", 60),
        ("24:00:00", "1 day, 0:00:00", 0),
    ],
)
def test_clock(text: str, value: str, seconds: int) -> None:
    found = parse_clock(text)
    assert (str(found.value), found.precision // timedelta(seconds=1)) == (value, seconds)


@pytest.mark.parametrize(
    "text",
    ["", "24:00:01", "24:01", "25:00", "10:60", "10:23:60", "13:00 PM", "0:00 AM", "10", "-1:00", "١٠:٢٣", "1" * 99],
)
def test_invalid_clock(text: str) -> None:
    with pytest.raises(Rejection, match="does not exist"):
        parse_clock(text)


@pytest.mark.parametrize(
    ("text", "value", "seconds"),
    [
        ("01:00:01", "1:00:01", 0),
        ("400:00:00", "16 days, 16:00:00", 0),
        ("0:30", "0:30:00", 60),
        ("18:25 min", "0:18:25", 0),
        ("25 sec", "0:00:25", 0),
        ("0.50", "0:30:00", 36),
        ("1,5", "1:30:00", 360),
        ("0.5000 h", "0:30:00", 0),
    ],
)
def test_length(text: str, value: str, seconds: int) -> None:
    found = find_length(text)
    assert found
    assert (str(found.value), found.precision // timedelta(seconds=1)) == (value, seconds)


@pytest.mark.parametrize("text", ["", "-", "-01:00:00", "NaN", "1e400", "1 hour", "9" * 99, "9" * 12 + ":00", "١:٠٠"])
def test_other_lengths_are_ignored(text: str) -> None:
    assert find_length(text) is None
