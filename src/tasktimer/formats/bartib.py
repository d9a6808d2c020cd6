"""Bartib: a file with an activity on each line, `START[ - END] | PROJECT[ | DESCRIPTION]`, in local time."""

import re
from collections.abc import Iterable, Iterator

from tasktimer.formats.clock_times import parse_clock_time
from tasktimer.formats.local_intervals import to_interval
from tasktimer.formats.names import choose_names, choose_project
from tasktimer.formats.reading import Item, ReadOptions, join_lines, parse_rows
from tasktimer.formats.rows import RejectedRow, Rejection, Row
from tasktimer.formats.source import Source

TITLE = "Bartib"
ROW = "line"
HAS_OFFSETS = False

_TIME = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_ACTIVITY = re.compile(rf"\s*{_TIME}(?:\s+-\s+{_TIME})?\s*\|")
_PART = re.compile(r"(?:[^|\\]++|\\.|\\$)*+")
_ESCAPE = re.compile(r"\\(.?)")


def recognize(source: Source) -> bool:
    """Return whether at least half of the lines at the start of a file are activities, because Bartib keeps others."""
    lines = [line for line in source.head_text.splitlines() if line.strip()]
    return bool(lines) and sum(1 for line in lines if _ACTIVITY.match(line)) * 2 >= len(lines)


def read(source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:
    """Yield the activities."""
    return parse_rows(_items(source), lambda item, line: _parse(item, line, options))


def join_rows(_source: Source, rows: Iterable[str]) -> Iterator[str]:
    """Yield a file with these lines only."""
    return join_lines(rows)


def _items(source: Source) -> Iterator[tuple[Item, str]]:
    for number, text in source.lines():
        if line := text.strip():
            yield Item(f"line {number:,}", text), line


def _parse(item: Item, line: str, options: ReadOptions) -> Row:
    times, *names = _split(line)
    if not names:
        raise Rejection("it is not an activity: START - END | PROJECT | DESCRIPTION")
    start, dash, end = times.partition(" - ")
    project, replaced = choose_project(names[0].strip())
    # Bartib ignores a fourth part, which results from a vertical bar that someone typed without a backslash.
    chosen = choose_names(description="|".join(names[1:]).strip(), project=project)
    start_time, end_time, _ = to_interval(
        parse_clock_time(start.strip()), parse_clock_time(end.strip()) if dash else None, options.zone
    )
    return Row(
        *item, start_time, end_time, chosen.description, chosen.project, adaptations=chosen.adaptations + replaced
    )


def _split(line: str) -> list[str]:
    """Return the parts of a line between vertical bars, without the backslashes before other characters."""
    if "\\" not in line:
        return line.split("|")
    parts, position = [], 0
    while position <= len(line):
        part = _PART.match(line, position)
        assert part is not None  # the pattern matches an empty text
        parts.append(_ESCAPE.sub(r"\1", part[0]))
        position = part.end() + 1
    return parts
