"""A time of day alone, as an instant at or after another one."""

from datetime import UTC, datetime, time, timedelta, tzinfo

from tasktimer.core.calendar import FIRST_DAY, local_day, to_instant


def first_at(clock: time, earliest: datetime, zone: tzinfo) -> datetime:
    """The first instant, in UTC, at or after another one, at which the zone's clock shows this time of day.

    Raises:
        InvalidValue: before that the clock skips it, or it shows it twice then; both readings are named. Or it is out
            of range.

    >>> eleven = datetime(2023, 7, 16, 23, 0, tzinfo=UTC)
    >>> [str(first_at(time(hour), eleven, UTC)) for hour in (23, 1)]
    ['2023-07-16 23:00:00+00:00', '2023-07-17 01:00:00+00:00']
    """
    # Where a clock is put back over midnight, the date is, too.
    day = max(earliest.astimezone(zone).date(), FIRST_DAY + timedelta(days=1)) - timedelta(days=1)
    while True:
        local = datetime.combine(day, clock)
        # On a date that the zone skipped, no time is meant; a time that is skipped or shown twice may be.
        if local_day(day, zone).duration and _latest_reading(local, zone) >= earliest:
            return to_instant(local, zone)
        day += timedelta(days=1)


def _latest_reading(local: datetime, zone: tzinfo) -> datetime:
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
