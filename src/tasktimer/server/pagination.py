"""Cursors for lists of tasks, and dates in parameters."""

import re
from contextlib import suppress
from datetime import UTC, date

from tasktimer.core.task import MAX_INTEGER, Task
from tasktimer.core.task_filter import Cursor
from tasktimer.core.timeparse.date_ranges import ALL_DAYS
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


def parse_date(text: str) -> date:
    """Parse a date like 2023-07-16; raise InvalidValue if the text has another format or the date does not exist."""
    if re.fullmatch(_DATE, text):  # fromisoformat also accepts 20230716 and 2023-W28-7
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise InvalidValue("invalid-date", f"invalid date {quote_value(text)}", "use a format like 2023-07-16")
