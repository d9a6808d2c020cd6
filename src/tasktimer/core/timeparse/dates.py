"""Parsers for dates, such as 2026-03-01, yesterday, friday or last friday."""

import re
from datetime import date, timedelta

from tasktimer.core.local_time import validate_date
from tasktimer.core.timeparse.clocks import normalize
from tasktimer.core.timeparse.iso import to_date
from tasktimer.core.timeparse.suggestions import suggest_dates
from tasktimer.errors import InvalidValue, find_closest_match, quote_value

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_HINT = "use a format like 2023-07-16, today, yesterday or monday"

DATE = r"(?P<year>[0-9]{4,6})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
_DAYS_BACK = r"-([0-9]{1,6})"


def parse_date(text: str, today: date) -> date:
    """Parse a date; a weekday means the most recent one, including today.

    >>> [str(parse_date(text, date(2023, 7, 16))) for text in ("yesterday", "sunday", "last sunday", "-7")]
    ['2023-07-15', '2023-07-16', '2023-07-09', '2023-07-09']
    """
    normal = normalize(text)
    day = find_date(normal, today)
    if day is None:
        raise InvalidValue("invalid-date", f"invalid date {quote_value(text)}", _hint(normal, today))
    validate_date(day)
    return day


def find_date(normal: str, today: date) -> date | None:
    """Parse a date in normalized text; return None if the text has another format."""
    if normal in ("today", "yesterday"):
        return today - timedelta(days=("today", "yesterday").index(normal))
    if (weekday := find_weekday(normal)) is not None:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    if (weekday := find_weekday(normal.removeprefix("last "))) is not None:
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    if match := re.fullmatch(DATE, normal):
        return to_date(*match.groups())
    if not (match := re.fullmatch(_DAYS_BACK, normal)):
        return None
    try:
        return today - timedelta(days=int(match[1]))
    except OverflowError:
        raise InvalidValue("invalid-date", f"the date {normal} does not exist", _HINT) from None


def find_weekday(normal: str) -> int | None:
    """Return the number of a weekday, given by its name or its first three letters; 0 is Monday."""
    return next((number for number, name in enumerate(WEEKDAYS) if normal in (name, name[:3])), None)


def _hint(normal: str, today: date) -> str:
    if dates := suggest_dates(normal, today):
        return dates
    meant = find_closest_match(normal, ("today", "yesterday", *WEEKDAYS), cutoff=0.75)
    return _HINT if meant is None else f"did you mean {quote_value(meant)}?"
