"""Watson: its folder, its `frames`, also in the form that is sent to a server, and its `state`, the running task.

Without a tag of several words, the description is the project. When a task is written, its description is therefore a
tag, unless it is the project. A description of a single word has a space after it, because it would be read as a tag
otherwise. Each frame needs a project: that of tasks without one is `(no project)`.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from tasktimer.core.task import Task
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.formats.json_values import list_values, single_value
from tasktimer.formats.local_intervals import to_interval
from tasktimer.formats.names import Names, choose_names, choose_project, is_tag
from tasktimer.formats.reading import Item, ReadOptions, join_json, parse_rows
from tasktimer.formats.registry import Loss, WriteOptions
from tasktimer.formats.rows import Adaptation, RejectedRow, Rejection, Row
from tasktimer.formats.source import Source

TITLE = "Watson"
ROW = "frame"
HAS_OFFSETS = True

NO_PROJECT = "(no project)"

_ARRAYS = re.compile(r'\s*\[\s*\[\s*(?:-?[0-9][0-9.eE+-]*|null|"[^"\n]*")\s*,')
_OBJECTS = re.compile(r"\s*\[\s*\{")
_SYNC_KEY = re.compile(r'(?<!\\)"begin_at"\s*:')  # with a backslash, it is a part of a text
_EMPTY = re.compile(r"\s*(?:\[\s*\]\s*)?")
_STATE_KEYS = {"project", "start", "tags"}
_HEX_ID = re.compile(r"[0-9a-f]{32}")


def recognize(source: Source) -> bool:
    """Return whether a folder or a file looks like Watson's."""
    if source.is_folder:
        try:
            return (source.path / "frames").is_file() and _contains_frames(source.member("frames"), allow_empty=True)
        except (OSError, InvalidValue):
            return False
    return _contains_frames(source) or _contains_state(source)


def read(source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:
    """Yield the frames in their order, then the running task."""
    return parse_rows(_items(source), lambda item, value: _parse(item, value, options))


def join_rows(_source: Source, rows: Iterable[str]) -> Iterator[str]:
    """Yield a file of frames with these frames only."""
    return join_json(rows)


def write(tasks: Iterable[Task], options: WriteOptions) -> Iterator[str]:
    """Yield a file of frames; running tasks, which Watson keeps in another file, are left out."""
    return join_json(_frames(tasks, options))


def _contains_frames(source: Source, *, allow_empty: bool = False) -> bool:
    text = source.head_text
    if allow_empty and _EMPTY.fullmatch(text):
        return True
    return bool(_ARRAYS.match(text) or (_OBJECTS.match(text) and _SYNC_KEY.search(text)))


def _contains_state(source: Source) -> bool:
    if not source.head_text.lstrip().startswith("{"):
        return False
    try:
        value = json.loads(source.head_text)
    except (ValueError, RecursionError):
        return False
    return not value or (value.keys() <= _STATE_KEYS and isinstance(value.get("start"), int))


def _items(source: Source) -> Iterator[tuple[Item, Any]]:
    if source.is_folder:
        if not (source.path / "frames").exists():
            raise source.error("it does not contain frames")
        yield from _items(source.member("frames"))
        if (source.path / "state").is_file():
            yield from _items(source.member("state"))
    elif source.head_text.lstrip().startswith("{"):
        item, state = single_value(source, "state")
        if "project" in state:  # otherwise, Watson does not consider it as running
            yield item, state
    elif source.size:  # Watson accepts an empty file
        yield from list_values(source, ROW)


def _parse(item: Item, value: Any, options: ReadOptions) -> Row:
    match value:
        case [start, end, project, identity, *rest] if len(rest) <= 2:
            tags = rest[0] if rest else None
        case {"begin_at": start}:
            end, project, identity, tags = (value.get(key) for key in ("end_at", "project", "id", "tags"))
        case {"project": project}:
            start, end, identity, tags = value.get("start"), None, None, value.get("tags")
        case list():
            raise Rejection(f"the frame has {len(value)} values, not 4 to 6")
        case _:
            raise Rejection("it is not a frame")
    if start is None:
        raise Rejection("the start is missing")
    names, replaced = _names(project, tags)
    start_time, end_time, _ = to_interval(_time(start), None if end is None else _time(end), options.zone)
    return Row(
        *item,
        start_time,
        end_time,
        names.description,
        names.project,
        names.tags,
        source_id=_normalize_id(identity),
        adaptations=names.adaptations + replaced,
    )


def _names(project: Any, tags: Any) -> tuple[Names, tuple[Adaptation, ...]]:
    tags = [] if tags is None else tags
    if not isinstance(tags, list) or not {str}.issuperset(map(type, tags)):
        raise Rejection("the tags are not a list of text")
    if not isinstance(project, str):
        raise Rejection("the project is missing" if project is None else "the project is not text")
    chosen, replaced = (None, ()) if project == NO_PROJECT else choose_project(project)
    words = [tag for tag in tags if tag.endswith(" ") and is_tag(tag.rstrip(" "))]
    labels = [tag for tag in tags if tag and tag not in words]
    return choose_names(labels, description="; ".join(word[:-1] for word in words), project=chosen), replaced


def _time(value: Any) -> datetime:
    """Return an instant given in seconds since 1970, or as text with an offset; without one, it is in UTC."""
    try:
        if isinstance(value, str):
            time = datetime.fromisoformat(value)
            return time if time.tzinfo else time.replace(tzinfo=UTC)
        if type(value) in {int, float}:  # a Boolean value is also an instance of int
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise Rejection(f"invalid time {quote_value(str(value))}")


def _normalize_id(identity: Any) -> str | None:
    """Return an ID without the prefix and the hyphens that it has when it is sent to a server."""
    if not isinstance(identity, str) or not identity:
        return None
    if _HEX_ID.fullmatch(identity):
        return identity
    digits = identity.lower().removeprefix("urn:uuid:").replace("-", "")
    return digits if _HEX_ID.fullmatch(digits) else identity


def _frames(tasks: Iterable[Task], options: WriteOptions) -> Iterator[str]:
    first_user = None
    for task in tasks:
        first_user = task.user_id if first_user is None else first_user
        if task.end_time is None:
            options.losses[Loss.RUNNING] += 1
            continue
        options.losses.update(_losses(task, task.end_time, first_user))
        yield _frame(task, task.end_time)


def _losses(task: Task, end_time: datetime, first_user: int) -> Iterator[Loss]:
    if task.user_id != first_user:
        yield Loss.USER
    if task.note is not None:
        yield Loss.NOTE
    if task.description != task.project and _is_word(task.description):
        yield Loss.ONE_WORD
    if task.start_time.microsecond or end_time.microsecond:
        yield Loss.FRACTION


def _is_word(description: str) -> bool:
    """Return whether a description would be read as a tag, without spaces after it."""
    return is_tag(description.rstrip(" "))


def _frame(task: Task, end_time: datetime) -> str:
    start, end = (int(time.replace(microsecond=0).timestamp()) for time in (task.start_time, end_time))
    project = NO_PROJECT if task.project is None else task.project
    tags = list(task.tags)
    if task.description != task.project:
        tags.append(task.description + " " if _is_word(task.description) else task.description)
    # An ID that depends on the task alone makes two exports equal, and keeps tasks of different databases apart.
    identity = blake2b(f"{task.user_id} {task.id} {start}".encode(), digest_size=16).hexdigest()
    # Only ASCII, because Watson reads the file in the encoding of the machine.
    return json.dumps([start, end, project, identity, tags, end])
