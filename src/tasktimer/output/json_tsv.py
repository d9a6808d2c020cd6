"""Tasks and values in JSON and TSV."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta, tzinfo
from functools import cache
from typing import Any

from tasktimer.core.task import Task
from tasktimer.core.timeformat import format_instant

# The control characters that are invalid in a description.
_FORBIDDEN = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
_TSV_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})


def escape_control_chars(text: str) -> str:
    """Escape control characters that are invalid in a description, but that another program may have stored."""
    return text if text.isprintable() else re.sub(_FORBIDDEN, _escape, text)


def task_to_dict(task: Task, zone: tzinfo) -> dict[str, Any]:
    """Return the JSON object of a task, its times with their offset in the zone."""
    return {
        "id": task.id,
        "user_id": task.user_id,
        "description": escape_control_chars(task.description),
        "start_time": format_instant(task.start_time, zone),
        "end_time": None if task.end_time is None else format_instant(task.end_time, zone),
        "running": task.running,
        "project": None if task.project is None else escape_control_chars(task.project),
        "tags": [escape_control_chars(tag) for tag in task.tags],
        "note": None if task.note is None else escape_control_chars(task.note),
    }


def to_json(value: object) -> str:
    """Format a value as indented JSON, with control characters escaped."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return text if text.isascii() and "\x7f" not in text else text.translate(_json_escapes())


def json_list(values: Iterable[object], margin: str = "") -> Iterator[str]:
    """Yield a JSON list value by value, so that not all are in memory; `margin` indents it inside another value."""
    inner = f"\n{margin}  "
    before = "["
    for value in values:
        # Newlines inside strings are escaped, so these are part of the layout.
        yield before + inner + to_json(value).removesuffix("\n").replace("\n", inner)
        before = ","
    yield "[]" if before == "[" else f"\n{margin}]"


@cache
def _json_escapes() -> dict[int, str]:
    # json does not escape these, and terminals interpret some of them.
    return {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


def escape_tsv(text: str) -> str:
    """Escape text for TSV."""
    return text if text.isprintable() and "\\" not in text else escape_control_chars(text).translate(_TSV_ESCAPES)


def format_seconds_decimal(duration: timedelta) -> str:
    """Format a duration as a decimal number of seconds, never with an exponent."""
    seconds = duration.days * 86_400 + duration.seconds
    return f"{seconds}.{duration.microseconds:06}".rstrip("0") if duration.microseconds else str(seconds)


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
