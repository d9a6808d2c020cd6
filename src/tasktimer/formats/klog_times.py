"""The times of klog: ranges such as `<23:30 - 1:00`, open ranges such as `9:00 - ?`, and durations such as `1h30m`."""

import re
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from tasktimer.errors import quote_value
from tasktimer.formats.rows import Rejection

_TIME = "<?[0-9]{1,2}:[0-9]{2}(?:am|pm)?>?"
_TIME_PARTS = re.compile("(<?)([0-9]{1,2}):([0-9]{2})(am|pm)?(>?)")
_RANGE = re.compile(rf"({_TIME}) *- *(?:({_TIME})|\?+)(?![^ \t])")
_DURATION = re.compile(r"([+-]?)(?=[0-9])(?:([0-9]+)h)?(?:([0-9]+)m)?(?![^ \t])")
UNKNOWN_TIMES = "unknown times"  # the note of a task that is a duration in klog

_DAY = timedelta(days=1)


class TimeRange(NamedTuple):
    """Times since the midnight at which the day of the record begins; `end=None` means that it is open."""

    start: timedelta
    end: timedelta | None


def split_entry(text: str) -> tuple[TimeRange | timedelta, str]:
    """Return the range or the duration with which an entry begins, and the rest of its line.

    Raises:
        Rejection: if the entry does not begin with either, or if the end of the range is before the start.

    >>> split_entry("8:00am - 10:15 Write #docs")[1]
    'Write #docs'
    """
    if match := _DURATION.match(text):
        return _parse_duration(match), text[match.end() + 1 :]
    if match := _RANGE.match(text):
        start, end = parse_time(match[1]), None if match[2] is None else parse_time(match[2])
        if end is not None and end < start:
            hint = "" if {"<", ">"} & {*match[2]} else f"; if it is on the next day, it is written as {match[2]}>"
            raise Rejection(f"the end {match[2]} is before the start {match[1]}{hint}")
        return TimeRange(start, end), text[match.end() + 1 :]
    raise Rejection(f"the entry does not begin with a range of times or a duration: {quote_value(text)}")


@lru_cache(maxsize=4096)  # a day has 1,440 minutes
def parse_time(text: str) -> timedelta:
    """Return a time of day as the time since midnight, which is negative for a time of the day before.

    >>> [str(parse_time(text)) for text in ("24:00", "<24:00", "12:30am", "1:00>")]
    ['1 day, 0:00:00', '0:00:00', '0:30:00', '1 day, 1:00:00']
    """
    match = _TIME_PARTS.fullmatch(text)
    if match is None:
        raise Rejection(f"invalid time {quote_value(text)}")
    hour, minute, half, is_before, is_after = int(match[2]), int(match[3]), match[4], match[1] == "<", match[5] == ">"
    valid_hour = 1 <= hour <= 12 if half else hour < 24 or (hour == 24 and minute == 0 and not is_after)
    if not valid_hour or minute > 59 or (is_before and is_after):
        raise Rejection(f"invalid time {quote_value(text)}")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return timedelta(hours=hour, minutes=minute) + (is_after - is_before) * _DAY


def format_time(time: timedelta) -> str:
    """Return a time from the day before to the day after, as the time since midnight, in the form of klog.

    >>> [format_time(timedelta(hours=hours)) for hours in (-1, 9, 25)]
    ['<23:00', '9:00', '1:00>']
    """
    days, rest = divmod(time, _DAY)
    hour, minute = divmod(rest // timedelta(minutes=1), 60)
    return f"{'<' if days < 0 else ''}{hour}:{minute:02}{'>' if days > 0 else ''}"


def format_length(length: timedelta) -> str:
    """Return a duration in the form of klog, in minutes.

    >>> [format_length(timedelta(minutes=minutes)) for minutes in (0, 30, 60, 1530)]
    ['0m', '30m', '1h', '25h30m']
    """
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes or not hours else "")


def _parse_duration(match: re.Match[str]) -> timedelta:
    try:
        hours, minutes = int(match[2] or 0), int(match[3] or 0)
        duration = timedelta(hours=hours, minutes=minutes)
    except (ValueError, OverflowError):
        raise Rejection(f"the duration {quote_value(match[0])} is too long") from None
    if match[2] is not None and minutes > 59:
        raise Rejection(f"invalid duration {quote_value(match[0])}: there are more than 59 minutes")
    return -duration if match[1] == "-" else duration
