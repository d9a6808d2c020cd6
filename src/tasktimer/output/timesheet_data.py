"""Tasks with the time spent on each, as JSON, CSV and TSV, whose shape never depends on the content."""

from collections.abc import Callable, Iterable
from datetime import timedelta, tzinfo
from typing import Any

from tasktimer.core.task import Task
from tasktimer.core.timeformat import format_instant
from tasktimer.output.json_tsv import escape_control_chars, escape_tsv, format_seconds_decimal, task_to_dict, to_json

Entry = tuple[Task, timedelta]
COLUMNS = ("id", "user_id", "description", "start_time", "end_time", "time_spent", "project", "tags", "note")


def entry_to_dict(task: Task, time_spent: timedelta, zone: tzinfo) -> dict[str, Any]:
    """Return the JSON object of a task with the time spent on it, in seconds."""
    return {**task_to_dict(task, zone), "time_spent": time_spent.total_seconds()}


def entries_json(entries: Iterable[Entry], zone: tzinfo) -> str:
    """Format tasks as a JSON list of objects."""
    return to_json([entry_to_dict(task, time_spent, zone) for task, time_spent in entries])


def entries_csv(entries: Iterable[Entry], zone: tzinfo) -> str:
    """Format tasks as CSV, with a header."""
    import csv
    from io import StringIO

    text = StringIO()
    # csv ends lines with CR LF by default; all other output uses LF.
    csv.writer(text, lineterminator="\n").writerows(
        [COLUMNS, *(_row(*entry, zone, escape_control_chars) for entry in entries)]
    )
    return text.getvalue()


def entries_tsv(entries: Iterable[Entry], zone: tzinfo) -> str:
    r"""Format tasks as TSV, without a header; tabs, newlines and backslashes are escaped as \t, \n and \\."""
    return "".join(["\t".join(_row(task, time_spent, zone, escape_tsv)) + "\n" for task, time_spent in entries])


def _row(task: Task, time_spent: timedelta, zone: tzinfo, write: Callable[[str], str]) -> tuple[str, ...]:
    """Return the values of COLUMNS; `write` escapes user text for the format."""
    return (
        str(task.id),
        str(task.user_id),
        write(task.description),
        format_instant(task.start_time, zone),
        "" if task.end_time is None else format_instant(task.end_time, zone),
        format_seconds_decimal(time_spent),
        write(task.project) if task.project else "",
        ",".join(map(write, task.tags)) if task.tags else "",
        write(task.note) if task.note else "",
    )
