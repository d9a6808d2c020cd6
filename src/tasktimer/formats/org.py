"""Org: the CLOCK lines below the headlines of an outline, in local time.

The headlines above are the project, and the headline itself is the description. A note is a list item below the CLOCK
line, as Org writes it when a clock stops; other text is ignored.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from tasktimer.core.task import Task
from tasktimer.formats.clock_times import parse_clock_time
from tasktimer.formats.local_intervals import to_interval
from tasktimer.formats.names import Names, choose_names, join_levels
from tasktimer.formats.org_headlines import KEYWORDS, Headline, parse_headline
from tasktimer.formats.org_notes import NoteReader
from tasktimer.formats.org_writing import write_outline
from tasktimer.formats.reading import Item, ReadOptions, find_excess, join_lines, parse_rows
from tasktimer.formats.registry import WriteOptions
from tasktimer.formats.rows import RejectedRow, Rejection, Row
from tasktimer.formats.source import Source

TITLE = "Org"
ROW = "line"
HAS_OFFSETS = False

_TIMESTAMP = r"\[([0-9]{4}-[0-9]{2}-[0-9]{2})[^]0-9]*([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)(?: [^]]*)?\]"
_LENGTH = r"[ \t]*=>[ \t]*(-?)([0-9]{1,7}):([0-9]{2})"
_CLOCK = re.compile(rf"CLOCK:[ \t]*{_TIMESTAMP}(?:--{_TIMESTAMP}(?:{_LENGTH})?)?", re.IGNORECASE)
_CLOCK_START = re.compile(r"CLOCK:[ \t]*[\[<=]", re.IGNORECASE)
_CLOCK_IN_TEXT = re.compile(r"^[ \t]*CLOCK:[ \t]*\[[0-9]{4}-", re.IGNORECASE | re.MULTILINE)
_DRAWER = re.compile(r":[\w-]+:")
_KEYWORDS_LINE = re.compile(r"#\+(?:TODO|SEQ_TODO|TYP_TODO):(.*)", re.IGNORECASE | re.DOTALL)
_TAGS_LINE = re.compile(r"#\+FILETAGS:(.*)", re.IGNORECASE | re.DOTALL)


class _Clock(NamedTuple):
    line: str
    names: Names | str  # or why the names cannot be used
    note: NoteReader


class _Level(NamedTuple):
    headline: Headline
    line: str
    total_length: int  # of this line and the lines of the levels above
    total_tags: int


def recognize(source: Source) -> bool:
    """Return whether a file contains a CLOCK line near its start."""
    return _CLOCK_IN_TEXT.search(source.head_text) is not None


def read(source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:
    """Yield the rows of the CLOCK lines; each is as it is in the file, with the headlines above it."""
    return parse_rows(_clocks(source), lambda item, clock: _parse(item, clock, options))


def join_rows(source: Source, rows: Iterable[str]) -> Iterator[str]:
    """Yield the settings of a file, and these CLOCK lines with their headlines."""
    for line in source.lines():
        if _KEYWORDS_LINE.match(line.text) or _TAGS_LINE.match(line.text):
            yield line.text
    yield from join_lines(rows)


def write(tasks: Iterable[Task], options: WriteOptions) -> Iterator[str]:
    """Yield an outline of projects and descriptions, with CLOCK lines."""
    return write_outline(tasks, options)


class _Outline:
    """The headlines above the current line."""

    def __init__(self, keywords: frozenset[str], file_tags: tuple[str, ...]) -> None:
        self._keywords = keywords
        self._file_tags = file_tags
        self._levels: list[_Level] = []
        self._text_and_names: tuple[str, Names | str] | None = None

    def enter(self, line: str) -> None:
        """Add a headline, and leave those on its level and below; ignore another line."""
        if headline := parse_headline(line, self._keywords):
            while self._levels and self._levels[-1].headline.level >= headline.level:
                self._levels.pop()
            length, tags = self._totals()
            self._levels.append(_Level(headline, line, length + len(line), tags + len(headline.tags)))
            self._text_and_names = None

    def text_and_names(self) -> tuple[str, Names | str]:
        """Return the lines of the headlines, and the names of the CLOCK lines below them, or why these are rejected."""
        if self._text_and_names is None:
            if excess := find_excess("headlines", *self._totals()):
                self._text_and_names = "", excess
            else:
                self._text_and_names = "".join(level.line for level in self._levels), self._names()
        return self._text_and_names

    def _totals(self) -> tuple[int, int]:
        if not self._levels:
            return 0, len(self._file_tags)
        return self._levels[-1].total_length, self._levels[-1].total_tags

    def _names(self) -> Names:
        headlines = [level.headline for level in self._levels]
        project, replaced = join_levels(*(headline.title for headline in headlines[:-1]))
        labels = [*self._file_tags, *(tag for headline in headlines for tag in headline.tags)]  # Org passes tags down
        names = choose_names(labels, description=headlines[-1].title if headlines else None, project=project)
        return names._replace(adaptations=names.adaptations + replaced)


def _clocks(source: Source) -> Iterator[tuple[Item, _Clock]]:
    outline = _Outline(*_settings(source))
    pending: tuple[Item, _Clock] | None = None
    in_drawer = False
    for number, text in source.lines():
        if pending:
            if pending[1].note.take(text):
                continue
            yield pending
            pending = None
        if text[0] == "*":
            outline.enter(text)
        elif (line := text.strip()).startswith(":"):
            in_drawer = _is_drawer(line, in_drawer=in_drawer)
        elif _CLOCK_START.match(line):
            headlines, names = outline.text_and_names()
            pending = Item(f"line {number:,}", headlines + text), _Clock(line, names, NoteReader(enabled=in_drawer))
    if pending:
        yield pending


def _is_drawer(line: str, *, in_drawer: bool) -> bool:
    """Return whether the lines after a line that starts with a colon are in a drawer."""
    return line.upper() != ":END:" and (in_drawer or _DRAWER.fullmatch(line) is not None)


def _settings(source: Source) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the words before titles that are states, and the tags of all headlines; both can be set on any line."""
    keywords = set(KEYWORDS)
    tags: list[str] = []
    for _, line in source.lines():
        if not line.startswith("#+"):
            continue
        if match := _KEYWORDS_LINE.match(line):
            keywords.update(word.partition("(")[0] for word in match[1].split() if word != "|")
        elif match := _TAGS_LINE.match(line):
            tags.extend(filter(None, match[1].strip().split(":")))
    return frozenset(keywords), tuple(tags)


def _parse(item: Item, clock: _Clock, options: ReadOptions) -> Row:
    names = clock.names
    if isinstance(names, str):
        raise Rejection(names)
    match = _CLOCK.fullmatch(clock.line)
    if match is None:
        raise Rejection("the start is missing" if "=>" in clock.line[:9] else "it is not a valid CLOCK line")
    start = parse_clock_time(f"{match[1]} {match[2]}")
    end = parse_clock_time(f"{match[3]} {match[4]}") if match[3] else None
    length = _stated_length(match, start, end)
    start_time, end_time, differs = to_interval(start, end, options.zone, length)
    return Row(
        *item,
        start_time,
        end_time,
        names.description,
        names.project,
        names.tags,
        clock.note.text,
        adaptations=names.adaptations + differs,
    )


def _stated_length(match: re.Match[str], start: datetime, end: datetime | None) -> timedelta | None:
    """Return the length that a CLOCK line states, plus the seconds of the times, which Org cuts off."""
    if end is None or match[6] is None:
        return None
    length = timedelta(hours=int(match[6]), minutes=int(match[7]))
    return (-length if match[5] else length) + timedelta(seconds=(end.second - start.second) % 60)
