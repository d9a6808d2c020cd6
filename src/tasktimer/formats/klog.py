"""klog: all of version 1.4 of its file format.

The first line of an entry's summary is the description, and further lines are the note. An entry without a summary has
that of its record; otherwise, it is added to the note of the record's first task. The tags of a record are the tags of
all its entries.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from tasktimer.core.local_time import add_duration, format_duration
from tasktimer.formats.klog_records import HEADLINE, Entry, read_entries
from tasktimer.formats.klog_tags import list_tags, merge_tags, strip_tags
from tasktimer.formats.klog_times import UNKNOWN_TIMES, TimeRange, split_entry
from tasktimer.formats.klog_writer import write
from tasktimer.formats.local_intervals import to_interval
from tasktimer.formats.names import choose_names
from tasktimer.formats.reading import Item, ReadOptions, parse_rows
from tasktimer.formats.rows import Adaptation, RejectedRow, Rejection, Row
from tasktimer.formats.source import Source

__all__ = ["HAS_OFFSETS", "ROW", "TITLE", "join_rows", "read", "recognize", "write"]

TITLE = "klog"
ROW = "entry"
HAS_OFFSETS = False

_ENTRY = re.compile(r"(?: {2,4}|\t)(\S.*)")
_START_OF_WORK = time(9)


def recognize(source: Source) -> bool:
    """Return whether a file begins with a date that is on a line of its own, and contains an entry."""
    lines = [line for line in source.head_text.splitlines() if line.strip()]
    return bool(lines) and HEADLINE.fullmatch(lines[0]) is not None and any(map(_is_entry, lines))


def read(source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:
    """Yield the entries of a file; those without times start at 9:00, or at the end of the one before on that day."""
    return parse_rows(read_entries(source), _Parser(options.zone).parse)


def join_rows(_source: Source, rows: Iterable[str]) -> Iterator[str]:
    """Yield a file in which each entry has a record of its own."""
    separator = ""
    for row in rows:
        yield separator + (row if row.endswith("\n") else row + "\n")
        separator = "\n"


def _is_entry(line: str) -> bool:
    match = _ENTRY.fullmatch(line)
    try:
        return match is not None and split_entry(match[1]) is not None
    except Rejection:
        return False


class _Parser:
    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._ends: dict[date, datetime] = {}  # of the entries without times, by day
        self._open: int | None = None  # the line of the last record with an open range
        self._noted: int | None = None  # and of that whose summary is in a note
        self._planned: int | None = None  # and of that whose should-total is reported

    def parse(self, item: Item, entry: Entry) -> Row:
        """Return the task of an entry; raise Rejection or InvalidValue for an entry that is not a task."""
        if entry.problem is not None:
            raise Rejection(entry.problem)
        value, rest = split_entry(entry.lines[0])
        if isinstance(value, TimeRange):
            start, end, adaptations = self._interval(value, entry)
        else:
            start, end, adaptations = self._interval_without_times(value, entry.day)
        lines = (rest, *entry.lines[1:])
        description, note = self._choose_text(lines, entry)
        if Adaptation.UNKNOWN_TIMES in adaptations:
            note = UNKNOWN_TIMES if note is None else f"{note}\n{UNKNOWN_TIMES}"
        project, tags, are_whole = merge_tags((*list_tags(lines), *entry.summary.tags))
        names = choose_names(tags, description=description, project=project)
        adaptations += names.adaptations + self._find_omissions(entry, are_whole=are_whole)
        place, raw = item
        return Row(place, raw, start, end, names.description, project, names.tags, note, None, None, None, adaptations)

    def _find_omissions(self, entry: Entry, *, are_whole: bool) -> tuple[Adaptation, ...]:
        omitted = () if are_whole else (Adaptation.TAG_VALUE,)
        if entry.has_should_total and entry.record != self._planned:
            self._planned = entry.record
            return (*omitted, Adaptation.SHOULD_TOTAL)
        return omitted

    def _interval(self, times: TimeRange, entry: Entry) -> tuple[datetime, datetime | None, tuple[Adaptation, ...]]:
        if times.end is None:
            if entry.record == self._open:
                raise Rejection("the record contains another open range")
            self._open = entry.record
        midnight = datetime.combine(entry.day, time())
        try:
            start, end = midnight + times.start, None if times.end is None else midnight + times.end
        except OverflowError:
            raise Rejection(f"the date {entry.day} is out of range") from None
        return to_interval(start, end, self._zone)

    def _interval_without_times(
        self, duration: timedelta, day: date
    ) -> tuple[datetime, datetime, tuple[Adaptation, ...]]:
        if duration < timedelta():
            raise Rejection(f"a break of {format_duration(-duration)} is not a task", -duration // timedelta(seconds=1))
        start = self._ends.get(day) or to_interval(datetime.combine(day, _START_OF_WORK), None, self._zone)[0]
        self._ends[day] = end = add_duration(start, duration)
        return start, end, (Adaptation.UNKNOWN_TIMES,)

    def _choose_text(self, lines: Sequence[str], entry: Entry) -> tuple[str | None, str | None]:
        """Return the description and the note of an entry with these lines of text."""
        own, summary = list(filter(strip_tags, lines)), entry.summary
        shared = "" if entry.record == self._noted else summary.text
        self._noted = entry.record
        if not own:
            return summary.title or None, summary.text.partition("\n")[2] or None
        return strip_tags(own[0]), "\n".join(filter(None, (shared, *own[1:]))) or None
