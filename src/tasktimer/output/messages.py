"""Sentences for people, and escaping of user text for the terminal."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from tasktimer.core.local_time import is_ambiguous
from tasktimer.core.task import Task
from tasktimer.core.timeformat import format_whole_seconds
from tasktimer.errors import MAX_QUOTE_LENGTH

# Includes characters that reorder the text around them: a line that the user confirms must read as it is.
_CONTROL = r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
_MOST_NAMES = 3
MOST_IDS = 20


def escape_for_terminal(text: str) -> str:
    r"""Escape control characters, so that none reaches the terminal.

    >>> escape_for_terminal("two\nlines \x1b[31m")
    'two\\nlines \\x1b[31m'
    """
    if text.isprintable():
        return text
    return re.sub(_CONTROL, _escape, text)


def truncate(text: str) -> str:
    """Escape a description for the terminal, and shorten it to fit into a sentence."""
    shown = escape_for_terminal(text)
    return shown if len(shown) <= MAX_QUOTE_LENGTH else f"{shown[: MAX_QUOTE_LENGTH - 1]}…"


def format_started(task: Task, now: datetime) -> str:
    """Return the line about a started or recorded task, with its labels; times in the zone of `now`."""
    return f"{'Tracking' if task.running else 'Tracked'} {format_summary(task, now)}{format_labels(task)}\n"


def format_stopped(task: Task, now: datetime) -> str:
    """Return the line about a stopped task; times in the zone of `now`."""
    return f"Stopped {format_summary(task, now)}\n"


def format_running(task: Task, now: datetime) -> str:
    """Return the ID, description and start of a running task; times in the zone of `now`."""
    return f"{task.id}: {truncate(task.description)}, since {_since(task.start_time, now)}"


def format_summary(task: Task, now: datetime) -> str:
    """Return the ID, description and times of a task, in the zone of `now`."""
    return format_running(task, now) if task.end_time is None else _finished(task, task.end_time, now)


def format_task_details(task: Task, now: datetime) -> str:
    """Return all fields of a task, one per line; times in the zone of `now`."""
    lines = {
        "Task": str(task.id),
        "Description": escape_for_terminal(task.description),
        "Project": escape_for_terminal(task.project or ""),
        "Tags": escape_for_terminal(" ".join(f"+{tag}" for tag in task.tags)),
        "Note": "\n             ".join(map(escape_for_terminal, (task.note or "").split("\n"))),
        "Start": _since(task.start_time, now),
        "End": "running" if task.end_time is None else _since(task.end_time, now),
        "Time spent": format_whole_seconds(task.interval(now).duration),
        "User": str(task.user_id),
    }
    return "".join(f"{name:<11}  {value}\n" for name, value in lines.items() if value)


def format_labels(task: Task) -> str:
    """Return the project and the tags, to be appended to the description of a task."""
    found = [*([task.project] if task.project else []), *(f"+{tag}" for tag in task.tags)]
    return "".join(f"  {escape_for_terminal(label)}" for label in found)


def format_cancelled(task: Task, now: datetime) -> str:
    """Return the line about a cancelled task; times in the zone of `now`."""
    return f"Cancelled {format_running(task, now)}\n"


def format_overlaps(task: Task, others: Sequence[Task], now: datetime) -> str:
    """Return a sentence about tasks that cover the start of another one; times in the zone of `now`."""
    return f"{_listed(others, now)} also {'cover' if others[1:] else 'covers'} {_since(task.start_time, now)}"


def format_also_running(tasks: Sequence[Task], now: datetime) -> str:
    """Return a sentence about other running tasks; times in the zone of `now`."""
    return f"{_listed(tasks, now)} {'are' if tasks[1:] else 'is'} also running"


def format_long_tasks(tasks: Sequence[Task], count: int, length: timedelta, now: datetime) -> str:
    """Return a sentence about tasks that are now longer than `length`; `tasks` are the first of `count`."""
    more = f"more than {length // timedelta(hours=1)} hours"
    if count == 1:
        return f"task {tasks[0].id} now takes {format_whole_seconds(tasks[0].interval(now).duration)}, {more}"
    ids = " ".join(str(task.id) for task in tasks[:MOST_IDS])
    return f"{count:,} tasks now take {more} each: {ids}{f' and {count - MOST_IDS:,} more' if count > MOST_IDS else ''}"


def format_totals(worked: timedelta, elapsed: timedelta) -> tuple[str, ...]:
    """Format the worked and the elapsed time of tasks; one text if both look the same.

    >>> format_totals(timedelta(hours=2, milliseconds=300), timedelta(hours=2))
    ('2:00:00',)
    """
    texts = format_whole_seconds(worked), format_whole_seconds(elapsed)
    return texts[:1] if texts[0] == texts[1] else texts


def format_time(instant: datetime, zone: tzinfo | None, day: date, precision: str = "minutes") -> str:
    """Format an instant as local time, with the date unless it is `day`, and the offset if the time is ambiguous."""
    local = instant.astimezone(zone)
    time = local.time().isoformat(precision)
    text = time if local.date() == day else f"{local.date().isoformat()} {time}"
    return text + (local.isoformat()[-6:] if is_ambiguous(local) else "")


def format_day_title(day: date, zone: tzinfo, length: timedelta) -> str:
    """Return the date and the zone of a day, and its length unless that is 24 hours.

    >>> from zoneinfo import ZoneInfo
    >>> format_day_title(date(2024, 10, 27), ZoneInfo("Europe/Berlin"), timedelta(hours=25))
    'Sunday 2024-10-27, Europe/Berlin, a day of 25 h'
    """
    hours = length / timedelta(hours=1)
    return f"{day:%A} {day.isoformat()}, {zone}" + ("" if hours == 24 else f", a day of {hours:g} h")


def format_skipped_day(day: date, zone: tzinfo) -> str:
    """Return a sentence about a date that a zone skipped."""
    return (
        escape_for_terminal(f"There was no {day:%A} {day.isoformat()} in {zone}: the clocks skipped that day.") + "\n"
    )


def pluralize(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> pluralize(1, "task"), pluralize(12_000, "task")
    ('1 task', '12,000 tasks')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def format_bytes(length: int) -> str:
    """Format a size in bytes.

    >>> format_bytes(900), format_bytes(57_344), format_bytes(115_343_360)
    ('900 bytes', '56 KiB', '110 MiB')
    """
    for unit, name in ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB")):
        if length >= unit:
            return f"{length / unit:.3g} {name}"
    return pluralize(length, "byte")


def _finished(task: Task, end_time: datetime, now: datetime) -> str:
    duration = format_whole_seconds(task.interval(now).duration)
    return f"{task.id}: {truncate(task.description)}, {_from_to(task, end_time, now)} ({duration})"


def _from_to(task: Task, end_time: datetime, now: datetime) -> str:
    end = format_time(end_time, now.tzinfo, task.start_time.astimezone(now.tzinfo).date())
    return f"{_since(task.start_time, now)} to {end}"


def _listed(tasks: Sequence[Task], now: datetime) -> str:
    """Return a list of tasks as part of a sentence."""
    names = [_short(task, now) for task in tasks[:_MOST_NAMES]]
    if len(tasks) > _MOST_NAMES:
        names.append(f"{len(tasks) - _MOST_NAMES} more")
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def _short(task: Task, now: datetime) -> str:
    if task.end_time is None:
        return f"task {task.id} ({truncate(task.description)}, since {_since(task.start_time, now)})"
    return f"task {task.id} ({truncate(task.description)}, {_from_to(task, task.end_time, now)})"


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def _since(instant: datetime, now: datetime) -> str:
    return format_time(instant, now.tzinfo, now.date())
