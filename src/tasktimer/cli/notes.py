"""Notes about possible mistakes in the times of a task."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from tasktimer.cli.context import Context
from tasktimer.cli.undo_hints import undo_hint
from tasktimer.config.settings import config_file
from tasktimer.core.difference import END_OF_RUNNING, subtract
from tasktimer.core.local_time import current_date, format_whole_seconds, local_date
from tasktimer.core.task import ALL_USERS, LONG, Actor, Task
from tasktimer.errors import TasktimerError
from tasktimer.output import notes as sentences
from tasktimer.output.formatting import format_with_date
from tasktimer.services.overlaps import find_overlaps
from tasktimer.services.queries import running_tasks

_MOST_IDS = 3
_MOST_NOTES = 3
_HALF_A_YEAR = timedelta(days=182)  # an earlier start is often in the wrong year
_WORKING_DAY = timedelta(hours=8)
_NIGHT = timedelta(hours=4)  # people who work late often have shorter gaps across midnight


def warn_long_tasks(context: Context, changes: Iterable[tuple[Task | None, Task]], user: str | None) -> None:
    """Print a note about tasks that became longer than 16 hours, possibly because a date was omitted.

    `changes` contains each task before and after the change; the former is None if the task is new or was running.
    """
    changed = [(before, after) for before, after in changes if before != after]
    if long := [after for before, after in changed if became_long(before, after, context.now)]:
        print_long_tasks(context, long, len(long), undo_hint(context, user, changed[0][1]))


def became_long(before: Task | None, after: Task, now: datetime) -> bool:
    """Return whether a task is longer than 16 hours and is new or was lengthened; a running task extends to `now`."""
    if not after.is_long(now) or before is None:
        return after.is_long(now)
    is_kept = (before.start_time, before.end_time) == (after.start_time, after.end_time)
    is_longer = before.running or after.interval(now).duration > before.interval(now).duration
    return is_longer and not is_kept


def print_long_tasks(context: Context, tasks: Sequence[Task], count: int, hint: str) -> None:
    """Print a note about tasks longer than 16 hours; `tasks` contains the first few, and `count` is the total."""
    context.print_note(sentences.format_long_tasks(tasks, count, LONG, context.now), hint)


def warn_forgotten_tasks(context: Context, tasks: Iterable[Task]) -> None:
    """Print a note about tasks that have been running for more than 16 hours."""
    if long := [task for task in tasks if task.running and task.is_long(context.now)]:
        example = format_with_date(long[0].start_time + _WORKING_DAY, context.zone)
        line = f"tasktimer stop {long[0].id} --at '{example}'"
        hint = f"to set an earlier end, for example 8 hours after the start, run: {line}"
        context.print_note(sentences.format_long_running(long, LONG, context.now), hint)


def warn_gap(context: Context, task: Task, user: str | None) -> None:
    """Print a note if --no-gap made a running task start on an earlier day, more than four hours ago."""
    gap = task.interval(context.now).duration
    if task.running and gap > _NIGHT and local_date(task.start_time, context.zone) != current_date(context.now):
        message = f"the last task ended on another day, {format_whole_seconds(gap)} ago"
        context.print_note(message, undo_hint(context, user, task))


def warn_new_task(context: Context, task: Task, user: str | None, *, deliberate: bool) -> None:
    """Print a note if a new task overlaps others or, on a terminal and unless `deliberate`, if others are running."""
    doubtful = {task.id} if _is_old(task, context.now) else ()
    overlapping = warn_overlaps(context, [task], user, deliberate=deliberate, doubtful=doubtful)
    if not overlapping and task.running and context.is_terminal and not deliberate:
        with suppress(TasktimerError):  # the task has been stored, and its ID printed
            _print_running(context, task, user)


def warn_old_starts(context: Context, changes: Iterable[tuple[Task | None, Task]], user: str | None) -> None:
    """Print a note about finished tasks whose start was set to a time more than half a year ago.

    `changes` contains each task before and after the change; the former is None if the task is new.
    """
    earliest = context.now - _HALF_A_YEAR

    def is_old(before: Task | None, after: Task) -> bool:
        was_old = before is not None and before.start_time < earliest
        return _is_old(after, context.now) and not was_old

    # There is another note about long tasks.
    pairs = [(before, after) for before, after in changes if not became_long(before, after, context.now)]
    if old := [after for before, after in pairs if is_old(before, after)]:
        context.print_note(sentences.format_old_starts(old, context.now), undo_hint(context, user, old[0]))


def warn_edited_overlaps(
    context: Context, pairs: Collection[tuple[Task, Task]], user: str | None, *, adjusted: bool = False
) -> None:
    """Print notes about edited tasks that overlap others at their new times; `pairs` are tasks before and after."""
    moved = [
        after for before, after in pairs if (before.start_time, before.end_time) != (after.start_time, after.end_time)
    ]
    if moved:
        now = context.now
        doubtful = {after.id for before, after in pairs if _is_old(after, now) and not _is_old(before, now)}
        warn_overlaps(context, moved, user, deliberate=adjusted, doubtful=doubtful)


def warn_overlaps(
    context: Context,
    tasks: Sequence[Task],
    user: str | None,
    *,
    deliberate: bool = False,
    doubtful: Collection[int] = (),
) -> bool:
    """Print notes about the given stored tasks that overlap others, and return whether there are any.

    Unless the overlaps are `deliberate`, add a hint with the command that makes room, including this --user option, but
    not for long tasks and those with the IDs in `doubtful`: another note says that their times are probably wrong.
    """
    found: list[tuple[Task, list[Task]]] = []
    with suppress(TasktimerError):  # the tasks have been stored, and their IDs printed
        found = find_overlaps(context.store, tasks, limit=sentences.MOST_NAMES + 1, now=context.now)
    if len(found) > _MOST_NOTES:
        context.print_note(sentences.format_many_overlaps([task for task, _ in found]))
        return True
    for task, others in found:
        is_doubtful = task.id in doubtful or task.is_long(context.now)
        hint = None if deliberate or is_doubtful else _adjust_hint(task, others, user)
        context.print_note(sentences.format_overlaps(task, others, context.now), hint)
    return bool(found)


def _adjust_hint(task: Task, others: Sequence[Task], user: str | None) -> str:
    room = task.interval(END_OF_RUNNING)
    covered = [not subtract(other.interval(END_OF_RUNNING), room) for other in others]
    action = "remove" if all(covered) else "cut or remove" if any(covered) else "cut"
    owner = "" if user in (None, ALL_USERS) else f" --user {user}"
    return f"to {action} the other task{'s' if others[1:] else ''}, run: tasktimer edit {task.id} --adjust{owner}"


def _is_old(task: Task, now: datetime) -> bool:
    return not task.running and task.start_time < now - _HALF_A_YEAR


def _print_running(context: Context, task: Task, user: str | None) -> None:
    actor = Actor(task.user_id, task.user_id)
    others = [other for other in running_tasks(context.store, actor) if other.id != task.id]
    if same := [other for other in others if _key(other) == _key(task)]:
        context.print_note(sentences.format_same_running(same[-1], context.now), undo_hint(context, user, task))
    elif others:
        ids = " ".join(str(other.id) for other in others)
        named = ids if len(others) <= _MOST_IDS else "ID"
        config = f"to switch by default, set exclusive = true in {config_file() or 'the config file'}"
        hint = f"{config}; to stop {'them' if others[1:] else 'it'} now, run: tasktimer stop {named}"
        context.print_note(sentences.format_also_running(others, context.now), hint)


def _key(task: Task) -> tuple[str, str | None, tuple[str, ...]]:
    return task.description, task.project, task.tags
