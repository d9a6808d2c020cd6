"""Where a page of tasks begins, and which time it is about."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from tasktimer.core.calendar import FIRST_DAY, LAST_DAY, check_day, first_instant
from tasktimer.core.interval import Window
from tasktimer.core.task import LARGEST_INTEGER, Place, Task
from tasktimer.core.timespec import parse_instant
from tasktimer.errors import InvalidValue, quoted
from tasktimer.store.queries import from_microseconds, to_microseconds

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PLACE = r"(-?[0-9]{1,18})\.([0-9]{1,19})"


def read_window(start: str | None, end: str | None, zone: tzinfo) -> Window:
    """The time from a date or an instant on, up to an instant or the end of a date; without bounds all time.

    Raises:
        InvalidValue: a bound cannot be read, or the end lies before the start.
    """
    first = datetime.combine(FIRST_DAY, time(), UTC) if start is None else _read_bound(start, zone, days=0)
    last = (
        datetime.combine(LAST_DAY, time(), UTC) + timedelta(days=1) if end is None else _read_bound(end, zone, days=1)
    )
    if last < first:
        raise InvalidValue("to-before-from", f"to ({quoted(end or '')}) lies before from ({quoted(start or '')})")
    return Window(first, last)


def next_of(task: Task) -> str:
    """What `after` takes to go on behind a task."""
    return urlsafe_b64encode(f"{to_microseconds(task.start_time)}.{task.id}".encode()).decode().rstrip("=")


def read_place(text: str) -> Place:
    """Read what `next_of` wrote.

    Raises:
        InvalidValue: it did not write this.
    """
    try:
        found = re.fullmatch(_PLACE, urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
        if found and int(found[2]) <= LARGEST_INTEGER:
            return Place(from_microseconds(int(found[1])), int(found[2]))
    except (ValueError, OverflowError):
        pass
    raise InvalidValue("invalid-place", f"cannot read after={quoted(text)}", "give the next of the page before")


def _read_bound(text: str, zone: tzinfo, *, days: int) -> datetime:
    try:
        if re.fullmatch(_DATE, text):
            day = date.fromisoformat(text)
            check_day(day)
            return first_instant(day + timedelta(days=days), zone)
    except ValueError:
        raise InvalidValue("invalid-date", f"there is no date {text}") from None
    if re.search(r" [0-9]{2}:?[0-9]{2}$", text):
        raise InvalidValue("invalid-time", f"cannot read the time {quoted(text)}", "in a URL a + is written %2B")
    return parse_instant(text)
