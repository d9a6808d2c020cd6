"""JSON lines of tasktimer: a task on each line, with the keys of `tasktimer list --json`."""

import re
from collections.abc import Iterable, Iterator
from json import JSONDecoder

from tasktimer.core.task import Task
from tasktimer.formats.json_values import line_values
from tasktimer.formats.reading import ReadOptions, join_lines, parse_rows
from tasktimer.formats.registry import WriteOptions
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source
from tasktimer.formats.task_records import COMPACT, format_records, is_record, parse_record
from tasktimer.formats.tasktimer_json import FIRST_KEYS

TITLE = "JSON lines"
ROW = "line"
HAS_OFFSETS = True


def recognize(source: Source) -> bool:
    """Return whether the first line of a file that is not blank is a task."""
    line = next(iter(source.head_text.lstrip().split("\n", 1)), "")
    try:
        return is_record(JSONDecoder().decode(line))
    except (ValueError, RecursionError):
        return re.match(FIRST_KEYS, line) is not None and "\n" not in source.head_text.strip()


def read(source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:  # noqa: ARG001 (times have an offset)
    """Yield the tasks of the lines."""
    return parse_rows(line_values(source), parse_record)


def join_rows(source: Source, rows: Iterable[str]) -> Iterator[str]:  # noqa: ARG001 (lines have no header)
    """Yield these lines."""
    return join_lines(rows)


def write(tasks: Iterable[Task], options: WriteOptions) -> Iterator[str]:
    """Yield each task as a line of JSON."""
    return format_records(tasks, options.now, options.zone, COMPACT)
