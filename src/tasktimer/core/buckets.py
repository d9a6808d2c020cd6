"""The buckets of a report: runs of local days, or hours of the local clock, that share a label."""

from collections.abc import Callable, Iterator, Sequence
from datetime import MAXYEAR, date, datetime, timedelta, tzinfo
from itertools import groupby, islice, pairwise
from typing import NamedTuple

from tasktimer.core.interval import Window
from tasktimer.core.local_time import local_date, start_of_day, start_of_week, week_starts_on
from tasktimer.errors import InvalidValue

MAX_BUCKETS = 20_000
DATE_KEYS = ("day", "week", "month", "quarter", "year")
TIME_KEYS = ("hour", "weekday", *DATE_KEYS)

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LARGER = {"day": "week", "week": "month", "month": "quarter", "quarter": "year"}


class Bucket(NamedTuple):
    """A window of a report, with a label for each of its time keys."""

    labels: tuple[str, ...]
    window: Window


def split_window(window: Window, keys: Sequence[str], zone: tzinfo, *, by_day: bool = False) -> list[Bucket]:
    """Split a window into consecutive buckets for time keys; with `by_day`, split also at the start of each local day.

    A day that the time zone skipped has an empty bucket; an empty window has none.

    Raises:
        InvalidValue: if there are more than MAX_BUCKETS.

    >>> from datetime import UTC
    >>> window = Window(datetime(2024, 2, 28, tzinfo=UTC), datetime(2024, 3, 2, tzinfo=UTC))
    >>> [(*bucket.labels, bucket.window.duration.days) for bucket in split_window(window, ["month"], UTC)]
    [('2024-02', 2), ('2024-03', 1)]
    """
    if not window.duration:
        return []
    first, last = (local_date(instant, zone) for instant in (window.start, window.end - timedelta.resolution))
    steps = {"day"} if by_day or {"hour", "weekday"}.intersection(keys) else set(keys)
    days = list(islice(_starts(first, last, steps, zone), MAX_BUCKETS + 1))
    if len(days) > MAX_BUCKETS:
        unit = next(key for key in TIME_KEYS if key in steps)
        raise _too_many_error(unit, None if by_day or "weekday" in keys else _LARGER.get(unit))
    labels = [tuple(_LABELS[key](day, zone) for key in keys if key != "hour") for day in days]
    instants = [window.start, *(start_of_day(day, zone) for day in days[1:]), window.end]
    buckets = [Bucket(names, Window(*bounds)) for names, bounds in zip(labels, pairwise(instants), strict=True)]
    return _split_hours(buckets, keys, zone) if "hour" in keys else buckets


def weekday_names(zone: tzinfo) -> list[str]:
    """Return the labels of the key `weekday`, in the order of the week."""
    start = week_starts_on(zone)
    return [f"{date(2024, 1, 1) + timedelta(days=start + number):%A}" for number in range(7)]


def _starts(first: date, last: date, keys: set[str], zone: tzinfo) -> Iterator[date]:
    """Yield the first day, and each later day up to the last on which a day, week, month, quarter or year begins."""
    day = first
    while day <= last:
        yield day
        if not keys:
            return
        day = min(_next_start(day, key, zone) for key in keys)


def _next_start(day: date, key: str, zone: tzinfo) -> date:
    """Return the first day of the next day, week, month, quarter or year."""
    if key == "day":
        return day + _DAY
    if key == "week":
        return day + min(start_of_week(day, zone) - day + 7 * _DAY, date.max - day)
    months = _MONTHS[key]
    number = (day.year * 12 + day.month - 1) // months * months + months
    return date(number // 12, number % 12 + 1, 1) if number < MAXYEAR * 12 + 12 else date.max


def _split_hours(buckets: Sequence[Bucket], keys: Sequence[str], zone: tzinfo) -> list[Bucket]:
    """Split the buckets of days at the hours of the local clock."""
    place = keys.index("hour")
    split: list[Bucket] = []
    for labels, window in buckets:
        for hour, part in _hours(window, zone):
            split.append(Bucket((*labels[:place], hour, *labels[place:]), part))
            if len(split) > MAX_BUCKETS:
                raise _too_many_error("hour", None if "weekday" in keys else "day")
    return split


def _hours(window: Window, zone: tzinfo) -> Iterator[tuple[str, Window]]:
    """Yield the hours of the local clock within a window; an hour that the clock repeats is as long as both."""
    for hour, parts in groupby(hours_of_clock(window, zone), lambda part: part[0]):
        windows = [part for _, part in parts]
        yield f"{hour:02}:00", Window(windows[0].start, windows[-1].end)


def hours_of_clock(window: Window, zone: tzinfo) -> Iterator[tuple[int, Window]]:
    """Yield each hour that the local clock shows within a window; an hour that it repeats is yielded twice."""
    start = window.start
    while start < window.end:
        local = start.astimezone(zone)
        end = min(window.end, start + _HOUR - timedelta(0, local.second, local.microsecond, 0, local.minute))
        if end.astimezone(zone).utcoffset() != local.utcoffset():
            end = _clock_change(start, end, zone)
        yield local.hour, Window(start, end)
        start = end


def _clock_change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the first instant, on a whole second, with another offset than `before`; `after` has another one."""
    offset = before.astimezone(zone).utcoffset()
    low, high = before.replace(microsecond=0), after
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == offset else (low, middle)
    return high


def _week(day: date, zone: tzinfo) -> str:
    if week_starts_on(zone):
        return start_of_week(day, zone).isoformat()
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


_LABELS: dict[str, Callable[[date, tzinfo], str]] = {
    "weekday": lambda day, _: f"{day:%A}",
    "day": lambda day, _: day.isoformat(),
    "week": _week,
    "month": lambda day, _: day.isoformat()[:7],
    "quarter": lambda day, _: f"{day.year:04}-Q{(day.month + 2) // 3}",
    "year": lambda day, _: f"{day.year:04}",
}


def _too_many_error(unit: str, larger: str | None) -> InvalidValue:
    """Return an error that names the unit of time that is too short, and the unit to use instead, if any."""
    message = f"the range has more than {MAX_BUCKETS:,} {unit}s"
    if larger is None:
        return InvalidValue("too-many-buckets", message, "use a shorter range")
    return InvalidValue("too-many-buckets", message, context={"larger": larger})
