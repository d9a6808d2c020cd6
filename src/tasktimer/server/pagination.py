"""Where a page of tasks begins, and which time it is about."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from tasktimer.core.interval import Window
from tasktimer.core.local_time import check_day, first_instant
from tasktimer.core.pagination import Place
from tasktimer.core.task import LARGEST_INTEGER, Task
from tasktimer.core.timeparse.date_ranges import ALL_DAYS
from tasktimer.core.timeparse.iso import parse_instant
from tasktimer.errors import InvalidValue, quoted
from tasktimer.store.statements.task_queries import from_microseconds, to_microseconds

# The shape of what `next_of` writes, for OpenAPI too.
PLACE = r"-?[0-9]{1,18}\.[0-9]{1,19}"

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ALL_TIME = ALL_DAYS.window(UTC)


def read_window(start: str | None, end: str | None, zone: tzinfo) -> Window:
    """The time from a date or an instant on, up to an instant or the end of a date; without bounds all time.

    Raises:
        InvalidValue: a bound cannot be read, or there is no time between them.
    """
    first = _ALL_TIME.start if start is None else _read_bound(start, zone, days=0)
    last = _ALL_TIME.end if end is None else _read_bound(end, zone, days=1)
    if last <= first:
        what = f"to={quoted(end or '')} does not lie behind from={quoted(start or '')}"
        raise InvalidValue("to-before-from", what, "to as a date counts to its end")
    return Window(first, last)


def next_of(task: Task) -> str:
    """What `after` takes to go on behind a task: its start, in microseconds since 1970, and its id."""
    return f"{to_microseconds(task.start_time)}.{task.id}"


def read_place(text: str) -> Place:
    """Read text of the shape PLACE, which is that of `next_of`; a place out of range is before or behind all tasks."""
    start, _, number = text.partition(".")
    bounded = min(max(int(start), to_microseconds(_ALL_TIME.start)), to_microseconds(_ALL_TIME.end))
    return Place(from_microseconds(bounded), min(int(number), LARGEST_INTEGER))


def _read_bound(text: str, zone: tzinfo, *, days: int) -> datetime:
    try:
        if re.fullmatch(_DATE, text):
            day = date.fromisoformat(text)
            check_day(day)
            return first_instant(day + timedelta(days=days), zone)
    except ValueError:
        raise InvalidValue("invalid-date", f"there is no date {text}", "write it like 2023-07-16") from None
    if re.search(r"[Tt:][0-9:.,]+ +[0-9]{2}(:?[0-9]{2})?$", text):  # in a URL a bare plus is a space
        raise InvalidValue("invalid-time", f"cannot read the time {quoted(text)}", "in a URL a + is written %2B")
    return parse_instant(text)
