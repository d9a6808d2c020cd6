"""Parsers for instants in ISO 8601 and RFC 3339 formats: a date, a time and an offset from UTC."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone

from tasktimer.core.local_time import validate_date
from tasktimer.core.timeparse.suggestions import suggest_existing
from tasktimer.errors import InvalidValue, quote_value

_HINT = "use a format with an offset, like 2023-07-16T09:14:00+02:00 or 2023-07-16T07:14:00Z"
TIME_RANGE_HINT = "use a time from 00:00 to 23:59"

_DATE = r"(?P<year>[0-9]{4,6})(?P<dash>-?)(?P<month>[0-9]{2})(?P=dash)(?P<day>[0-9]{2})"
_SECOND = r"(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?"
_TIME = rf"(?P<hour>[0-9]{{2}}|[0-9](?=:))(?:(?P<colon>:?)(?P<minute>[0-9]{{2}})(?:(?P=colon){_SECOND})?)?"
_OFFSET = r"z|(?P<sign>[+-])(?P<hours>[0-9]{2})(?::?(?P<minutes>[0-9]{2})(?::?(?P<seconds>[0-9]{2}))?)?"
_INSTANT = rf"{_DATE}(?P<separator>[t ])(?P<time>{_TIME})\s?(?P<offset>{_OFFSET})"


class NonexistentDate(InvalidValue):
    """The error for a date that does not exist, such as 2023-02-30; `parts` are its year, month and day as typed."""

    def __init__(self, parts: Sequence[str], hint: str | None) -> None:
        self.parts = parts
        message = f"the date {'-'.join(parts)} does not exist"
        super().__init__("invalid-date", message, hint or "use a format like 2023-07-16")


def parse_instant(text: str) -> datetime:
    """Parse an instant with an offset, and return it in UTC.

    >>> for text in ("2023-07-16T09:14:00.123456789+02:00", "2023-07-16 07:14:00+00", "20230716T071400Z"):
    ...     print(parse_instant(text))
    2023-07-16 07:14:00.123456+00:00
    2023-07-16 07:14:00+00:00
    2023-07-16 07:14:00+00:00
    """
    instant = find_instant(text)
    if instant is None:
        raise InvalidValue("invalid-time", f"invalid time {quote_value(text)}", _HINT)
    return instant


def find_instant(text: str) -> datetime | None:
    """Parse an instant and return it in UTC, truncated to microseconds; return None if the text has another format."""
    match = re.fullmatch(_INSTANT, " ".join(text.split()).lower())
    # Without a T, "2023-07-16 0914-1000" is more likely a time range than a time and an offset.
    if match is None or (match["separator"] == " " and not match["colon"]):
        return None
    day = to_date(match["year"], match["month"], match["day"])
    validate_date(day)
    local = datetime.combine(day, _read_time(match), _read_offset(match))
    instant = local.astimezone(UTC)
    validate_date(instant.date())
    return instant


def to_date(year: str, month: str, day: str) -> date:
    """Return the date with this year, month and day; raise NonexistentDate if there is no such date."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise NonexistentDate((year, month, day), suggest_existing(int(year), int(month), int(day))) from None


def _read_time(match: re.Match[str]) -> time:
    hour, minute, second = (int(match[unit] or 0) for unit in ("hour", "minute", "second"))
    try:
        return time(hour, minute, second, int((match["fraction"] or "")[:6].ljust(6, "0")))
    except ValueError:
        raise InvalidValue(
            "invalid-time", f"invalid time of day {quote_value(match['time'])}", TIME_RANGE_HINT
        ) from None


def _read_offset(match: re.Match[str]) -> timezone:
    if match["offset"] == "z":
        return UTC
    hours, minutes, seconds = (int(match[unit] or 0) for unit in ("hours", "minutes", "seconds"))
    if hours > 23 or minutes > 59 or seconds > 59:
        message = f"invalid offset {quote_value(match['offset'])}"
        raise InvalidValue("invalid-time", message, "use an offset like +02:00")
    distance = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-distance if match["sign"] == "-" else distance)
