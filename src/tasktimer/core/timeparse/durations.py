"""Parsers for durations, such as 90m or 2d, and for ages, which can also be given in months and years."""

import re
from datetime import UTC, datetime, timedelta

from tasktimer.core.local_time import validate_date
from tasktimer.errors import InvalidValue, quote_value

_HINT = "use a format like 90m, 1h30m, 1.5h, 2d, 1w, 1:30, 1:30:05 or PT1H30M"
_AGE_HINT = "use a format like 12h, 90d, 2w, 6mo or 1y"

_UNITS = (
    ("w(?:eeks?)?", timedelta(days=7)),
    ("d(?:ays?)?", timedelta(days=1)),
    ("h(?:(?:ou)?rs?)?", timedelta(hours=1)),
    ("m(?:in(?:ute)?s?)?", timedelta(minutes=1)),
    ("s(?:ec(?:ond)?s?)?", timedelta(seconds=1)),
)

# Patterns are compiled on first use, and cached by re: most commands need few of them.
_NUMBER = r"([0-9]{1,9}(?:[.,][0-9]{1,9})?)"
_WORDS = r"\s?".join(rf"(?:{_NUMBER}\s?{unit})?" for unit, _ in _UNITS)
_ISO_DAYS = "".join(rf"(?:{_NUMBER}{unit})?" for unit in "wd")
_ISO_TIME = "".join(rf"(?:{_NUMBER}{unit})?" for unit in "hms")
_ISO = rf"p{_ISO_DAYS}(?:t(?=[0-9]){_ISO_TIME})?"
_CLOCK = r"([0-9]{1,9}):([0-5][0-9])(?::([0-5][0-9](?:[.,][0-9]{1,9})?))?"
_CALENDAR = r"([0-9]{1,4})\s?(mo|months?|y|years?)"


def parse_duration(text: str) -> timedelta:
    """Parse a duration; a day is 24 hours, a week is 7 days, and 1:30 is an hour and a half.

    Fractions of a microsecond are discarded.

    >>> [str(parse_duration(text)) for text in ("90m", "1.5h", "1:30", "PT1H30M", "1d 2h")]
    ['1:30:00', '1:30:00', '1:30:00', '1:30:00', '1 day, 2:00:00']
    """
    normal = " ".join(text.split()).lower()
    match = re.fullmatch(_CLOCK, normal) or re.fullmatch(_WORDS, normal) or re.fullmatch(_ISO, normal)
    if match is None or not any(match.groups()):
        hint = f"add a unit, as in {normal}m or {normal}h" if re.fullmatch(_NUMBER, normal) else _HINT
        raise InvalidValue("invalid-duration", f"invalid duration {quote_value(text)}", hint)
    units = [unit for _, unit in _UNITS[-len(match.groups()) :]]  # for a clock time: hours, minutes, seconds
    parts = zip(match.groups(), units, strict=True)
    try:
        return sum((_multiply(number, unit) for number, unit in parts if number), timedelta())
    except OverflowError:
        message = f"the duration {quote_value(text)} is too long"
        raise InvalidValue("invalid-duration", message, "use a shorter duration") from None


def parse_age(text: str, now: datetime) -> datetime:
    """Parse an age (a duration, or a number of calendar months or years), and return the instant that long ago.

    >>> now = datetime(2024, 2, 29, tzinfo=UTC)
    >>> [f"{parse_age(text, now):%Y-%m-%d %H:%M}" for text in ("1y", "6mo", "2w", "36h")]
    ['2023-02-28 00:00', '2023-08-29 00:00', '2024-02-15 00:00', '2024-02-27 12:00']
    """
    match = re.fullmatch(_CALENDAR, " ".join(text.split()).lower())
    try:
        if match:
            instant = _months_before(now.astimezone(UTC), int(match[1]) * (12 if match[2].startswith("y") else 1))
        else:
            instant = now.astimezone(UTC) - _parse_age_duration(text)
    except (OverflowError, ValueError):
        message = f"the age {quote_value(text)} is out of range"
        raise InvalidValue("invalid-age", message, "use a smaller number") from None
    validate_date(instant.date())
    return instant


def _parse_age_duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except InvalidValue:
        raise InvalidValue("invalid-age", f"invalid age {quote_value(text)}", _AGE_HINT) from None


def _multiply(number: str, unit: timedelta) -> timedelta:
    whole, _, fraction = number.replace(",", ".").partition(".")
    part: timedelta = int(fraction or 0) * unit // 10 ** len(fraction)
    return int(whole) * unit + part


def _months_before(instant: datetime, number: int) -> datetime:
    year, month = divmod(instant.year * 12 + instant.month - 1 - number, 12)
    moved = instant.replace(year=year, month=month + 1, day=1)
    # 31 days after the first of a month is always in the next month.
    length = ((moved + timedelta(days=31)).replace(day=1) - moved).days
    return moved.replace(day=min(instant.day, length))
