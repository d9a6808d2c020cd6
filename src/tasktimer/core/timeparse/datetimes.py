"""Parsers for times and dates typed by users."""

import re
from datetime import UTC, date, datetime, time, timedelta

from tasktimer.core.local_time import RANGE_HINT, is_future, to_instant, validate_date
from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.core.timeparse.iso import TIME_RANGE_HINT, find_instant, to_date
from tasktimer.errors import InvalidValue, TimeInFuture, find_closest_match, quote_value

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_TIME_HINT = "use a format like 09:14, '2023-07-16 09:14', 'yesterday 17:30', 'monday 9:00', '15m ago' or now"
_DATE_HINT = "use a format like 2023-07-16, today, yesterday, monday, or -1 for yesterday"

# Patterns are compiled on first use, and cached by re: most commands need few of them.
_DATE = r"([0-9]{4,6})-([0-9]{2})-([0-9]{2})"
_DAYS_BACK = r"-([0-9]{1,6})"
_AGO = r"-(?P<minus>[^-].*)|(?P<ago>.+) ago"
_CLOCK = r"(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?)"
_MOMENT = rf"(?:(?P<day>[^\s:]+?)(?:\s|(?<=[0-9])t))?{_CLOCK}"
_WITH_OFFSET = rf"{_MOMENT}\s?(?:z|[+-][0-9:]{{2,8}})"


def parse_datetime(text: str, now: datetime) -> datetime:
    """Parse a time and return it in UTC; a time without an offset is a local time in the time zone of `now`.

    Raises:
        InvalidValue: if the text cannot be parsed, the date or time of day is invalid, the local clock skips the time
            or shows it twice, or the instant is out of range.

    >>> now = datetime(2023, 7, 17, 8, 0, tzinfo=UTC)
    >>> [str(parse_datetime(text, now)) for text in ("15m ago", "yesterday 17:30", "2023-07-16T09:14+02:00")]
    ['2023-07-17 07:45:00+00:00', '2023-07-16 17:30:00+00:00', '2023-07-16 07:14:00+00:00']
    """
    normal = _normal(text)
    if normal == "now":
        return now.astimezone(UTC)
    if match := re.fullmatch(_MOMENT, normal):
        return _moment(text, match, now)
    if match := re.fullmatch(_AGO, normal):
        return _ago(text, match["minus"] or match["ago"], now)
    instant = find_instant(text)
    if instant is None:
        raise _unreadable(text, normal, now.date())
    return instant


def parse_start_or_end(text: str, now: datetime, word: str) -> datetime:
    """Parse a task's start or end (`word` is "start" or "end"); raise TimeInFuture if the time is later today."""
    return reject_later_today(parse_datetime(text, now), now, word)


def reject_later_today(instant: datetime, now: datetime, word: str) -> datetime:
    """Return the instant, or raise TimeInFuture with a hint that suggests yesterday if the instant is later today."""
    local = instant.astimezone(now.tzinfo)
    if is_future(instant, now) and local.date() == now.date():
        raise TimeInFuture(word, instant, now, f"did you mean 'yesterday {local:%H:%M}'?")
    return instant


def find_time_of_day(text: str) -> time | None:
    """Parse a time of day without a date; return None for any other text."""
    match = re.fullmatch(_CLOCK, _normal(text)) if ":" in text else None
    return _clock(match["clock"]) if match else None


def parse_date(text: str, today: date) -> date:
    """Parse a date; a weekday means the most recent one, including today.

    >>> [str(parse_date(text, date(2023, 7, 16))) for text in ("yesterday", "monday", "-7")]
    ['2023-07-15', '2023-07-10', '2023-07-09']
    """
    day = find_date(_normal(text), today)
    if day is None:
        meant = find_closest_match(_normal(text), ("today", "yesterday", *WEEKDAYS), cutoff=0.75)
        hint = _DATE_HINT if meant is None else f"did you mean {quote_value(meant)}?"
        raise InvalidValue("invalid-date", f"invalid date {quote_value(text)}", hint)
    validate_date(day)
    return day


def _moment(text: str, match: re.Match[str], now: datetime) -> datetime:
    clock = _clock(match["clock"])
    named = match["day"]
    day = now.date() if named is None else find_date(named, now.date())
    if day is None:
        raise InvalidValue("invalid-time", f"invalid time {quote_value(text)}", _TIME_HINT)
    validate_date(day)
    local = datetime.combine(day, clock)
    if named and _weekday(named) is not None and local > now.replace(tzinfo=None):
        local -= timedelta(days=7)  # the most recent such time was a week ago
    instant = to_instant(local, now.tzinfo or UTC)
    validate_date(instant.date())
    return instant


def _ago(text: str, duration: str, now: datetime) -> datetime:
    try:
        instant = now.astimezone(UTC) - parse_duration(duration)
    except OverflowError:
        raise InvalidValue("time-out-of-range", f"the time {quote_value(text)} is out of range", RANGE_HINT) from None
    validate_date(instant.date())
    return instant


def _clock(clock: str) -> time:
    whole, _, fraction = clock.replace(",", ".").partition(".")
    hour, minute, second = (*map(int, whole.split(":")), 0)[:3]
    try:
        return time(hour, minute, second, int(fraction[:6].ljust(6, "0")))
    except ValueError:
        raise InvalidValue("invalid-time", f"invalid time of day {quote_value(clock)}", TIME_RANGE_HINT) from None


def _unreadable(text: str, normal: str, today: date) -> InvalidValue:
    match = re.fullmatch(_WITH_OFFSET, normal)
    if match and not re.fullmatch(_DATE, match["day"] or ""):
        message = f"invalid time {quote_value(text)}: an offset requires a date"
        return InvalidValue("invalid-time", message, "use a format like 2023-07-16T09:14+02:00")
    hint = _TIME_HINT if find_date(normal, today) is None else f"add a time of day: '{normal} 17:30'"
    return InvalidValue("invalid-time", f"invalid time {quote_value(text)}", hint)


def find_date(normal: str, today: date) -> date | None:
    """Parse a date in lower-case text without surrounding spaces; return None if the text is not a date."""
    if normal in ("today", "yesterday"):
        return today - timedelta(days=("today", "yesterday").index(normal))
    if (weekday := _weekday(normal)) is not None:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    if match := re.fullmatch(_DATE, normal):
        return to_date(*match.groups())
    if not (match := re.fullmatch(_DAYS_BACK, normal)):
        return None
    try:
        return today - timedelta(days=int(match[1]))
    except OverflowError:
        raise InvalidValue("invalid-date", f"the date {normal} does not exist", _DATE_HINT) from None


def _weekday(normal: str) -> int | None:
    return next((number for number, name in enumerate(WEEKDAYS) if normal in (name, name[:3])), None)


def _normal(text: str) -> str:
    return " ".join(text.split()).lower()
