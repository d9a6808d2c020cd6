"""Timewarrior: its folder, its data files, and its export in JSON, also as extensions receive it.

A tag of several words is the description, and a tag such as `project:acme/web` the project. When a task is written, a
description of a single word is the annotation, because it would be read as a tag otherwise; if there is a note, it is a
tag with a space after it. The description `untitled` is left out. Data files can be read by all versions of
Timewarrior; they must be named after the month in which their intervals start, such as `2024-03.data`.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import dropwhile
from typing import Any

from tasktimer.core.task import Task
from tasktimer.formats.json_values import list_values
from tasktimer.formats.overlaps import Part, check_overlaps, cut_overlaps
from tasktimer.formats.reading import Item, ReadOptions, join_json, join_lines, parse_rows
from tasktimer.formats.registry import Loss, WriteOptions
from tasktimer.formats.rows import RejectedRow, Rejection, Row
from tasktimer.formats.source import Source
from tasktimer.formats.timewarrior_labels import (
    Labels,
    choose_labels,
    is_kept,
    is_word_with_note,
    parse_labels,
    task_labels,
)
from tasktimer.formats.timewarrior_lines import format_line, parse_time, split_line

TITLE = "Timewarrior"
ROW = "interval"
HAS_OFFSETS = True

_DATA_FILE = re.compile(r"[0-9]{4}-[0-9]{2}\.data")
_FIRST_LINE = re.compile(r"\s*inc\s+[0-9]{8}T[0-9]{6}Z")
_JSON = re.compile(r'\s*\[\s*\{.{0,2000}?"start"\s*:\s*"[0-9]{8}T[0-9]{6}Z"', re.DOTALL)
# Extensions receive the settings, an empty line, and the JSON.
_SETTINGS = re.compile(r"(?:[^\n:]+:[^\n]*\n)+\r?\n(?=\[)")


def recognize(source: Source) -> bool:
    """Return whether a folder or a file looks like Timewarrior's."""
    if source.is_folder:
        return bool(_data_files(source))
    text = source.head_text
    settings = _SETTINGS.match(text)
    return bool(_FIRST_LINE.match(text) or _JSON.match(text, settings.end() if settings else 0))


def read(source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:
    """Yield the intervals of a file, or of all data files of a folder in the order of the months."""
    del options  # all times are in UTC
    if source.is_folder:
        if not (files := _data_files(source)):
            raise source.error("it contains no data file, such as 2024-03.data")
        for file in files:
            yield from parse_rows(_lines(file, f"{file.path.name} line"), _parse_line)
    elif _is_json(source):
        yield from parse_rows(_json_values(source), _parse_value)
    else:
        yield from parse_rows(_lines(source, "line"), _parse_line)


def join_rows(source: Source, rows: Iterable[str]) -> Iterator[str]:
    """Yield a file with these intervals only."""
    return join_json(rows) if not source.is_folder and _is_json(source) else join_lines(rows)


def write(tasks: Iterable[Task], options: WriteOptions) -> Iterator[str]:
    """Yield the lines of a data file.

    Raises:
        Conflict: at the first task that overlaps another, unless `options.flatten` is set.
    """
    parts = _whole_seconds(tasks, options)
    for part in cut_overlaps(parts, options.losses, options.now) if options.flatten else check_overlaps(parts, TITLE):
        yield format_line(part.start, part.end, *task_labels(part.task))


def _data_files(source: Source) -> list[Source]:
    """Return the data files of a folder, and of the folder `data` in it, sorted by name."""
    paths = [(prefix, path.name) for prefix in ("", "data/") for path in (source.path / prefix).glob("*.data")]
    return [source.member(prefix + name) for prefix, name in sorted(paths) if _DATA_FILE.fullmatch(name)]


def _is_json(source: Source) -> bool:
    return source.head_text.lstrip().startswith("[") or _SETTINGS.match(source.head_text) is not None


def _lines(source: Source, noun: str) -> Iterator[tuple[Item, str]]:
    for number, line in source.lines():
        if not line.isspace():
            yield Item(f"{noun} {number:,}", line), line


def _parse_line(item: Item, line: str) -> Row:
    start, end, text = split_line(line)
    return _row(item, start, end, parse_labels(text))


def _json_values(source: Source) -> Iterator[tuple[Item, Any]]:
    pieces = None
    if _SETTINGS.match(source.head_text):
        lines = (line.text for line in source.lines())
        pieces = dropwhile(lambda line: not line.startswith("["), lines)
    return list_values(source, ROW, pieces)


def _parse_value(item: Item, value: Any) -> Row:
    match value:
        case {"start": str(start)}:
            end, tags, annotation = (value.get(key) for key in ("end", "tags", "annotation"))
        case {"start": _}:
            raise Rejection("the start is not text")
        case dict():
            raise Rejection("the start is missing")
        case _:
            raise Rejection("it is not an interval")
    if not isinstance(tags, list | None) or not all(isinstance(tag, str) for tag in tags or ()):
        raise Rejection("the tags are not a list of text")
    if not isinstance(end, str | None) or not isinstance(annotation, str | None):
        raise Rejection(f"the {'annotation' if isinstance(end, str | None) else 'end'} is not text")
    times = parse_time(start), None if end is None else parse_time(end)
    return _row(item, *times, choose_labels(tags or (), annotation))


def _row(item: Item, start: datetime, end: datetime | None, labels: Labels) -> Row:
    (description, project, tags, adaptations), note = labels
    place, raw = item
    # Keyword arguments would take a tenth of the time of reading a line.
    return Row(place, raw, start, end, description, project, tags, note, None, None, None, adaptations)


def _whole_seconds(tasks: Iterable[Task], options: WriteOptions) -> Iterator[Part]:
    """Yield the tasks with times cut to seconds, and count what Timewarrior cannot represent."""
    first_user = None
    for task in tasks:
        first_user = task.user_id if first_user is None else first_user
        times = (task.start_time, task.end_time)
        lost = {
            Loss.USER: task.user_id != first_user,
            Loss.FRACTION: any(time is not None and time.microsecond for time in times),
            Loss.ONE_WORD: is_word_with_note(task),
            Loss.TAGS: not all(is_kept(tag, task) for tag in task.tags),
        }
        options.losses.update(loss for loss, is_lost in lost.items() if is_lost)
        start, end = (None if time is None else time.replace(microsecond=0) for time in times)
        assert start is not None
        yield Part(task, start, end)
