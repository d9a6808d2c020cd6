"""Gaps: the untracked time of local days."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from tasktimer.core.coverage import uncovered
from tasktimer.core.interval import Interval, Window
from tasktimer.core.local_time import day_starts_at, first_instant, format_instant, is_ambiguous, next_occurrence
from tasktimer.core.timeparse.clocks import find_time_of_day, normalize
from tasktimer.core.timeparse.suggestions import suggest_clocks
from tasktimer.core.timesheet import Timesheet
from tasktimer.errors import InvalidValue, quote_value

_DAY = timedelta(days=1)
# Gaps of a minute are listed by default; shorter ones rarely matter.
JUST_UNDER_A_MINUTE = timedelta(minutes=1) - timedelta.resolution


class Hours(NamedTuple):
    """The hours of each local day in which to look for gaps, as clock times relative to the start of the day.

    None stands for the start of the day's first task, or the end of its last task.
    """

    start: timedelta | None = None
    end: timedelta | None = None


class GapQuery(NamedTuple):
    """Which gaps to find: their hours and length, and whether to include days without tasks."""

    hours: Hours = Hours()
    longer_than: timedelta = JUST_UNDER_A_MINUTE
    all_days: bool = False


class DayGaps(NamedTuple):
    """The gaps of a local day, in order."""

    day: date
    gaps: Sequence[Interval]


def parse_hours(start: str | None, end: str | None, zone: tzinfo) -> Hours:
    """Parse the times of day between which to look for gaps; None means that the bound is not given.

    >>> [str(bound) for bound in parse_hours("9:00", "0:00", UTC)]
    ['9:00:00', '1 day, 0:00:00']
    """
    first = None if start is None else _after_start_of_day(start, zone)
    # As an end, midnight is the one at the end of the day.
    last = None if end is None else _after_start_of_day(end, zone) or _DAY
    if first is not None and last is not None and last <= first:
        message = f"the end {quote_value(end or '')} is not after the start {quote_value(start or '')}"
        raise InvalidValue("to-before-from", message, "use a later end; the hours must be within one day")
    return Hours(first, last)


def _after_start_of_day(text: str, zone: tzinfo) -> timedelta:
    clock = find_time_of_day(text)
    if clock is None:
        hint = suggest_clocks(normalize(text)) or "use a time of day, such as 9:00"
        raise InvalidValue("invalid-time", f"invalid time of day {quote_value(text)}", hint)
    since_midnight = datetime.combine(date.min, clock) - datetime.combine(date.min, time())
    return (since_midnight - day_starts_at(zone)) % _DAY


def find_gaps(days: Iterable[tuple[date, Timesheet]], query: GapQuery, now: datetime) -> list[DayGaps]:
    """Return the gaps of each day, in the time zone of `now` and up to `now`, without days that have no gap.

    A day without tasks has a gap only if both of its hours are given.
    """
    found: list[DayGaps] = []
    for day, sheet in days:
        parts = [entry.part for entry in sheet.entries]
        span = _span(day, parts, query.hours, now)
        gaps = [] if span is None else uncovered(parts, span)
        if long := [gap for gap in gaps if gap.duration > query.longer_than]:
            found.append(DayGaps(day, long))
    return found


def _span(day: date, parts: Sequence[Interval], hours: Hours, now: datetime) -> Window | None:
    """Return the part of a day in which to look for gaps, if any."""
    if not parts and None in hours:
        return None
    zone = now.tzinfo or UTC
    begin = datetime.combine(day, time()) + day_starts_at(zone)
    start, end = (None if bound is None else first_instant(begin + bound, zone) for bound in hours)
    start = start or min(part.start for part in parts)
    end = min(now.astimezone(UTC), end or max(part.end for part in parts))
    return Window(start, end) if start < end else None


def format_for_typing(gap: Interval, zone: tzinfo, *, with_offset: bool) -> tuple[str, str]:
    """Return a gap's start and end as a user can type them for a task, with UTC offsets only if necessary.

    Pass `with_offset` if the task may be tracked in another time zone.

    >>> gap = Interval(datetime(2023, 7, 16, 22, tzinfo=UTC), datetime(2023, 7, 17, tzinfo=UTC))
    >>> format_for_typing(gap, UTC, with_offset=False)
    ('2023-07-16T22:00', '00:00')
    """
    start, end = (_format(instant, zone, with_offset=with_offset) for instant in (gap.start, gap.end))
    if with_offset or not _is_next_occurrence(gap.end, gap.start, zone):
        return start, end
    return start, end[-len(_clock(gap.end.astimezone(zone))) :]


def _format(instant: datetime, zone: tzinfo, *, with_offset: bool) -> str:
    local = instant.astimezone(zone)
    text = f"{local.date()}T{_clock(local)}"
    if not (with_offset or is_ambiguous(local)):
        return text
    exact = format_instant(instant, zone)
    offset = exact.removeprefix(local.replace(tzinfo=None).isoformat())
    return exact if offset == exact else text + offset  # an offset with seconds is written as UTC


def _clock(local: datetime) -> str:
    return local.time().isoformat("auto" if local.second or local.microsecond else "minutes")


def _is_next_occurrence(end: datetime, start: datetime, zone: tzinfo) -> bool:
    """Return whether a bare time of day would be read as this end: not if the clock first skips or repeats it."""
    try:
        return next_occurrence(end.astimezone(zone).time(), start, zone) == end
    except InvalidValue:
        return False
