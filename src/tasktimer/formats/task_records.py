"""Tasks as JSON objects, as `tasktimer list --json` prints them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from functools import lru_cache, partial
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from tasktimer.core.task import MAX_INTEGER, Task
from tasktimer.core.text import escape_control_chars
from tasktimer.formats.instants import instant_formatter, parse_instant
from tasktimer.formats.reading import Item
from tasktimer.formats.rows import Rejection, Row

KEYS = (
    *("id", "user_id", "description", "start_time", "end_time"),
    *("running", "project", "tags", "note", "time_spent"),
)

_TEXT = frozenset([str])


class Layout(NamedTuple):
    """The layout of an object: a template for its values, and the text before, between and after its tags."""

    template: str
    before: str
    between: str
    after: str


_VALUES = {"start_time": '"%s"'}  # the other values are strings in JSON, with quotes, or numbers


def _template(before: str, colon: str, between: str, after: str) -> str:
    return before + between.join(f'"{key}"{colon}{_VALUES.get(key, "%s")}' for key in KEYS) + after


# A line with an object.
COMPACT = Layout(_template("{", ":", ",", "}\n"), "[", ",", "]")
# An object in a list with an indentation of two spaces.
INDENTED = Layout(
    _template("{\n    ", ": ", ",\n    ", "\n  }"), before="[\n      ", between=",\n      ", after="\n    ]"
)


def format_records(tasks: Iterable[Task], now: datetime, zone: tzinfo, layout: Layout) -> Iterator[str]:
    """Yield each task, with its length, as a JSON object; running tasks extend to `now`, and times are in `zone`."""
    # Creating dicts and encoding them takes three times as long.
    format_time = instant_formatter(zone)
    format_project = lru_cache(_quote)
    format_tags = lru_cache(partial(_format_tags, layout=layout))
    template = layout.template
    for task in tasks:
        start, end = task.start_time, task.end_time
        description = task.description
        yield template % (
            task.id,
            task.user_id,
            encode_basestring(description) if description.isprintable() else _quote(description),
            format_time(start),
            "null" if end is None else f'"{format_time(end)}"',
            "true" if end is None else "false",
            "null" if task.project is None else format_project(task.project),
            format_tags(task.tags) if task.tags else "[]",
            "null" if task.note is None else _quote(task.note),
            ((end or max(now, start)) - start).total_seconds(),
        )


def is_record(value: object) -> bool:
    """Return whether a JSON value looks like a task."""
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in ("description", "start_time"))


def parse_record(item: Item, record: Any) -> Row:
    """Return the row for a task; raise Rejection if it has no description or start, or a value of another type."""
    if type(record) is not dict:
        raise Rejection("it is not an object")
    description, start = _parse_text(record, "description"), _parse_instant(record, "start_time")
    if description is None or start is None:
        raise Rejection(f"{'description' if description is None else 'start_time'} is missing")
    return Row(
        item.place,
        item.raw,
        start,
        _parse_instant(record, "end_time"),
        description,
        _parse_text(record, "project"),
        _parse_tags(record),
        _parse_text(record, "note"),
        None,
        _parse_number(record, "id"),
        _parse_number(record, "user_id"),
    )


def _quote(text: str) -> str:
    return encode_basestring(escape_control_chars(text))


def _format_tags(tags: tuple[str, ...], layout: Layout) -> str:
    return layout.before + layout.between.join(map(_quote, tags)) + layout.after


def _parse_text(record: dict[str, Any], key: str) -> str | None:
    text = record.get(key)
    if text is None or type(text) is str:
        return text
    raise Rejection(f"{key} is not a text")


def _parse_number(record: dict[str, Any], key: str) -> int | None:
    number = record.get(key)
    if number is None or (type(number) is int and 1 <= number <= MAX_INTEGER):
        return number
    raise Rejection(f"{key} is not an integer from 1 to {MAX_INTEGER}")


def _parse_tags(record: dict[str, Any]) -> tuple[str, ...]:
    tags = record.get("tags")
    if tags is None:
        return ()
    if type(tags) is not list or not _TEXT.issuperset(map(type, tags)):
        raise Rejection("tags is not a list of texts")
    return tuple(tags)


def _parse_instant(record: dict[str, Any], key: str) -> datetime | None:
    text = _parse_text(record, key)
    return None if text is None else parse_instant(key, text)
