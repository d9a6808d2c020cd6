"""Summaries of the running tasks, for people and for shell prompts."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from tasktimer.core.local_time import format_whole_seconds
from tasktimer.core.task import Task
from tasktimer.core.timesheet import Timesheet
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.output.formatting import escape_for_terminal, format_labels, format_length, format_running, format_totals

FIELDS = ("id", "user", "description", "project", "tags", "note", "since", "elapsed", "total", "others")

_MOST_TASKS = 5
_LINE = 80  # columns; the usual minimum width of a terminal
_PARTS = r"\{\{|\}\}|\{([^{}]*)\}|[{}]"


def validate_format(text: str) -> None:
    """Raise InvalidValue if a format has an unknown field or an unmatched brace; literal braces must be doubled."""
    for match in re.finditer(_PARTS, text):
        if match[1] is not None and match[1] not in FIELDS:
            hint = f"use one of {', '.join(FIELDS)}"
            raise InvalidValue("unknown-field", f"unknown field {quote_value(match[1])} in the format", hint)
        if len(match[0]) == 1:
            close = "close the field with }, or " if match[0] == "{" else ""
            hint = f"{close}use {match[0] * 2} for a literal brace"
            message = f"unmatched brace at character {match.start() + 1} of the format {quote_value(text)}"
            raise InvalidValue("invalid-format", message, hint)


def format_fields(text: str, tasks: Sequence[Task], today: Timesheet, now: datetime) -> str:
    """Fill in a valid format for the most recently started task; return an empty string if no task is running."""
    if not tasks:
        return ""
    values = _values(tasks, today, now)

    def fill(match: re.Match[str]) -> str:
        return match[0][0] if match[1] is None else values[match[1]]

    return re.sub(_PARTS, fill, text) + "\n"


def format_status(tasks: Sequence[Task], today: Timesheet, now: datetime) -> str:
    """Return the running tasks and today's total, with the elapsed time if tasks overlap.

    Times are in the time zone of `now`. The total is on a line of its own if several tasks are running, or if one line
    would be too long.
    """
    whole = today.in_whole_seconds
    worked, *elapsed = format_totals(whole.worked, whole.elapsed)
    total = f"Today: {worked} worked, {elapsed[0]} elapsed." if elapsed else f"Today: {worked}."
    if tasks[1:]:
        return "\n".join([*_running_lines(tasks, now), f"{total}\n"])
    message = f"{_running_line(tasks[0], now)}." if tasks else "Nothing is running."
    separator = " " if len(f"{message} {total}") <= _LINE else "\n"
    return f"{message}{separator}{total}\n"


def _running_lines(tasks: Sequence[Task], now: datetime) -> Iterator[str]:
    """Yield a line for each of the most recently started tasks, and one with the number of the others."""
    # Never print "and 1 more"; print that task instead.
    shown = tasks if len(tasks) == _MOST_TASKS + 1 else tasks[-_MOST_TASKS:]
    yield from (_running_line(task, now) for task in shown)
    if rest := len(tasks) - len(shown):
        yield f"and {rest:,} more"


def _running_line(task: Task, now: datetime) -> str:
    return f"Tracking {format_running(task, now)} ({format_length(task, now)}){format_labels(task)}"


def _values(tasks: Sequence[Task], today: Timesheet, now: datetime) -> dict[str, str]:
    task = tasks[-1]
    return {
        "id": str(task.id),
        "user": str(task.user_id),
        "description": escape_for_terminal(task.description),
        "project": escape_for_terminal(task.project or ""),
        "tags": escape_for_terminal(" ".join(f"+{tag}" for tag in task.tags)),
        "note": escape_for_terminal(task.note or ""),
        "since": f"{task.start_time.astimezone(now.tzinfo):%H:%M}",
        "elapsed": format_length(task, now),
        "total": format_whole_seconds(today.in_whole_seconds.worked),
        "others": str(len(tasks) - 1),
    }
