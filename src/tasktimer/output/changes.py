"""Descriptions of the changes that a command made or would make; times are in the time zone of `now`."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import TypeVar

from tasktimer.core.interval import intersect
from tasktimer.core.journal import Change, JournalEntry
from tasktimer.core.local_time import format_nonzero_duration
from tasktimer.core.task import Task
from tasktimer.output.formatting import (
    escape_for_terminal,
    format_length,
    format_span,
    format_summary,
    format_time,
    truncate,
)

# A command can change thousands of tasks; only the output for programs lists all of them.
MOST_LINES = 20
MOST_LINES_OF_ENTRY = 10

_Item = TypeVar("_Item")
Pair = tuple[Task, Task]  # before, after


def format_edits(done: str, pairs: Sequence[Pair], now: datetime, others: Sequence[Change] = ()) -> str:
    """Return a line for each edited task, and one for each of the `others`, which were adjusted to make room for them.

    The lines of edited tasks begin with `done`, a word such as "Edited". If others were adjusted, unchanged tasks are
    omitted.
    """
    shown = [pair for pair in pairs if pair[0] != pair[1]] if others else pairs

    def line(pair: Pair) -> str:
        if pair[0] == pair[1]:
            return f"Nothing to change in task {pair[0].id}: {truncate(pair[0].description)}"
        return _format_edit(done, *pair, now)

    return format_adjusted(others, now) + _lines(shown, line)


def format_adjusted(changes: Sequence[Change], now: datetime) -> str:
    """Return a line for each task that was cut, added by a split, or removed to make room for another task."""

    def line(change: Change) -> str:
        if change.before is None and change.after is not None:
            return f"Added {format_summary(change.after, now)}"
        if change.before is not None and change.after is None:
            return f"Removed {format_summary(change.before, now)}"
        assert change.before is not None
        assert change.after is not None
        return _format_edit("Edited", change.before, change.after, now)

    return _lines(changes, line)


def format_removed(done: str, tasks: Sequence[Task], now: datetime, undo: str) -> str:
    """Return a line for each of the deleted or cancelled tasks, and one with `undo`, the command that restores them."""
    lines = _lines(tasks, lambda task: f"{done} {format_summary(task, now)}")
    return f"{lines}To restore {'it' if len(tasks) == 1 else 'them'}, run: {undo}\n"


def _format_edit(done: str, before: Task, after: Task, now: datetime) -> str:
    return f"{done} {after.id}: {truncate(after.description)}, {format_differences(before, after, now)}"


def format_differences(before: Task, after: Task, now: datetime, day: date | None = None) -> str:
    """Return the changed fields of a task, with its new length if its times change.

    A time is shown with its date if the date changes, or is not `day`, which is today by default.
    """
    is_moved = (before.start_time, before.end_time) != (after.start_time, after.end_time)
    length = f" ({format_length(after, now)})" if is_moved and not after.running else ""
    return _differences(before, after, now.tzinfo, day or now.date()) + length


def first_items(items: Sequence[_Item], count: int) -> Sequence[_Item]:
    """Return the items to list: all of them or, if there are too many, the first few; `count` is the total number."""
    # Never print "and 1 more"; print the last item instead.
    return items if count <= MOST_LINES else items[: MOST_LINES - 1]


def format_split(first: Task, second: Task, now: datetime) -> str:
    """Return lines that describe the two parts of a split task."""
    return f"Split {first.id}:\n  {format_summary(first, now)}\n  {format_summary(second, now)}\n"


def format_joined(parts: Pair, task: Task, gap: timedelta, now: datetime) -> str:
    """Return lines that describe a joined task, including any gap or overlap between its two parts."""
    counted = f"  includes the {format_nonzero_duration(gap)} between them\n" if gap else ""
    both = intersect(parts[0].interval(now), parts[1].interval(now))
    if both is not None and both.duration:
        counted = f"  the overlap of {format_nonzero_duration(both.duration)} is no longer counted twice\n"
    first, second = sorted(part.id for part in parts)
    return f"Joined {first} and {second}:\n  {format_summary(task, now)}\n{counted}"


def format_undo(entry: JournalEntry, now: datetime) -> str:
    """Return lines that describe an undone or redone command and the resulting changes to tasks."""
    done, changes = "Redid", entry.changes
    if entry.undone:
        done, changes = "Undid", tuple(Change(change.task_id, change.after, change.before) for change in entry.changes)
    lines = format_changes(changes, now, entry.omitted_changes, restores=entry.undone)
    return f"{done} {escape_for_terminal(entry.name)} ({entry.id}):\n" + "".join(f"  {line}\n" for line in lines)


def format_changes(changes: Sequence[Change], now: datetime, more: int = 0, *, restores: bool = False) -> Iterator[str]:
    """Yield a line for each of the first changes, then the number of others; `more` counts those not in `changes`.

    `restores` is true for the changes of an undo, which adds only tasks that existed before.
    """
    for change in changes[:MOST_LINES_OF_ENTRY]:
        yield _format_change(change, now, "restored" if restores else "added")
    if more := more + len(changes[MOST_LINES_OF_ENTRY:]):
        yield f"and {more:,} more {'task' if more == 1 else 'tasks'}"


def _format_change(change: Change, now: datetime, added: str) -> str:
    task = change.after or change.before
    assert task is not None
    name = f"{task.id}: {truncate(task.description)}"
    if change.before is None or change.after is None:
        return f"{name}, {added if change.before is None else 'removed'}, {format_span(task, now)}"
    return f"{name}, {_differences(change.before, change.after, now.tzinfo, now.date())}"


def _differences(before: Task, after: Task, zone: tzinfo | None, day: date) -> str:
    precision = _precision(before, after)
    days = (
        _hidden_day(before.start_time, after.start_time, zone, day),
        _hidden_day(before.end_time, after.end_time, zone, day),
    )
    old, new = (_values(task, zone, days, precision) for task in (before, after))
    return ", ".join(f"{label} {old[label]} -> {new[label]}" for label in old if old[label] != new[label])


def _hidden_day(before: datetime | None, after: datetime | None, zone: tzinfo | None, day: date) -> date:
    """Return the date to omit from both times: `day`, or `date.min` to omit nothing if the dates differ."""
    dates = {instant.astimezone(zone).date() for instant in (before, after) if instant is not None}
    return day if len(dates) == 1 else date.min


def _precision(before: Task, after: Task) -> str:
    """Return the lowest precision at which each changed time differs from its previous value."""
    ends = ((before.start_time, after.start_time), (before.end_time, after.end_time))
    different = [pair for pair in ends if None not in pair and pair[0] != pair[1]]
    for precision in ("minutes", "seconds"):
        texts = ((str(one.isoformat(timespec=precision)) for one in pair if one) for pair in different)
        if all(len(set(pair)) == 2 for pair in texts):
            return precision
    return "microseconds"


def _values(task: Task, zone: tzinfo | None, days: tuple[date, date], precision: str) -> dict[str, str]:
    return {
        "description": escape_for_terminal(task.description),
        "start": format_time(task.start_time, zone, days[0], precision),
        "end": "none" if task.end_time is None else format_time(task.end_time, zone, days[1], precision),
        "project": escape_for_terminal(task.project or "none"),
        "tags": escape_for_terminal(" ".join(f"+{tag}" for tag in task.tags) or "none"),
        "note": escape_for_terminal(task.note or "none"),
    }


def _lines(items: Sequence[_Item], line: Callable[[_Item], str]) -> str:
    shown = first_items(items, len(items))
    rest = len(items) - len(shown)
    return "".join(f"{line(item)}\n" for item in shown) + (f"  and {rest:,} more\n" if rest else "")
