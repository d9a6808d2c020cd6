"""Tasks and values as JSON and TSV have them."""

from collections.abc import Iterable, Iterator
from datetime import timedelta, tzinfo
from typing import Any

from tasktimer.core.task import Task
from tasktimer.core.timespec import format_instant
from tasktimer.output.text import harmless

# json leaves these as they are, and a terminal obeys some of them.
_JSON_ESCAPES = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}
_TSV_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})


def task_object(task: Task, zone: tzinfo) -> dict[str, Any]:
    """The object that JSON shows for a task, its times with the offset they have in the zone."""
    return {
        "id": task.id,
        "user_id": task.user_id,
        "description": harmless(task.description),
        "start_time": format_instant(task.start_time, zone),
        "end_time": None if task.end_time is None else format_instant(task.end_time, zone),
        "running": task.running,
        "project": None if task.project is None else harmless(task.project),
        "tags": [harmless(tag) for tag in task.tags],
        "note": None if task.note is None else harmless(task.note),
    }


def to_json(value: object) -> str:
    """Write JSON for programs that people look at, too; control characters are escaped, and read back the same."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return text.translate(_JSON_ESCAPES)


def json_list(values: Iterable[object], margin: str = "") -> Iterator[str]:
    """Write a list as JSON value by value, where there may be too many for memory; within another text by a margin."""
    inner = f"\n{margin}  "
    before = "["
    for value in values:
        # A newline within a text is escaped: those that are there belong to the layout.
        yield before + inner + to_json(value).removesuffix("\n").replace("\n", inner)
        before = ","
    yield "[]" if before == "[" else f"\n{margin}]"


def escaped(text: str) -> str:
    """Write text as TSV has it."""
    return text if text.isprintable() and "\\" not in text else harmless(text).translate(_TSV_ESCAPES)


def plain_seconds(duration: timedelta) -> str:
    """Write seconds as a plain decimal, never with an exponent."""
    seconds = duration.days * 86_400 + duration.seconds
    return f"{seconds}.{duration.microseconds:06}".rstrip("0") if duration.microseconds else str(seconds)
