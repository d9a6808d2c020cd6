"""Journal entries, as JSON and TSV for programs, and as lines and a table for people."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from tasktimer.core.journal import Change, JournalEntry
from tasktimer.core.task import Task
from tasktimer.core.timeformat import format_instant
from tasktimer.output.json_tsv import escape_tsv, json_list, task_to_dict, to_json
from tasktimer.output.messages import escape_for_terminal, format_time, pluralize, truncate

# A command may have changed thousands of tasks; only programs get all of them.
MOST_LINES = 10

Entry = tuple[JournalEntry, Iterable[Change]]  # an entry and all its changes


def entries_json(commands: Iterable[Entry], zone: tzinfo) -> Iterator[str]:
    """Yield a JSON list of commands in pieces; `before` is null for a new task, `after` for a deleted one."""
    before = "["
    for command, changes in commands:
        opened = to_json(_object(command, zone)).removesuffix("[]\n}\n")
        yield f"{before}\n  " + opened.replace("\n", "\n  ")
        yield from json_list((_change(change, zone) for change in changes), margin="    ")
        yield "\n  }"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def entries_tsv(commands: Iterable[Entry], zone: tzinfo) -> Iterator[str]:
    """Yield commands as tab-separated lines: id, user_id, command, time, undone, reverses, the IDs of the tasks."""
    for command, changes in commands:
        row = (
            str(command.id),
            str(command.user_id),
            escape_tsv(command.name),
            format_instant(command.given_time, zone),
            "true" if command.undone else "false",
            "" if command.reverted_entry_id is None else str(command.reverted_entry_id),
        )
        yield "\t".join(row)
        before = "\t"
        for change in changes:
            yield f"{before}{change.task_id}"
            before = ","
        yield "\n" if before == "," else "\t\n"


def entries_table(
    commands: Sequence[JournalEntry], now: datetime, *, user_id: int | None = None, reader: int | None = None
) -> str:
    """Render commands for the terminal, in the given order, times in the zone of `now`.

    `user_id=None` means the commands of all users. The column of users is left out if all commands are the reader's.
    """
    if not commands:
        return "The history is empty.\n" if user_id is None else f"User {user_id} has no commands in the history.\n"
    from rich.text import Text  # lazy: what people see

    from tasktimer.output.timesheet_table import new_table, render_table

    has_users = {command.user_id for command in commands} != {reader}
    table = new_table()
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("Time", justify="right", no_wrap=True)
    if has_users:
        table.add_column("User", justify="right", no_wrap=True)
    table.add_column("Command", no_wrap=True)
    table.add_column("Changes", overflow="fold", min_width=20)
    for command in commands:
        table.add_row(
            str(command.id),
            format_time(command.given_time, now.tzinfo, now.date()),
            *([str(command.user_id)] if has_users else []),
            Text(_name(command)),
            Text("\n".join(_some_lines(command.changes, now, command.omitted_changes))),
            style="dim" if command.undone else None,
        )
    return render_table("History", table)


def _name(entry: JournalEntry) -> str:
    reverted = "" if entry.reverted_entry_id is None else f" {entry.reverted_entry_id}"
    return escape_for_terminal(entry.name) + reverted


def format_undo(command: JournalEntry, now: datetime) -> str:
    """Return the lines about an undone or redone command and its tasks."""
    done = "Undid" if command.undone else "Redid"
    reversed_changes = [Change(change.task_id, change.after, change.before) for change in command.changes]
    lines = _some_lines(reversed_changes if command.undone else command.changes, now, command.omitted_changes)
    return f"{done} {escape_for_terminal(command.name)} ({command.id}):\n" + "".join(f"  {line}\n" for line in lines)


def _some_lines(changes: Sequence[Change], now: datetime, more: int = 0) -> Iterator[str]:
    for change in changes[:MOST_LINES]:
        yield format_change(change, now)
    if more := more + len(changes[MOST_LINES:]):
        yield f"and {pluralize(more, 'task')} more"


def format_change(change: Change, now: datetime) -> str:
    """Describe the change of a task; times in the zone of `now`."""
    task = change.after or change.before
    assert task is not None
    name = f"{task.id}: {truncate(task.description)}"
    if change.before is None:
        return f"{name}, added, {_span(task, now)}"
    if change.after is None:
        return f"{name}, removed, {_span(task, now)}"
    precision = _precision(change.before, change.after)
    before, after = _values(change.before, now, precision), _values(change.after, now, precision)
    differences = (f"{label} {before[label]} -> {after[label]}" for label in before if before[label] != after[label])
    return f"{name}, {', '.join(differences)}"


def _span(task: Task, now: datetime) -> str:
    start = format_time(task.start_time, now.tzinfo, now.date())
    if task.end_time is None:
        return f"since {start}"
    return f"{start} to {format_time(task.end_time, now.tzinfo, task.start_time.astimezone(now.tzinfo).date())}"


def _precision(before: Task, after: Task) -> str:
    """Return the lowest precision at which the changed times look different."""
    ends = ((before.start_time, after.start_time), (before.end_time, after.end_time))
    different = [pair for pair in ends if None not in pair and pair[0] != pair[1]]
    for precision in ("minutes", "seconds"):
        texts = ((str(one.isoformat(timespec=precision)) for one in pair if one) for pair in different)
        if all(len(set(pair)) == 2 for pair in texts):
            return precision
    return "microseconds"


def _values(task: Task, now: datetime, precision: str = "minutes") -> dict[str, str]:
    return {
        "description": escape_for_terminal(task.description),
        "start": format_time(task.start_time, now.tzinfo, now.date(), precision),
        "end": "none" if task.end_time is None else format_time(task.end_time, now.tzinfo, now.date(), precision),
        "project": escape_for_terminal(task.project or "none"),
        "tags": escape_for_terminal(" ".join(f"+{tag}" for tag in task.tags) or "none"),
        "note": escape_for_terminal(task.note or "none"),
    }


def _object(command: JournalEntry, zone: tzinfo) -> dict[str, Any]:
    return {
        "id": command.id,
        "user_id": command.user_id,
        "command": command.name,
        "time": format_instant(command.given_time, zone),
        "undone": command.undone,
        "reverses": command.reverted_entry_id,
        "changes": [],
    }


def _change(change: Change, zone: tzinfo) -> dict[str, Any]:
    return {"task_id": change.task_id, "before": _state(change.before, zone), "after": _state(change.after, zone)}


def _state(task: Task | None, zone: tzinfo) -> dict[str, Any] | None:
    return None if task is None else task_to_dict(task, zone)
