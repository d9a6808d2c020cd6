"""JSON of tasktimer: a list of tasks, as `tasktimer list --json` prints it."""

import re
from collections.abc import Iterable, Iterator
from json import JSONDecoder

from tasktimer.core.task import Task
from tasktimer.formats.json_values import list_values
from tasktimer.formats.reading import ReadOptions, join_json, parse_rows
from tasktimer.formats.registry import WriteOptions
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source
from tasktimer.formats.task_records import INDENTED, format_records, is_record, parse_record

TITLE = "JSON"
ROW = "task"
HAS_OFFSETS = True

# The start of a task that tasktimer has written, because a task may be longer than what is read to recognize a format.
FIRST_KEYS = r'\{\s*"id":\s*[0-9]+,\s*"user_id":\s*[0-9]+,\s*"description":\s*"'
_LIST = r"\s*\[\s*"


def recognize(source: Source) -> bool:
    """Return whether a file is a JSON list whose first value is a task."""
    text = source.head_text
    if not (start := re.match(_LIST, text)):
        return False
    try:
        return is_record(JSONDecoder().raw_decode(text, start.end())[0])
    except (ValueError, RecursionError):
        return re.match(FIRST_KEYS, text[start.end() :]) is not None


def read(source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:  # noqa: ARG001 (times have an offset)
    """Yield the tasks of a list."""
    return parse_rows(list_values(source, ROW), parse_record)


def join_rows(source: Source, rows: Iterable[str]) -> Iterator[str]:  # noqa: ARG001 (a list has no header)
    """Yield a list of these tasks."""
    return join_json(rows)


def write(tasks: Iterable[Task], options: WriteOptions) -> Iterator[str]:
    """Yield tasks as a JSON list, as `tasktimer list --json` prints them."""
    before = "[\n  "
    for record in format_records(tasks, options.now, options.zone, INDENTED):
        yield before + record
        before = ",\n  "
    yield "\n]\n" if before.startswith(",") else "[]\n"
