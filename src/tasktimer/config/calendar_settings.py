"""Settings for the start of days and weeks, imported only if one of them is set or shown."""

import re
from datetime import timedelta

from tasktimer.core.timeparse.dates import WEEKDAYS, find_weekday
from tasktimer.errors import InvalidValue, find_closest_match, quote_value

_MOST = timedelta(hours=12)


def parse_day_start(text: str) -> timedelta:
    """Parse the time of day at which days start; a negative time is before midnight, on the day before.

    >>> str(parse_day_start("04:00")), parse_day_start("-01:00") / timedelta(hours=1)
    ('4:00:00', -1.0)
    """
    match = re.fullmatch("([+-]?)([0-9]{1,2}):([0-5][0-9])", text)
    start = match and timedelta(hours=int(match[2]), minutes=int(match[3]))
    if not match or start is None or start > _MOST:
        hint = "use a time from -12:00 to 12:00, such as 04:00, or -01:00 for 23:00 the day before"
        raise InvalidValue("invalid-day-start", f"invalid start of the day {quote_value(text)}", hint)
    return -start if match[1] == "-" else start


def parse_week_start(text: str) -> int:
    """Parse the weekday on which weeks start, and return its number; 0 is Monday."""
    name = text.strip().lower()
    weekday = find_weekday(name)
    if weekday is None:
        meant = find_closest_match(name, WEEKDAYS)
        hint = f"use one of {', '.join(WEEKDAYS)}" if meant is None else f"did you mean {quote_value(meant)}?"
        raise InvalidValue("invalid-weekday", f"invalid weekday {quote_value(text)}", hint)
    return weekday


def format_week_start(weekday: int) -> str:
    """Return the name of a weekday, given by its number."""
    return WEEKDAYS[weekday]
