"""Cursors and time windows for lists of tasks."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo

from tasktimer.core.interval import Window
from tasktimer.core.local_time import start_of_day, validate_date
from tasktimer.core.task import MAX_INTEGER, Task
from tasktimer.core.task_filter import Cursor
from tasktimer.core.timeparse.date_ranges import ALL_DAYS
from tasktimer.core.timeparse.iso import parse_instant
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.store.statements.task_queries import from_microseconds, to_microseconds

# The format of the cursors from `encode_cursor`, also used in the OpenAPI document.
CURSOR_PATTERN = r"-?[0-9]{1,18}\.[0-9]{1,19}"

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ALL_TIME = ALL_DAYS.window(UTC)


def parse_window(start: str | None, end: str | None, zone: tzinfo) -> Window:
    """Return the window between two dates or instants; if `end` is a date, include the whole day.

    A bound of None means that the window is unlimited on that side.

    Raises:
        InvalidValue: if a bound cannot be parsed, or `end` is not later than `start`.
    """
    first = _ALL_TIME.start if start is None else _parse_bound(start, zone, days=0)
    last = _ALL_TIME.end if end is None else _parse_bound(end, zone, days=1)
    if last <= first:
        message = f"to={quote_value(end or '')} must be later than from={quote_value(start or '')}"
        raise InvalidValue(
            "to-before-from", message, "use a later value for 'to', which includes the whole day if it is a date"
        )
    return Window(first, last)


def encode_cursor(task: Task) -> str:
    """Return the cursor for the page after a task: the task's start, in microseconds since 1970, and its ID."""
    return f"{to_microseconds(task.start_time)}.{task.id}"


def decode_cursor(text: str) -> Cursor:
    """Parse a cursor, replacing a start or an ID that is out of range with the nearest valid value."""
    start, _, number = text.partition(".")
    bounded = min(max(int(start), to_microseconds(_ALL_TIME.start)), to_microseconds(_ALL_TIME.end))
    return Cursor(from_microseconds(bounded), min(int(number), MAX_INTEGER))


def parse_date(text: str) -> date:
    """Parse a date like 2023-07-16; raise InvalidValue if the text has another format or the date does not exist."""
    if re.fullmatch(_DATE, text):  # fromisoformat also accepts 20230716 and 2023-W28-7
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise InvalidValue("invalid-date", f"invalid date {quote_value(text)}", "use a format like 2023-07-16")


def _parse_bound(text: str, zone: tzinfo, *, days: int) -> datetime:
    if re.fullmatch(_DATE, text):
        day = parse_date(text)
        validate_date(day)
        return start_of_day(day + timedelta(days=days), zone)
    if re.search(r"[Tt:][0-9:.,]+ +[0-9]{2}(:?[0-9]{2})?$", text):  # an unescaped + in a URL is a space
        raise InvalidValue("invalid-time", f"invalid time {quote_value(text)}", "encode + as %2B in the URL")
    return parse_instant(text)
