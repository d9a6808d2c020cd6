"""The records of klog's files: a date and a summary, and below them entries, which are indented."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import takewhile
from typing import NamedTuple

from tasktimer.errors import quote_value
from tasktimer.formats.klog_tags import Tag, list_tags, strip_tags
from tasktimer.formats.reading import Item, find_excess
from tasktimer.formats.rows import Rejection
from tasktimer.formats.source import MAX_LINE, Source

HEADLINE = re.compile(
    r"([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})"
    r"(?:[ \t]+\([ \t]*[+-]?(?=[0-9])(?:[0-9]+h)?(?:[0-9]+m)?(!)[ \t]*\))?[ \t]*"  # (8h!) is the time that is planned
)
_INDENTATIONS = ("    ", "   ", "  ", "\t")


class Summary(NamedTuple):
    """The summary of a record, without the lines that contain only tags.

    `title` is its first line, without the tags at its end, and `tags` are all tags.
    """

    text: str = ""
    title: str = ""
    tags: tuple[Tag, ...] = ()


class Entry(NamedTuple):
    """The lines of an entry without their indentation, with the date and the summary of its record.

    `record` is the line at which the record begins, `has_should_total` is whether it says how long the user wants to
    work, and `problem` is set if the entry cannot be read.
    """

    record: int
    day: date = date.min
    summary: Summary = Summary()
    lines: tuple[str, ...] = ()
    has_should_total: bool = False
    problem: str | None = None


def read_entries(source: Source) -> Iterator[tuple[Item, Entry]]:
    """Yield the entries of a file; the text of each includes the date and the summary of its record."""
    for number, lines in _blocks(source):
        try:
            day, has_should_total = _parse_headline(lines[0].strip("\r\n"))
        except Rejection as error:
            yield Item(_place(number), "".join(lines)), Entry(number, problem=str(error))
        else:
            yield from _read_record(number, lines, Entry(number, day, has_should_total=has_should_total))


def _blocks(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the first line, and the lines, of each part of a file between blank lines."""
    lines: list[str] = []
    size = first = 0
    for number, line in source.lines():
        if line.isspace():
            if lines:
                yield first, lines
            lines, size = [], 0
            continue
        first = number if not lines else first
        lines.append(line)
        size += len(line)
        if size > MAX_LINE:
            raise source.error(f"the record at line {first:,} is longer than {MAX_LINE:,} characters")
    if lines:
        yield first, lines


def _read_record(number: int, lines: list[str], record: Entry) -> Iterator[tuple[Item, Entry]]:
    head = [lines[0], *takewhile(lambda line: not line.startswith(_INDENTATIONS), lines[1:])]
    summary = [line for line in head[1:] if not line[0].isspace()]
    text = "".join([head[0], *summary])
    tags = tuple(list_tags(summary))
    if excess := find_excess("date and the summary", len(text), len(tags)):
        head[0] = text = f"{record.day}\n"
        record = record._replace(problem=excess)
    else:
        shown = [line.strip("\r\n") for line in summary if strip_tags(line)]
        title = strip_tags(shown[0]) if shown else ""
        record = record._replace(summary=Summary("\n".join(shown), title, tags))
    for place, line in enumerate(head):
        if line[0].isspace():
            problem = (
                "the line is neither a summary, which is not indented, nor an entry, which is indented by 2 to 4 spaces"
            )
            yield Item(_place(number + place), head[0] + line), record._replace(problem=problem)
    for place, chunk, entry in _read_entries(lines[len(head) :], record):
        yield Item(_place(number + len(head) + place), text + chunk), entry


def _read_entries(body: list[str], record: Entry) -> Iterator[tuple[int, str, Entry]]:
    """Yield the place, the text and the content of each entry below a summary."""
    indentation = next((style for style in _INDENTATIONS if body and body[0].startswith(style)), "")
    start = 0
    while start < len(body):
        end = start + 1
        while end < len(body) and body[end].startswith(indentation * 2):
            end += 1
        problem = _find_problem(body[start], indentation)
        if not body[start][0].isspace():
            end = len(body)  # the date of the following lines is not known
        chunk = body[start:end]
        lines = [chunk[0][len(indentation) :], *(line[2 * len(indentation) :] for line in chunk[1:])]
        texts = tuple([line.strip("\r\n") for line in lines])
        yield start, "".join(chunk), record._replace(lines=texts, problem=record.problem or problem)
        start = end


def _find_problem(line: str, indentation: str) -> str | None:
    """Return what is wrong with the indentation of the first line of an entry, or None."""
    if not line[0].isspace():
        return "a blank line is missing before the date" if HEADLINE.match(line) else "the line is not indented"
    if not line.startswith(indentation) or line[len(indentation)].isspace():
        return "the line is not indented like the first entry of its record"
    return None


def _parse_headline(line: str) -> tuple[date, bool]:
    """Return the date of a record, and whether a should-total follows."""
    match = HEADLINE.fullmatch(line)
    if match is None:
        start, _, rest = line.partition(" ")
        if HEADLINE.fullmatch(start):
            raise Rejection(f"unknown text after the date: {quote_value(rest.strip())}")
        raise Rejection(f"the record does not begin with a date: {quote_value(line)}")
    try:
        return date(int(match[1]), int(match[3]), int(match[4])), match[5] is not None
    except ValueError:
        raise Rejection(f"invalid date {quote_value(line[:10])}") from None


def _place(number: int) -> str:
    return f"line {number:,}"
