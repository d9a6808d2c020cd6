"""Tasks as rows for spreadsheets, with dates, times and hours that Excel and LibreOffice recognize as such."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo

from tasktimer.core.local_time import is_ambiguous
from tasktimer.core.task import Task
from tasktimer.core.text import escape_control_chars
from tasktimer.formats.other_files import SPREADSHEET_COLUMNS
from tasktimer.formats.registry import Loss, WriteOptions

# Spreadsheets run a cell that begins with one of these characters as a formula; the wide ones in East Asian versions.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def spreadsheet_rows(tasks: Iterable[Task], options: WriteOptions) -> Iterator[tuple[str, ...]]:
    """Yield a header, and a row for each task.

    A task belongs to the date on which it starts, with all of its hours, so that sums of hours are right and a task is
    one line of an invoice. If it ends on another date, this date is in the column `end`. A running task has no end,
    but the hours until now.
    """
    yield SPREADSHEET_COLUMNS
    for task in tasks:
        texts = (task.project or "", task.description, ",".join(task.tags), task.note or "")
        escaped = tuple(map(escape_control_chars, texts))
        shown = tuple(map(_neutralize, escaped))
        options.losses.update(_losses(task, options.zone, is_escaped=escaped != texts, has_formula=shown != escaped))
        start = task.start_time.astimezone(options.zone)
        end = "" if task.end_time is None else _format_end(task.end_time.astimezone(options.zone), start)
        hours = _format_hours(task.interval(options.now).duration)
        yield (start.date().isoformat(), _format_time(start), end, hours, str(task.user_id), *shown)


def _format_end(end: datetime, start: datetime) -> str:
    return _format_time(end) if end.date() == start.date() else f"{end.date()} {_format_time(end)}"


def _format_time(time: datetime) -> str:
    return time.time().isoformat("seconds")


def _format_hours(duration: timedelta) -> str:
    """Return a decimal number of hours that is exact to a hundredth of a second.

    >>> _format_hours(timedelta(hours=1, minutes=20)), _format_hours(timedelta(hours=8))
    ('1.333333', '8')
    """
    return f"{duration / timedelta(hours=1):.6f}".rstrip("0").rstrip(".")


def _neutralize(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _losses(task: Task, zone: tzinfo, *, is_escaped: bool, has_formula: bool) -> Iterator[Loss]:
    times = [time for time in (task.start_time, task.end_time) if time is not None]
    if is_escaped:
        yield Loss.TEXT
    if has_formula:
        yield Loss.FORMULA
    if any(time.microsecond for time in times):
        yield Loss.FRACTION
    if any(is_ambiguous(time.astimezone(zone)) for time in times):
        yield Loss.OFFSET
