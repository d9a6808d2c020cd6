"""Dates with a time of day, as files of text contain them."""

import re
from datetime import datetime, timedelta

from tasktimer.errors import quote_value
from tasktimer.formats.rows import Rejection

_SHORTEST = len("2016-01-01 10:00")
_TIME = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


def parse_clock_time(text: str) -> datetime:
    """Parse a date with a time of day, and perhaps a fraction of a second and an offset; 24:00 ends the day.

    Raises:
        Rejection: if it is invalid.

    >>> str(parse_clock_time("2016-01-01 10:00")), str(parse_clock_time("2016-1-1 24:00"))
    ('2016-01-01 10:00:00', '2016-01-02 00:00:00')
    """
    try:
        # Shorter texts that fromisoformat accepts contain no time of day.
        return datetime.fromisoformat(text) if len(text) >= _SHORTEST else _parse_unusual(text)
    except (ValueError, OverflowError):
        return _parse_unusual(text)


def _parse_unusual(text: str) -> datetime:
    """Parse a time that is not in ISO 8601 because it has single digits, or because the hour is 24."""
    match = _TIME.fullmatch(text)
    try:
        if match:
            year, month, day, hour, minute, second = (int(number or 0) for number in match.groups())
            if hour == 24 and minute == second == 0:
                return datetime(year, month, day) + timedelta(days=1)  # noqa: DTZ001 (local time)
            return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except (ValueError, OverflowError):
        pass
    raise Rejection(f"invalid time {quote_value(text)}")
