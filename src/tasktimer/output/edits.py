"""Sentences about edited and deleted tasks, or those that would be; times in the zone of `now`."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from tasktimer.core.interval import intersect
from tasktimer.core.journal import Change
from tasktimer.core.task import Task
from tasktimer.core.timeformat import format_nonzero_duration, format_whole_seconds
from tasktimer.output.journal import format_change
from tasktimer.output.messages import format_labels, format_summary, truncate

MOST_LINES = 20

_Thing = TypeVar("_Thing")
Pair = tuple[Task, Task]  # before, after


def format_edits(done: str, pairs: Sequence[Pair], now: datetime) -> str:
    """Return a line for each task with its changes; `done` is a word such as Edited."""
    return _lines(pairs, lambda pair: _changed(done, pair, now))


def format_deleted(tasks: Sequence[Task], now: datetime, undo: str) -> str:
    """Return a line for each deleted task, and the command that restores them."""
    lines = _lines(tasks, lambda task: f"Deleted {format_summary(task, now)}")
    return f"{lines}To restore {'it' if len(tasks) == 1 else 'them'}, run: {undo}\n"


def format_diffs(pairs: Sequence[Pair], count: int, now: datetime) -> str:
    """Return a line for each task with its changes; `pairs` are the first of `count` tasks."""
    return _lines(pairs, lambda pair: f"  {_difference(pair, now)}", count)


def format_summaries(tasks: Sequence[Task], count: int, now: datetime) -> str:
    """Return a line for each task with its times and labels; `tasks` are the first of `count` tasks."""
    return _lines(tasks, lambda task: f"  {format_summary(task, now)}{format_labels(task)}", count)


def format_split(first: Task, second: Task, now: datetime) -> str:
    """Return the lines that name the two parts of a split task."""
    return f"Split {first.id}:\n  {format_summary(first, now)}\n  {format_summary(second, now)}\n"


def format_joined(parts: Pair, task: Task, gap: timedelta, now: datetime) -> str:
    """Return the lines that name a joined task, and how its time differs from that of the two parts."""
    counted = f"  includes the {format_nonzero_duration(gap)} between them\n" if gap else ""
    both = intersect(parts[0].interval(now), parts[1].interval(now))
    if both is not None and both.duration:
        counted = f"  the shared {format_nonzero_duration(both.duration)} no longer counts twice\n"
    first, second = sorted(part.id for part in parts)
    return f"Joined {first} and {second}:\n  {format_summary(task, now)}\n{counted}"


def _changed(done: str, pair: Pair, now: datetime) -> str:
    if pair[0] == pair[1]:
        return f"Nothing to change in {pair[0].id}: {truncate(pair[0].description)}"
    return f"{done} {_difference(pair, now)}"


def _difference(pair: Pair, now: datetime) -> str:
    before, after = pair
    is_moved = (before.start_time, before.end_time) != (after.start_time, after.end_time)
    length = f" ({format_whole_seconds(after.interval(now).duration)})" if is_moved and not after.running else ""
    return format_change(Change(before.id, before, after), now) + length


def _lines(things: Sequence[_Thing], line: Callable[[_Thing], str], count: int | None = None) -> str:
    count = len(things) if count is None else count
    # Never "and 1 more": the last task fits on that line.
    shown = things if count <= MOST_LINES else things[: MOST_LINES - 1]
    rest = count - len(shown)
    return "".join(f"{line(thing)}\n" for thing in shown) + (f"  and {rest:,} more\n" if rest else "")
