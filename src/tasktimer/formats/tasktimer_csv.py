"""CSV as `tasktimer list --csv` prints it, and CSV for spreadsheets."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice

from tasktimer.core.task import COLUMNS, Task, parse_id, parse_user_id, task_fields
from tasktimer.core.text import escape_control_chars, normalize_nfc
from tasktimer.formats.csv_rows import Columns, Fields, csv_header, join_csv, read_csv
from tasktimer.formats.instants import parse_instant
from tasktimer.formats.reading import Item, ReadOptions
from tasktimer.formats.registry import WriteOptions
from tasktimer.formats.rows import RejectedRow, Rejection, Row
from tasktimer.formats.source import Source
from tasktimer.formats.spreadsheet_rows import spreadsheet_rows
from tasktimer.formats.text_cache import cache_short_texts

TITLE = "CSV"
ROW = "row"
HAS_OFFSETS = True

_COLUMNS = Columns(
    required=("description", "start_time", "end_time"), optional=("id", "user_id", "project", "tags", "note")
)
_ROWS_AT_ONCE = 500
_BYTE_ORDER_MARK = "\ufeff"


def recognize(source: Source) -> bool:
    """Return whether a file has only columns of tasks."""
    return set(_COLUMNS.required) <= csv_header(source, _COLUMNS) <= set(COLUMNS)


def read(source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:  # noqa: ARG001 (times have offsets)
    """Yield the rows of a file; `time_spent` is ignored, and an empty `end_time` means that a task is running."""
    return read_csv(source, _COLUMNS, _parse)


def join_rows(source: Source, rows: Iterable[str]) -> Iterator[str]:
    """Yield the text of a file that contains only these rows."""
    return join_csv(source, rows)


def write(tasks: Iterable[Task], options: WriteOptions) -> Iterator[str]:
    """Yield tasks as CSV, without any loss, or rows for spreadsheets, which cannot be imported again."""
    if options.for_spreadsheets:
        yield _BYTE_ORDER_MARK
        yield from _format(spreadsheet_rows(tasks, options), line_end="\r\n")
    else:
        yield from _format(_rows(tasks, options), line_end="\n")


def _rows(tasks: Iterable[Task], options: WriteOptions) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for task in tasks:
        yield task_fields(task, task.interval(options.now).duration, options.zone, escape_control_chars)


def _format(rows: Iterator[tuple[str, ...]], line_end: str) -> Iterator[str]:
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        text = StringIO()
        csv.writer(text, lineterminator=line_end).writerows(some)
        yield text.getvalue()


def _parse(item: Item, fields: Fields) -> Row:
    description, start, end, task_id, user_id, project, tags, note = fields
    if not start:
        raise Rejection("start_time is missing")
    return Row(
        *item,
        parse_instant("start_time", start),
        parse_instant("end_time", end) if end else None,
        description,
        project or None,
        _split_tags(tags) if tags else (),
        note or None,
        task_id=parse_id(task_id) if task_id else None,
        user_id=_parse_user_id(user_id) if user_id else None,
    )


_parse_user_id = cache_short_texts(parse_user_id)


@cache_short_texts
def _split_tags(tags: str) -> tuple[str, ...]:
    return tuple(sorted({normalize_nfc(tag) for tag in map(str.strip, tags.split(",")) if tag}))
