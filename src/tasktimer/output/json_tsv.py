"""Tasks and values as JSON and TSV have them."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta, tzinfo
from functools import cache
from typing import Any

from tasktimer.core.task import Task
from tasktimer.core.timeformat import format_instant

# The control characters that no description may have.
_FORBIDDEN = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
_TSV_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})


def escape_control_chars(text: str) -> str:
    """Escape the control characters that no description may have: another program may have stored one."""
    return text if text.isprintable() else re.sub(_FORBIDDEN, _escape, text)


def task_to_dict(task: Task, zone: tzinfo) -> dict[str, Any]:
    """The object that JSON shows for a task, its times with the offset they have in the zone."""
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
    """Write JSON for programs that people look at, too; control characters are escaped, and read back the same."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return text if text.isascii() and "\x7f" not in text else text.translate(_json_escapes())


def json_list(values: Iterable[object], margin: str = "") -> Iterator[str]:
    """Write a list as JSON value by value, where there may be too many for memory; within another text by a margin."""
    inner = f"\n{margin}  "
    before = "["
    for value in values:
        # A newline within a text is escaped: those that are there belong to the layout.
        yield before + inner + to_json(value).removesuffix("\n").replace("\n", inner)
        before = ","
    yield "[]" if before == "[" else f"\n{margin}]"


@cache
def _json_escapes() -> dict[int, str]:
    # json leaves these as they are, and a terminal obeys some of them.
    return {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


def escape_tsv(text: str) -> str:
    """Write text as TSV has it."""
    return text if text.isprintable() and "\\" not in text else escape_control_chars(text).translate(_TSV_ESCAPES)


def format_seconds_decimal(duration: timedelta) -> str:
    """Write seconds as a plain decimal, never with an exponent."""
    seconds = duration.days * 86_400 + duration.seconds
    return f"{seconds}.{duration.microseconds:06}".rstrip("0") if duration.microseconds else str(seconds)


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
