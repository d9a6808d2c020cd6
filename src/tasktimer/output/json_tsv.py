"""Tasks, and the time spent on them, in JSON, CSV and TSV, with a fixed set of columns."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from functools import cache
from io import StringIO
from typing import Any

from tasktimer.core.local_time import current_date, format_instant
from tasktimer.core.task import COLUMNS, Task, task_fields
from tasktimer.core.text import escape_control_chars
from tasktimer.core.timesheet import Timesheet

Entry = tuple[Task, timedelta]  # a task and the time spent on it

_TSV_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})


def task_to_dict(task: Task, zone: tzinfo) -> dict[str, Any]:
    """Return a task as a dict for JSON; times are in the time zone `zone`, with a UTC offset."""
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


def entry_to_dict(task: Task, time_spent: timedelta, zone: tzinfo) -> dict[str, Any]:
    """Return a task as a dict for JSON, including the time spent on it, in seconds."""
    return {**task_to_dict(task, zone), "time_spent": time_spent.total_seconds()}


def to_json(value: object) -> str:
    """Format a value as indented JSON, with control characters escaped."""
    import json  # lazy: only this format needs it

    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return text if text.isascii() and "\x7f" not in text else text.translate(_json_escapes())


def json_list(values: Iterable[object], margin: str = "") -> Iterator[str]:
    """Yield a JSON list one value at a time, to save memory; `margin` is the indentation of the whole list."""
    inner = f"\n{margin}  "
    before = "["
    for value in values:
        # Newlines inside strings are escaped, so the replaced newlines are part of the layout.
        yield before + inner + to_json(value).removesuffix("\n").replace("\n", inner)
        before = ","
    yield "[]" if before == "[" else f"\n{margin}]"


@cache
def _json_escapes() -> dict[int, str]:
    # json does not escape these characters, and terminals interpret some of them.
    return {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}


def to_tsv(rows: Iterable[Iterable[str | int | None]]) -> str:
    """Format rows as tab-separated lines, without a header."""
    return "".join("\t".join(map(_tsv_field, row)) + "\n" for row in rows)


def _tsv_field(value: str | int | None) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else escape_tsv(str(value))


def escape_tsv(text: str) -> str:
    """Escape tabs, newlines, backslashes and control characters for TSV."""
    return text if text.isprintable() and "\\" not in text else escape_control_chars(text).translate(_TSV_ESCAPES)


def to_csv(rows: Iterable[Iterable[str | int | None]]) -> str:
    """Format rows as CSV."""
    return _csv_text([_csv_field(value) for value in row] for row in rows)


def _csv_field(value: str | int | None) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else escape_control_chars(str(value))


def _csv_text(rows: Iterable[Iterable[str]]) -> str:
    import csv  # lazy: only this format needs it

    text = StringIO()
    # csv ends lines with CR LF by default; all other output uses LF.
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def entries_json(entries: Iterable[Entry], zone: tzinfo) -> str:
    """Format tasks, with the time spent on each, as a JSON list of objects."""
    return to_json([entry_to_dict(task, time_spent, zone) for task, time_spent in entries])


def entries_csv(entries: Iterable[Entry], zone: tzinfo) -> str:
    """Format tasks as CSV, with a header."""
    return _csv_text([COLUMNS, *(task_fields(*entry, zone, escape_control_chars) for entry in entries)])


def entries_tsv(entries: Iterable[Entry], zone: tzinfo) -> str:
    r"""Format tasks as TSV, without a header; tabs, newlines and backslashes are escaped as \t, \n and \\."""
    return "".join(["\t".join(task_fields(task, time_spent, zone, escape_tsv)) + "\n" for task, time_spent in entries])


def status_to_dict(entries: Iterable[Entry], today: Timesheet, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """Return a dict for JSON with the running tasks, the time spent on each so far, and today's totals."""
    worked, elapsed = today.worked.total_seconds(), today.elapsed.total_seconds()
    return {
        "running": [entry_to_dict(*entry, zone) for entry in entries],
        "today": {"date": current_date(now).isoformat(), "worked": worked, "elapsed": elapsed},
    }
