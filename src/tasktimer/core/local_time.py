"""Conversion of local days to windows and of local times to instants; formatting of instants and durations."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from tasktimer.core.interval import Window
from tasktimer.errors import InvalidValue

# In every time zone, the start and the end of each day from FIRST_DAY to LAST_DAY can be expressed in UTC.
FIRST_DAY = date(1, 1, 2)
LAST_DAY = date(9999, 12, 30)
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_MIDNIGHT = timedelta()
# The first and the last midnight that can be expressed in UTC, in every time zone, up to 12 hours earlier or later.
_FIRST_MIDNIGHT = datetime.combine(FIRST_DAY, time())
_LAST_MIDNIGHT = datetime.combine(LAST_DAY, time()) + _DAY
RANGE_HINT = f"use a date from {FIRST_DAY} to {LAST_DAY}"


@lru_cache(maxsize=1024)  # most requests to a server concern the same few days
def day_window(day: date, zone: tzinfo) -> Window:
    """Return the window of a date in a time zone: usually 23 to 25 hours, or empty if the zone skipped the date."""
    validate_date(day)
    return Window(start_of_day(day, zone), start_of_day(day + _DAY, zone))


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the first instant, in UTC, at which the local clock shows the time when this day starts or a later one."""
    return first_instant(_limit(datetime.combine(day, time()) + day_starts_at(zone)), zone)


def first_instant(local: datetime, zone: tzinfo) -> datetime:
    """Return the first instant, in UTC, at which the local clock shows a naive time or, if it skips it, a later one."""
    instant = local.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    # The time zone skips this time. With the offset after the gap, it maps to an instant before the clock change; with
    # the offset before the gap, to the change or an instant after it. Bisect between the two instants, which works
    # because the change is on a whole second.
    before, after = local.replace(tzinfo=zone, fold=1).astimezone(UTC), instant
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(zone).replace(tzinfo=None) >= local:
            after = middle
        else:
            before = middle
    return after


def local_date(instant: datetime, zone: tzinfo) -> date:
    """Return the local day that contains an instant, limited to FIRST_DAY and LAST_DAY."""
    local = instant.astimezone(zone)
    start = day_starts_at(zone)
    day = (_limit(local.replace(tzinfo=None)) - start).date() if start else local.date()
    if local.fold and day < LAST_DAY and instant >= start_of_day(day + _DAY, zone):
        day += _DAY  # the clock was set back to a time before the start of the day
    # Valid times are between these days in UTC; in local time, they may be a day earlier or later.
    return min(max(day, FIRST_DAY), LAST_DAY)


def current_date(now: datetime) -> date:
    """Return the local day that contains `now`, in its time zone."""
    return local_date(now, now.tzinfo or UTC)


def start_of_week(day: date, zone: tzinfo) -> date:
    """Return the first day of the week that contains a day."""
    return day - min(timedelta(days=(day.weekday() - week_starts_on(zone)) % 7), day - date.min)


def time_within_day(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return the naive local time within a day at which the clock shows the time of day `clock`.

    >>> from tasktimer.core.calendar_zone import apply_calendar
    >>> zone = apply_calendar(UTC, timedelta(hours=4), 0)
    >>> [str(time_within_day(date(2026, 11, 25), time(hour), zone)) for hour in (4, 2)]
    ['2026-11-25 04:00:00', '2026-11-26 02:00:00']
    """
    start = datetime.combine(day, time()) + day_starts_at(zone)
    return start + (datetime.combine(day, clock) - start) % _DAY


def day_starts_at(zone: tzinfo) -> timedelta:
    """Return the time after midnight at which days start in a time zone, which is not zero in a `CalendarZone`."""
    start: timedelta = getattr(zone, "day_starts_at", _MIDNIGHT)
    return start


def week_starts_on(zone: tzinfo) -> int:
    """Return the weekday on which weeks start in a time zone, which is not 0, Monday, in a `CalendarZone`."""
    weekday: int = getattr(zone, "week_starts_on", 0)
    return weekday


def to_instant(local: datetime, zone: tzinfo) -> datetime:
    """Convert a naive local time to an instant in UTC.

    Raises:
        InvalidValue: if the clock skips this time or shows it twice; the hint contains the time with both offsets.
    """
    validate_date(local.date())
    earlier, later = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if earlier.utcoffset() == later.utcoffset():
        return earlier.astimezone(UTC)
    exists = earlier.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
    readings = " or ".join(reading.isoformat() for reading in (earlier, later))
    code, problem = ("ambiguous", "occurs twice") if exists else ("nonexistent", "does not exist")
    message = f"the time {local} {problem} in {zone} because the clocks go {'back' if exists else 'forward'} that day"
    raise InvalidValue(f"{code}-local-time", message, f"add the offset: {readings}")


def current_second(clock: Callable[[tzinfo], datetime], zone: tzinfo) -> datetime:
    """Return the current time of a clock in a time zone, truncated to whole seconds."""
    # Tables show whole seconds. If stored times have no fractions either, the lengths in a table add up to its total.
    return clock(zone).replace(microsecond=0)


def is_future(instant: datetime, now: datetime) -> bool:
    """Return whether an instant is later than the current second, which starts at `now`."""
    return instant.astimezone(UTC) - now.astimezone(UTC) >= _SECOND


def is_now(instant: datetime, now: datetime) -> bool:
    """Return whether an instant is in the current second, which starts at `now`."""
    return timedelta() <= instant.astimezone(UTC) - now.astimezone(UTC) < _SECOND


def is_ambiguous(local: datetime) -> bool:
    """Return whether an aware datetime's local time occurs twice because the clocks go back."""
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def validate_date(day: date) -> None:
    """Raise InvalidValue if a date is not between FIRST_DAY and LAST_DAY."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidValue("date-out-of-range", f"the date {day} is out of range", RANGE_HINT)


def next_occurrence(clock: time, earliest: datetime, zone: tzinfo) -> datetime:
    """Return, in UTC, the first instant at or after `earliest` at which the local clock shows the time of day `clock`.

    Raises:
        InvalidValue: if the local clock skips this time or shows it twice on the first possible day, or if the instant
            is out of range.

    >>> eleven = datetime(2023, 7, 16, 23, 0, tzinfo=UTC)
    >>> [str(next_occurrence(time(hour), eleven, UTC)) for hour in (23, 1)]
    ['2023-07-16 23:00:00+00:00', '2023-07-17 01:00:00+00:00']
    """
    # A clock that is set back across midnight repeats part of the previous date.
    day = max(earliest.astimezone(zone).date(), FIRST_DAY + _DAY) - _DAY
    while True:
        validate_date(day)
        local = datetime.combine(day, clock)
        # Ignore dates that the time zone skipped; a time that is skipped or shown twice is an error.
        latest = max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if not _is_skipped(day, zone) and latest >= earliest:
            return to_instant(local, zone)
        day += _DAY


def _is_skipped(day: date, zone: tzinfo) -> bool:
    """Return whether the local clock never shows a date."""
    start, end = (first_instant(datetime.combine(day, time()) + days * _DAY, zone) for days in (0, 1))
    return start == end


def _limit(local: datetime) -> datetime:
    return min(max(local, _FIRST_MIDNIGHT), _LAST_MIDNIGHT)


def add_duration(instant: datetime, duration: timedelta) -> datetime:
    """Add a duration, which can be negative, to an instant, and return the result in UTC.

    >>> str(add_duration(datetime(2024, 3, 31, 0, 30, tzinfo=UTC), timedelta(hours=2)))
    '2024-03-31 02:30:00+00:00'
    """
    try:
        shifted = instant.astimezone(UTC) + duration  # arithmetic on a local datetime ignores clock changes
    except OverflowError:
        text = format_duration(abs(duration))
        raise InvalidValue("invalid-duration", f"the duration {text} is too long", "use a shorter duration") from None
    validate_date(shifted.date())
    return shifted


def format_instant(instant: datetime, zone: tzinfo) -> str:
    """Format an instant as ISO 8601 in a time zone, or in UTC if the zone's offset is not a whole number of minutes.

    An offset of zero is written as Z.

    >>> from datetime import timezone
    >>> format_instant(datetime(1880, 1, 1, tzinfo=UTC), timezone(timedelta(minutes=53, seconds=28)))
    '1880-01-01T00:00:00Z'
    """
    text = instant.astimezone(zone).isoformat()
    # Local mean time, used before the introduction of time zones, has such offsets; RFC 3339 cannot express them.
    if text[-3:-2] == ":" and text[-9] in "+-":
        text = instant.astimezone(UTC).isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def format_duration(duration: timedelta) -> str:
    """Format a duration as hours, minutes and seconds, with a fraction if it is not a whole number of seconds.

    >>> format_duration(timedelta(days=1, minutes=5, seconds=3))
    '24:05:03'
    """
    seconds, microseconds = divmod(duration // timedelta(microseconds=1), 1_000_000)
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{microseconds:06}".rstrip("0") if microseconds else text


def format_seconds_decimal(duration: timedelta) -> str:
    """Format a duration as a decimal number of seconds, never with an exponent."""
    seconds = duration.days * 86_400 + duration.seconds
    return f"{seconds}.{duration.microseconds:06}".rstrip("0") if duration.microseconds else str(seconds)


def format_whole_seconds(duration: timedelta) -> str:
    """Format a duration, truncated to whole seconds.

    >>> format_whole_seconds(timedelta(hours=1, milliseconds=999))
    '1:00:00'
    """
    return format_duration(duration - duration % _SECOND)


def format_nonzero_duration(duration: timedelta) -> str:
    """Format a duration, truncated to whole seconds unless it is shorter than a second.

    >>> [format_nonzero_duration(timedelta(hours=hours, milliseconds=250)) for hours in (1, 0)]
    ['1:00:00', '0:00:00.25']
    """
    return format_whole_seconds(duration) if duration >= _SECOND else format_duration(duration)
