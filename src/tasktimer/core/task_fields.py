"""The values of a task as text, in a fixed order of columns."""

from collections.abc import Callable
from datetime import timedelta, tzinfo

from tasktimer.core.local_time import format_instant, format_seconds_decimal
from tasktimer.core.task import Task

COLUMNS = ("id", "user_id", "description", "start_time", "end_time", "time_spent", "project", "tags", "note")


def task_fields(task: Task, time_spent: timedelta, zone: tzinfo, escape: Callable[[str], str]) -> tuple[str, ...]:
    """Return a task's values in the order of COLUMNS; `escape` is applied to the texts that the user typed."""
    return (
        str(task.id),
        str(task.user_id),
        escape(task.description),
        format_instant(task.start_time, zone),
        "" if task.end_time is None else format_instant(task.end_time, zone),
        format_seconds_decimal(time_spent),
        escape(task.project) if task.project else "",
        ",".join(map(escape, task.tags)) if task.tags else "",
        escape(task.note) if task.note else "",
    )
