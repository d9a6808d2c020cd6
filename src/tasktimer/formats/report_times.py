"""Times of day and lengths, as time trackers write them in CSV."""

import re
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from tasktimer.errors import quote_value
from tasktimer.formats.rows import Rejection

_LONGEST = 16  # characters of a time or a length
_EXACT = timedelta.resolution
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_NOON = 12
_SECONDS = {f":{second:02}": timedelta(seconds=second) for second in range(60)}

_CLOCK = r"([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9]))?(?:\s?([AaPp])[Mm])?"
_LENGTHS = (
    r"(?P<hours>[0-9]{1,5}):(?P<minutes>[0-5][0-9]):(?P<seconds>[0-5][0-9])",
    r"(?P<minutes>[0-9]{1,2}):(?P<seconds>[0-5][0-9]) min",
    r"(?P<seconds>[0-9]{1,2}) sec",
)
_HOURS_AND_MINUTES = r"(?P<hours>[0-9]{1,5}):(?P<minutes>[0-5][0-9])"
_DECIMAL = r"(?P<hours>[0-9]{1,5})[.,](?P<fraction>[0-9]{1,6})(?: ?h)?"


class Measured(NamedTuple):
    """A time of day, counted from midnight, or a length; the exact one differs by less than `precision`."""

    value: timedelta
    precision: timedelta


def parse_clock(text: str) -> Measured:
    """Parse a time of day on a clock of 24 hours, up to 24:00, or of 12 hours.

    >>> [str(parse_clock(text).value) for text in ("9:05", "12:30:15 AM", "10:23 pm")]
    ['9:05:00', '0:30:15', '22:23:00']

    Raises:
        Rejection: if there is no such time.
    """
    # Separately, the minutes and the seconds of a day are few enough for a cache.
    second = _SECONDS.get(text[5:8])
    minute = text if second is None else text[:5] + text[8:]
    found = _find_clock(minute) if len(minute) <= _LONGEST else None
    if found and second is not None:
        found = Measured(found.value + second, _EXACT)
    if found is None or found.value > _DAY:
        raise Rejection(f"the time {quote_value(text)} does not exist")
    return found


@lru_cache(maxsize=4096)
def _find_clock(text: str) -> Measured | None:
    match = re.fullmatch(_CLOCK, text)
    if match is None:
        return None
    hour, minute, second, half = match.groups()
    hours = int(hour)
    if half:
        if not 1 <= hours <= _NOON:
            return None
        hours = hours % _NOON + (_NOON if half in "Pp" else 0)
    value = timedelta(hours=hours, minutes=int(minute), seconds=int(second or 0))
    return Measured(value, _EXACT if second else _MINUTE)


def find_length(text: str) -> Measured | None:
    """Parse a length; return None if it has another format.

    >>> [str(length.value) for length in map(find_length, ("01:00:01", "0:30", "1.5 h", "18:25 min")) if length]
    ['1:00:01', '0:30:00', '1:30:00', '0:18:25']
    """
    return _find_length(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _find_length(text: str) -> Measured | None:
    for pattern in _LENGTHS:
        if match := re.fullmatch(pattern, text):
            return Measured(timedelta(**{unit: int(number) for unit, number in match.groupdict().items()}), _EXACT)
    if match := re.fullmatch(_HOURS_AND_MINUTES, text):
        return Measured(timedelta(hours=int(match["hours"]), minutes=int(match["minutes"])), _MINUTE)
    if match := re.fullmatch(_DECIMAL, text):
        unit = _HOUR / 10 ** len(match["fraction"])
        return Measured(int(match["hours"] + match["fraction"]) * unit, max(unit, _EXACT))
    return None
