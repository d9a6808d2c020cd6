"""The tasks of a timesheet as JSON, CSV and TSV: for programs, so that the shape never depends on the content."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

from tasktimer.core.timesheet import Entry
from tasktimer.core.timespec import format_instant
from tasktimer.output.data import escaped, plain_seconds, task_object, to_json
from tasktimer.output.text import harmless

COLUMNS = ("id", "user_id", "description", "start_time", "end_time", "time_spent", "project", "tags", "note")


def entry_object(entry: Entry, zone: tzinfo) -> dict[str, Any]:
    """The object that JSON shows for a task in a timesheet: `time_spent` is in seconds."""
    return {**task_object(entry.task, zone), "time_spent": entry.time_spent.total_seconds()}


def entries_json(entries: Iterable[Entry], zone: tzinfo) -> str:
    """Write the tasks of a timesheet as a list of objects."""
    return to_json([entry_object(entry, zone) for entry in entries])


def entries_csv(entries: Iterable[Entry], zone: tzinfo) -> str:
    """Write the tasks of a timesheet as CSV, with a header."""
    import csv
    from io import StringIO

    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *(_row(entry, zone) for entry in entries)])
    return text.getvalue()


def entries_tsv(entries: Iterable[Entry], zone: tzinfo) -> str:
    r"""Write the tasks of a timesheet as TSV, without a header; a tab, newline or backslash is \t, \n or \\."""
    return "".join("\t".join(map(escaped, _row(entry, zone))) + "\n" for entry in entries)


def _row(entry: Entry, zone: tzinfo) -> tuple[str, ...]:
    """The values of COLUMNS."""
    task = entry.task
    return (
        str(task.id),
        str(task.user_id),
        harmless(task.description),
        format_instant(task.start_time, zone),
        "" if task.end_time is None else format_instant(task.end_time, zone),
        plain_seconds(entry.time_spent),
        harmless(task.project or ""),
        ",".join(map(harmless, task.tags)),
        harmless(task.note or ""),
    )
