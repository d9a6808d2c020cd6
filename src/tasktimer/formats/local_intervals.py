"""Local times of rows as instants, also when the clock is changed."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as clock
from functools import lru_cache

from tasktimer.core.local_time import validate_date
from tasktimer.formats.rows import Adaptation, Rejection


def to_interval(
    start: datetime,
    end: datetime | None,
    zone: tzinfo,
    length: timedelta | None = None,
    *,
    precision: timedelta = timedelta.resolution,
) -> tuple[datetime, datetime | None, tuple[Adaptation, ...]]:
    """Return the instants of local times, in UTC, and LENGTH_DIFFERS if the file contains another length.

    A naive time is in `zone`. If the clock skips it or shows it twice, use the reading with which the length is as in
    the file. Lengths that differ by less than `precision` are the same, such as a minute in a file without seconds.

    Raises:
        Rejection: if there is no such reading, or more than one.
        InvalidValue: if a date is out of range.
    """
    starts = _readings(start, zone)
    ends = [None] if end is None else _readings(end, zone)
    if len(starts) == len(ends) == 1:
        first, last = starts[0], ends[0]
        differs = length is not None and last is not None and abs(last - first - length) >= precision
        return first, last, (Adaptation.LENGTH_DIFFERS,) if differs else ()
    if length is not None:
        fitting = [
            (first, last) for first in starts for last in ends if last and abs(last - first - length) < precision
        ]
        if len(fitting) == 1:
            return (*fitting[0], ())
    raise Rejection(_ambiguity(start if len(starts) > 1 else end or start, zone))


def _readings(time: datetime, zone: tzinfo) -> list[datetime]:
    """Return the instants that a time may stand for, without those that are out of range."""
    day = time.date()
    if time.tzinfo is not None:
        validate_date(day)
        return [time.astimezone(UTC)]
    if _has_one_offset(day, zone):
        return [datetime.combine(day, time.time(), zone).astimezone(UTC)]
    readings = {time.replace(tzinfo=zone, fold=fold).astimezone(UTC): None for fold in (0, 1)}
    return list(readings)


@lru_cache(maxsize=1024)  # files contain many times of each day
def _has_one_offset(day: date, zone: tzinfo) -> bool:
    """Return whether the clock is not changed on a day, which no zone does twice a day."""
    validate_date(day)
    start = datetime.combine(day, clock(), zone)
    end = datetime.combine(day + timedelta(days=1), clock(fold=1), zone)
    return start.utcoffset() == end.utcoffset()


def _ambiguity(time: datetime, zone: tzinfo) -> str:
    exists = time.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == time
    return f"{time} {'occurs twice' if exists else 'does not exist'} in {zone}"
