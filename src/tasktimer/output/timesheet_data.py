"""Tasks, each with the time spent on it, as JSON, CSV and TSV: their shape never depends on the content."""

from collections.abc import Callable, Iterable
from datetime import timedelta, tzinfo
from typing import Any

from tasktimer.core.task import Task
from tasktimer.core.timeformat import format_instant
from tasktimer.output.json_tsv import escape_control_chars, escape_tsv, format_seconds_decimal, task_to_dict, to_json

Entry = tuple[Task, timedelta]
COLUMNS = ("id", "user_id", "description", "start_time", "end_time", "time_spent", "project", "tags", "note")


def entry_to_dict(task: Task, time_spent: timedelta, zone: tzinfo) -> dict[str, Any]:
    """The object that JSON shows for a task with the time spent on it, in seconds."""
    return {**task_to_dict(task, zone), "time_spent": time_spent.total_seconds()}


def entries_json(entries: Iterable[Entry], zone: tzinfo) -> str:
    """Write tasks as a list of objects."""
    return to_json([entry_to_dict(task, time_spent, zone) for task, time_spent in entries])


def entries_csv(entries: Iterable[Entry], zone: tzinfo) -> str:
    """Write tasks as CSV, with a header."""
    import csv
    from io import StringIO

    text = StringIO()
    # Lines end as in all other output; csv's own way is CR LF.
    csv.writer(text, lineterminator="\n").writerows(
        [COLUMNS, *(_row(*entry, zone, escape_control_chars) for entry in entries)]
    )
    return text.getvalue()


def entries_tsv(entries: Iterable[Entry], zone: tzinfo) -> str:
    r"""Write tasks as TSV, without a header; a tab, newline or backslash is \t, \n or \\."""
    return "".join(["\t".join(_row(task, time_spent, zone, escape_tsv)) + "\n" for task, time_spent in entries])


def _row(task: Task, time_spent: timedelta, zone: tzinfo, write: Callable[[str], str]) -> tuple[str, ...]:
    """The values of COLUMNS; `write` says how the format writes what somebody typed."""
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
