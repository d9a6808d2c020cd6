"""iCalendar files (RFC 5545), with an event for each task."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from tasktimer.core.task import Task
from tasktimer.core.text import escape_control_chars
from tasktimer.formats.registry import Loss, WriteOptions

TITLE = "iCalendar"

_LONGEST = 75  # bytes of a line
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def write(tasks: Iterable[Task], options: WriteOptions) -> Iterator[str]:
    """Yield a calendar with an event for each task; running tasks end now.

    The project is the first category. Outlook and Thunderbird show categories; Google Calendar ignores them.
    """
    yield "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//tasktimer//tasktimer//EN\r\n"
    stamp = _format_time(options.now)
    first_user = None
    for task in tasks:
        first_user = task.user_id if first_user is None else first_user
        options.losses.update(_losses(task, first_user))
        yield "".join(map(_fold, _event(task, options.now, stamp)))
    yield "END:VCALENDAR\r\n"


def _event(task: Task, now: datetime, stamp: str) -> Iterator[str]:
    start = _format_time(task.start_time)
    end = _format_time(task.end_time or max(now, task.start_time))
    yield "BEGIN:VEVENT"
    # An ID is unique only within a database.
    yield f"UID:{task.id}-{start}@tasktimer"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART:{start}"
    if end > start:  # an event without an end is valid, one of no length is not
        yield f"DTEND:{end}"
    yield f"SUMMARY:{_escape(task.description)}"
    if categories := [*([task.project] if task.project else []), *task.tags]:
        yield f"CATEGORIES:{','.join(map(_escape, categories))}"
    if task.note:
        yield f"DESCRIPTION:{_escape(task.note)}"
    yield "TRANSP:TRANSPARENT"  # the time is not marked as busy
    yield "END:VEVENT"


def _losses(task: Task, first_user: int) -> Iterator[Loss]:
    if task.user_id != first_user:
        yield Loss.USER
    if task.running:
        yield Loss.ENDED
    if task.start_time.microsecond or (task.end_time and task.end_time.microsecond):
        yield Loss.FRACTION
    texts = (task.description, task.project or "", *task.tags, task.note or "")
    if any(escape_control_chars(text) != text for text in texts):
        yield Loss.TEXT


def _format_time(instant: datetime) -> str:
    """Return an instant as a UTC time without fractions, such as 20230716T091405Z."""
    return re.sub("[-:]", "", instant.astimezone(UTC).isoformat()[:19]) + "Z"


def _escape(text: str) -> str:
    return escape_control_chars(text).translate(_ESCAPES)


def _fold(line: str) -> str:
    r"""Return a line with its ending, continued on further lines if it is too long; each of these begins with a space.

    >>> _fold("x" * 80)[72:]
    'xxx\r\n xxxxx\r\n'
    """
    rest = line.encode()
    if len(rest) <= _LONGEST:
        return f"{line}\r\n"
    lines: list[bytes] = []
    while len(rest) > (size := _LONGEST - bool(lines)):  # the space counts
        while rest[size] & 0xC0 == 0x80:  # do not split a character
            size -= 1
        lines.append(rest[:size])
        rest = rest[size:]
    return b"\r\n ".join([*lines, rest]).decode() + "\r\n"
