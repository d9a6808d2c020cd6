"""Fast parsing and formatting of many instants."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from tasktimer.core.local_time import FIRST_DAY, LAST_DAY, format_instant
from tasktimer.errors import quote_value
from tasktimer.formats.rows import Rejection

_MOST_DAYS = 1000
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEGINNING = datetime.combine(FIRST_DAY, time(), UTC)
_END = datetime.combine(LAST_DAY, time(), UTC) + _DAY


class _Day(NamedTuple):
    """A day in UTC as the local clock shows it.

    `shift` is the local time at which the day begins, in seconds since the first of the two local `dates`.
    """

    dates: tuple[str, str]
    shift: int
    suffix: str  # the UTC offset, such as "+02:00", or Z


def parse_instant(name: str, text: str) -> datetime:
    """Parse an instant in ISO 8601; `name` is what error messages call it, such as `start_time`.

    Raises:
        Rejection: if it is not valid, has no UTC offset, or is out of range.
    """
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not UTC:
            if instant.tzinfo is None:
                raise Rejection(f"{name} {quote_value(text)} has no UTC offset")
            instant = instant.astimezone(UTC)
    except ValueError:
        raise Rejection(f"{name} {quote_value(text)} is not a time in ISO 8601") from None
    except OverflowError:
        raise Rejection(f"{name} {quote_value(text)} is out of range") from None
    if _BEGINNING <= instant < _END:
        return instant
    raise Rejection(f"{name} {quote_value(text)} is out of range")


def instant_formatter(zone: tzinfo) -> Callable[[datetime], str]:
    """Return a function that formats instants in UTC as `format_instant` does.

    The function looks up the UTC offset only once for each day, so it takes a fifth of the time.

    >>> instant_formatter(UTC)(datetime(2023, 7, 16, 9, 14, 5, tzinfo=UTC))
    '2023-07-16T09:14:05Z'
    """
    days: dict[int, _Day | None] = {}
    minutes = [f"T{minute // 60 % 24:02}:{minute % 60:02}:" for minute in range(2 * 24 * 60)]
    seconds = [f"{second:02}" for second in range(60)]

    def format_fast(instant: datetime) -> str:
        since = instant - _EPOCH
        try:
            day = days[since.days]
        except KeyError:
            if len(days) >= _MOST_DAYS:
                days.clear()
            day = days[since.days] = _find_day(instant.date(), zone)
        if day is None or since.microseconds:
            return format_instant(instant, zone)
        dates, shift, suffix = day
        minute, second = divmod(since.seconds + shift, 60)
        return f"{dates[minute >= 1440]}{minutes[minute]}{seconds[second]}{suffix}"

    return format_fast


def _find_day(day: date, zone: tzinfo) -> _Day | None:
    """Return a day in UTC as the local clock shows it, or None if the UTC offset changes that day."""
    if day == date.max:
        return None
    start = datetime.combine(day, time(), UTC)
    try:
        first, last = (format_instant(instant, zone) for instant in (start, start + _DAY))
    except OverflowError:
        return None
    suffix = "Z" if first.endswith("Z") else first[-6:]
    if not last.endswith(suffix):
        return None
    local = datetime.fromisoformat(first).time()
    return _Day((first[:10], last[:10]), local.hour * 3600 + local.minute * 60 + local.second, suffix)
