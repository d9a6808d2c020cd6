"""Parsers for times of day, such as 9:14, 0914, 5:30pm or noon."""

import re
from datetime import time

from tasktimer.core.timeparse.iso import TIME_RANGE_HINT
from tasktimer.errors import InvalidValue, quote_value

_NOON = time(12)

# Patterns are compiled on first use, and cached by re: most commands need few of them.
CLOCK = r"(?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[ap]m)?|[0-9]{1,2} ?[ap]m|[0-9]{4}|noon)"


def normalize(text: str) -> str:
    """Return text in lower case, with single spaces between words."""
    return " ".join(text.split()).lower()


def find_time_of_day(text: str) -> time | None:
    """Parse a bare time of day; return None for other text, such as a date and a time.

    >>> [str(find_time_of_day(text)) for text in ("9:14", "0914", "5:30pm", "12 am", "noon", "monday 9:14")]
    ['09:14:00', '09:14:00', '17:30:00', '00:00:00', '12:00:00', 'None']
    """
    normal = normalize(text)
    return read_clock(normal) if re.fullmatch(CLOCK, normal) else None


def read_clock(clock: str) -> time:
    """Return the time of day for text that matches `CLOCK`; raise InvalidValue if there is no such time."""
    if clock == "noon":
        return _NOON
    digits, half = (clock[:-2].rstrip(), clock[-2:]) if clock.endswith("m") else (clock, "")
    whole, _, fraction = digits.replace(",", ".").partition(".")
    parts = whole.split(":") if ":" in whole or half else (whole[:2], whole[2:])
    hour, minute, second = (*map(int, parts), 0, 0)[:3]
    if half and not 1 <= hour <= 12:
        hint = "use an hour from 1 to 12 with am or pm, or a 24-hour time from 00:00 to 23:59"
        raise InvalidValue("invalid-time", f"invalid time of day {quote_value(clock)}", hint)
    try:
        return time(hour % 12 + 12 * (half == "pm") if half else hour, minute, second, _microseconds(fraction))
    except ValueError:
        raise InvalidValue("invalid-time", f"invalid time of day {quote_value(clock)}", TIME_RANGE_HINT) from None


def _microseconds(fraction: str) -> int:
    return int(fraction[:6].ljust(6, "0"))
