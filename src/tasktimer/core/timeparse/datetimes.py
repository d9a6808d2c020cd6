"""The text of times, dates and durations: read as people type it, written so that it reads back the same."""

import re
from datetime import UTC, date, datetime, time, timedelta

from tasktimer.core.local_time import RANGE_HINT, to_instant, validate_date
from tasktimer.errors import InvalidValue, TimeInFuture, quote_value

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_TIME_HINT = "write it like 09:14, '2023-07-16 09:14', 'yesterday 17:30', 'monday 9:00', '15m ago' or now"
_DATE_HINT = "write it like 2023-07-16, today, yesterday, monday or -1 (days)"

# Compiled when they are used, and kept by re: most commands need few of them, and start faster.
_DATE = r"([0-9]{4,6})-([0-9]{2})-([0-9]{2})"
_DAYS_BACK = r"-([0-9]{1,6})"
_AGO = r"-(?P<minus>[^-].*)|(?P<ago>.+) ago"
_CLOCK = r"(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?)"
_MOMENT = rf"(?:(?P<day>[^\s:]+?)(?:\s|(?<=[0-9])t))?{_CLOCK}"
_WITH_OFFSET = rf"{_MOMENT}\s?(?:z|[+-][0-9:]{{2,8}})"


def parse_datetime(text: str, now: datetime) -> datetime:
    """Read an instant, in UTC; what has no offset is taken in the zone of `now`.

    Raises:
        InvalidValue: it cannot be read, there is no such date or time, the clock of the zone skips or repeats it, or
            it is out of range.

    >>> now = datetime(2023, 7, 17, 8, 0, tzinfo=UTC)
    >>> [str(parse_datetime(text, now)) for text in ("15m ago", "yesterday 17:30", "2023-07-16T09:14+02:00")]
    ['2023-07-17 07:45:00+00:00', '2023-07-16 17:30:00+00:00', '2023-07-16 07:14:00+00:00']
    """
    normal = _normal(text)
    if normal == "now":
        return now.astimezone(UTC)
    if found := re.fullmatch(_MOMENT, normal):
        return _moment(text, found, now)
    if found := re.fullmatch(_AGO, normal):
        return _ago(text, found["minus"] or found["ago"], now)
    from tasktimer.core.timeparse.iso import find_instant  # lazy: times that programs write, and mistakes

    instant = find_instant(text)
    if instant is None:
        raise _unreadable(text, normal, now.date())
    return instant


def parse_start_or_end(text: str, now: datetime, word: str) -> datetime:
    """Read the start or the end (`word`) that somebody typed.

    Raises:
        InvalidValue: it cannot be read.
        TimeInFuture: it is a time of today that lies ahead; yesterday's may be meant.
    """
    return reject_later_today(parse_datetime(text, now), now, word)


def reject_later_today(instant: datetime, now: datetime, word: str) -> datetime:
    """The same start or end, unless it is refused.

    Raises:
        TimeInFuture: it is a time of today that lies ahead; yesterday's may be meant.
    """
    local = instant.astimezone(now.tzinfo)
    if instant > now and local.date() == now.date():
        raise TimeInFuture(word, local, now, f"did you mean 'yesterday {local:%H:%M}'?")
    return instant


def find_time_of_day(text: str) -> time | None:
    """The time of day that is given alone; None where there is a date with it, or another word.

    Raises:
        InvalidValue: there is no such time of day.
    """
    found = re.fullmatch(_CLOCK, _normal(text)) if ":" in text else None
    return _clock(text, found["clock"]) if found else None


def parse_date(text: str, today: date) -> date:
    """Read a date; a weekday is the most recent one, today included.

    Raises:
        InvalidValue: it cannot be read, there is no such date, or it is out of range.

    >>> [str(parse_date(text, date(2023, 7, 16))) for text in ("yesterday", "monday", "-7")]
    ['2023-07-15', '2023-07-10', '2023-07-09']
    """
    day = find_date(_normal(text), today)
    if day is None:
        from tasktimer.core.suggestions import find_closest_match  # only a mistake needs it

        meant = find_closest_match(_normal(text), ("today", "yesterday", *WEEKDAYS), alike=0.75)
        hint = _DATE_HINT if meant is None else f"did you mean {meant}?"
        raise InvalidValue("invalid-date", f"cannot read the date {quote_value(text)}", hint)
    validate_date(day)
    return day


def _moment(text: str, found: re.Match[str], now: datetime) -> datetime:
    clock = _clock(text, found["clock"])
    named = found["day"]
    day = now.date() if named is None else find_date(named, now.date())
    if day is None:
        raise InvalidValue("invalid-time", f"cannot read the time {quote_value(text)}", _TIME_HINT)
    validate_date(day)
    local = datetime.combine(day, clock)
    if named and _weekday(named) is not None and local > now.replace(tzinfo=None):
        local -= timedelta(days=7)  # the last one is a week ago, not later today
    instant = to_instant(local, now.tzinfo or UTC)
    validate_date(instant.date())
    return instant


def _ago(text: str, duration: str, now: datetime) -> datetime:
    from tasktimer.core.timeparse.durations import parse_duration  # lazy: relative times, 0.2 ms

    try:
        instant = now.astimezone(UTC) - parse_duration(duration)
    except OverflowError:
        raise InvalidValue("time-out-of-range", f"the time {quote_value(text)} is out of range", RANGE_HINT) from None
    validate_date(instant.date())
    return instant


def _clock(text: str, clock: str) -> time:
    whole, _, fraction = clock.replace(",", ".").partition(".")
    hour, minute, second = (*map(int, whole.split(":")), 0)[:3]
    try:
        return time(hour, minute, second, int(fraction[:6].ljust(6, "0")))
    except ValueError:
        raise InvalidValue(
            "invalid-time", f"there is no time of day {whole}, in {quote_value(text)}", _TIME_HINT
        ) from None


def _unreadable(text: str, normal: str, today: date) -> InvalidValue:
    found = re.fullmatch(_WITH_OFFSET, normal)
    if found and not re.fullmatch(_DATE, found["day"] or ""):
        message = f"the time {quote_value(text)} has an offset and no date"
        return InvalidValue("invalid-time", message, "write 2023-07-16T09:14+02:00")
    hint = _TIME_HINT if find_date(normal, today) is None else f"add a time of day: '{normal} 17:30'"
    return InvalidValue("invalid-time", f"cannot read the time {quote_value(text)}", hint)


def find_date(normal: str, today: date) -> date | None:
    """The date that text in lower case, without spaces at its ends, names; None where it names none.

    Raises:
        InvalidValue: it names a date that does not exist.
    """
    if normal in ("today", "yesterday"):
        return today - timedelta(days=("today", "yesterday").index(normal))
    if (weekday := _weekday(normal)) is not None:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    try:
        if found := re.fullmatch(_DAYS_BACK, normal):
            return today - timedelta(days=int(found[1]))
        if found := re.fullmatch(_DATE, normal):
            return date(int(found[1]), int(found[2]), int(found[3]))
    except (ValueError, OverflowError):
        raise InvalidValue("invalid-date", f"there is no date {normal}", _DATE_HINT) from None
    return None


def _weekday(normal: str) -> int | None:
    return next((number for number, name in enumerate(WEEKDAYS) if normal in (name, name[:3])), None)


def _normal(text: str) -> str:
    return " ".join(text.split()).lower()
