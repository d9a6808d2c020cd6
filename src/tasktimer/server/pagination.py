"""Cursors and limits of lists, and dates in parameters."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime

from tasktimer.core.local_time import current_date
from tasktimer.core.task import MAX_INTEGER, Task, parse_positive
from tasktimer.core.task_filter import Cursor
from tasktimer.core.timeparse.date_ranges import ALL_DAYS
from tasktimer.core.timeparse.dates import parse_date as parse_any_date
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.store.statements.task_queries import from_microseconds, to_microseconds

# The format of the cursors from `encode_cursor`, also used in the OpenAPI document.
CURSOR_PATTERN = r"-?[0-9]{1,18}\.[0-9]{1,19}"

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ALL_TIME = ALL_DAYS.window(UTC)


def encode_cursor(task: Task) -> str:
    """Return the cursor for the page after a task: the task's start, in microseconds since 1970, and its ID."""
    return f"{to_microseconds(task.start_time)}.{task.id}"


def decode_cursor(text: str) -> Cursor:
    """Parse a cursor, replacing a start or an ID that is out of range with the nearest valid value."""
    start, _, number = text.partition(".")
    bounded = min(max(int(start), to_microseconds(_ALL_TIME.start)), to_microseconds(_ALL_TIME.end))
    return Cursor(from_microseconds(bounded), min(int(number), MAX_INTEGER))


def parse_limit(text: str, *, most: int) -> int:
    """Parse the maximum number of items in a response, which may be at most `most`."""
    with suppress(InvalidValue):
        if (number := parse_positive(text, noun="limit", code="invalid-limit")) <= most:
            return number
    raise InvalidValue("invalid-limit", f"invalid limit {quote_value(text)}", f"use an integer from 1 to {most}")


def parse_date(text: str, now: datetime) -> date:
    """Parse a date as the command line does: 2023-07-16, yesterday, monday or last monday."""
    if re.fullmatch(_DATE, text):  # fast path; fromisoformat also accepts 20230716 and 2023-W28-7
        with suppress(ValueError):
            return date.fromisoformat(text)
    return parse_any_date(text, current_date(now))
