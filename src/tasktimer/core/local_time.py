"""Local days as windows of instants, and local clock times as instants."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from tasktimer.core.interval import Window
from tasktimer.errors import InvalidValue

# Every zone's window of these days, and the day after, can be written in UTC.
FIRST_DAY = date(1, 1, 2)
LAST_DAY = date(9999, 12, 30)
RANGE_HINT = f"give one from {FIRST_DAY} to {LAST_DAY}"


@lru_cache(maxsize=1024)  # a server is asked for the same few days again and again
def day_window(day: date, zone: tzinfo) -> Window:
    """The window of a calendar date in a zone: 23, 24, 24.5 or 25 hours, or empty where a zone skipped the date.

    Raises:
        InvalidValue: the date is not between FIRST_DAY and LAST_DAY.
    """
    validate_date(day)
    return Window(start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone))


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The earliest instant, in UTC, at which the zone's clock shows this date or a later one."""
    midnight = datetime.combine(day, time(), tzinfo=zone)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    # Midnight was skipped. With the offset after the gap it maps to an instant before the change of the clock, with
    # the one before to an instant not before it: the change, always on a whole second, lies between.
    before, after = midnight.replace(fold=1).astimezone(UTC), instant
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(zone).date() >= day:
            after = middle
        else:
            before = middle
    return after


def to_instant(local: datetime, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which the zone's clock shows this naive local time.

    Raises:
        InvalidValue: the clock never shows it, or shows it twice; both readings are named.
    """
    validate_date(local.date())
    earlier, later = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if earlier.utcoffset() == later.utcoffset():
        return earlier.astimezone(UTC)
    exists = earlier.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
    readings = " and ".join(reading.isoformat(timespec="auto") for reading in (earlier, later))
    raise InvalidValue(
        "repeated-local-time" if exists else "skipped-local-time",
        f"{local} {'happens twice' if exists else 'does not exist'} in {zone}, where the clock changes",
        f"give its offset; the two readings are {readings}",
    )


def is_ambiguous(local: datetime) -> bool:
    """Whether the clock of its zone shows this aware local time twice."""
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def validate_date(day: date) -> None:
    """Refuse a date whose window, or whose neighbour's, cannot be written in UTC.

    Raises:
        InvalidValue: the date is not between FIRST_DAY and LAST_DAY.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidValue("date-out-of-range", f"the date {day} is out of range", RANGE_HINT)


def next_occurrence(clock: time, earliest: datetime, zone: tzinfo) -> datetime:
    """The first instant, in UTC, at or after another one, at which the zone's clock shows this time of day.

    Raises:
        InvalidValue: before that the clock skips it, or it shows it twice then; both readings are named. Or it is out
            of range.

    >>> eleven = datetime(2023, 7, 16, 23, 0, tzinfo=UTC)
    >>> [str(next_occurrence(time(hour), eleven, UTC)) for hour in (23, 1)]
    ['2023-07-16 23:00:00+00:00', '2023-07-17 01:00:00+00:00']
    """
    # Where a clock is put back over midnight, the date is, too.
    day = max(earliest.astimezone(zone).date(), FIRST_DAY + timedelta(days=1)) - timedelta(days=1)
    while True:
        local = datetime.combine(day, clock)
        # On a date that the zone skipped, no time is meant; a time that is skipped or shown twice may be.
        if day_window(day, zone).duration and _latest_reading(local, zone) >= earliest:
            return to_instant(local, zone)
        day += timedelta(days=1)


def _latest_reading(local: datetime, zone: tzinfo) -> datetime:
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def add_duration(instant: datetime, duration: timedelta) -> datetime:
    """The instant, in UTC, that lies a duration after another one, or before it where that is negative.

    Raises:
        InvalidValue: it is out of range.

    >>> str(add_duration(datetime(2024, 3, 31, 0, 30, tzinfo=UTC), timedelta(hours=2)))
    '2024-03-31 02:30:00+00:00'
    """
    try:
        shifted = instant.astimezone(UTC) + duration  # arithmetic on a local datetime is on its wall clock
    except OverflowError:
        from tasktimer.core.timeformat import format_duration  # lazy: errors

        text = format_duration(abs(duration))
        raise InvalidValue("invalid-duration", f"the duration {text} is too long", "give a shorter one") from None
    validate_date(shifted.date())
    return shifted
