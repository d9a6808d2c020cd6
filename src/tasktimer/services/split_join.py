"""Services that split a task in two, or join two tasks into one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tasktimer.core.labels import validate_note
from tasktimer.core.local_time import format_nonzero_duration
from tasktimer.core.task import MAX_DURATION, Actor, Task, validate_duration
from tasktimer.core.text import normalize_nfc
from tasktimer.errors import Conflict, InvalidValue, TimeInFuture, format_timestamp, quote_value
from tasktimer.services.transaction import ChangeRecorder, journaled_on_tasks, retry_on_conflict
from tasktimer.store.protocols import Store

NO_GAP = timedelta()
ANY_GAP = MAX_DURATION


class SplitOutside(Conflict):
    """The error for a split time that is not between a task's start and end."""

    def __init__(self, task: Task, at: datetime, now: datetime) -> None:
        is_before = task.end_time is None or at <= task.start_time
        limit = task.start_time if is_before or task.end_time is None else task.end_time
        instant = format_timestamp(at, now, compared_to=limit)
        bound = f"{'starts' if is_before else 'ends'} at {format_timestamp(limit, now, compared_to=at)}"
        message = f"task {task.id} cannot be split at {instant} because it {bound}"
        super().__init__("split-outside-task", message, "use a time after its start and before its end")


class IncompatibleTasks(Conflict):
    """The error for two tasks that cannot be joined because they differ in a field."""

    def __init__(self, first: Task, second: Task, field: str, values: str) -> None:
        hint = "select tasks of the same user" if field == "user" else None
        reason = "they belong to different users" if field == "user" else f"their {field}s differ"
        message = f"tasks {first.id} and {second.id} cannot be joined because {reason} ({values})"
        super().__init__("incompatible-tasks", message, hint, context={"field": field, "tasks": (first, second)})


class TasksNotAdjacent(Conflict):
    """The error for two tasks that cannot be joined because the gap between them is too long."""

    def __init__(self, first: Task, second: Task, gap: timedelta) -> None:
        self.tasks = (first, second)
        self.gap = gap
        reason = f"there is a gap of {format_nonzero_duration(gap)} between them"
        message = f"tasks {first.id} and {second.id} cannot be joined because {reason}"
        super().__init__("tasks-not-adjacent", message)


@retry_on_conflict
def split(store: Store, actor: Actor, task_id: int, at: datetime, *, now: datetime) -> tuple[Task, Task]:
    """Split a task at a given time and return both parts; the second part gets a new ID.

    Raises:
        SplitOutside: if the time is not between the task's start and end.
        TimeInFuture: if the task is running and the time is in the future.
    """
    with journaled_on_tasks(store, actor, "split", [task_id], now=now) as (recorder, (task,)):
        return split_recorded(recorder, task, at, now)


def split_recorded(recorder: ChangeRecorder, task: Task, at: datetime, now: datetime) -> tuple[Task, Task]:
    """Split a task within a transaction, as `split` does."""
    at = at.astimezone(UTC)
    if at <= task.start_time or (task.end_time is not None and at >= task.end_time):
        raise SplitOutside(task, at, now)
    if at > now:
        raise TimeInFuture("end", at, now, noun="time of the split")
    second = recorder.copy(task, start_time=at)
    return recorder.change(task, end_time=at), second


@retry_on_conflict
def join(
    store: Store, actor: Actor, ids: tuple[int, int], *, max_gap: timedelta = NO_GAP, now: datetime
) -> tuple[Task, Task, Task]:
    """Join two tasks into one; return the earlier and the later task as they were before, and the joined task.

    The joined task keeps the lower ID, lasts from the earlier start to the later end, and has the tags and notes of
    both tasks, and the project of either.

    Raises:
        InvalidValue: if the two IDs are the same, or the combined note is too long.
        IncompatibleTasks: if the tasks differ in user or description, or have two different projects.
        TasksNotAdjacent: if the gap between the tasks is longer than `max_gap`.
    """
    validate_duration(max_gap)
    if ids[0] == ids[1]:
        raise InvalidValue("same-task", f"task {ids[0]} cannot be joined with itself", "use two different IDs")
    with journaled_on_tasks(store, actor, "join", ids, now=now) as (recorder, tasks):
        first, second = sorted(tasks, key=lambda task: (task.start_time, task.id))
        _check_compatible(first, second)
        if (gap := gap_between(first, second)) > max_gap:
            raise TasksNotAdjacent(first, second, gap)
        kept, other = sorted(tasks, key=lambda task: task.id)
        recorder.remove(other)
        return first, second, recorder.change(kept, **_merged_fields(first, second))


def gap_between(first: Task, second: Task) -> timedelta:
    """Return the time from the end of a task to the start of a later one, or zero if they are adjacent or overlap."""
    return NO_GAP if first.end_time is None else max(second.start_time - first.end_time, NO_GAP)


def _check_compatible(first: Task, second: Task) -> None:
    if first.user_id != second.user_id:
        raise IncompatibleTasks(first, second, "user", f"{first.user_id} and {second.user_id}")
    if normalize_nfc(first.description) != normalize_nfc(second.description):
        values = f"{quote_value(first.description)} and {quote_value(second.description)}"
        raise IncompatibleTasks(first, second, "description", values)
    if first.project and second.project and first.project != second.project:
        raise IncompatibleTasks(
            first, second, "project", f"{quote_value(first.project)} and {quote_value(second.project)}"
        )


def _merged_fields(first: Task, second: Task) -> dict[str, Any]:
    ends = [task.end_time for task in (first, second) if task.end_time is not None]
    return {
        "start_time": first.start_time,
        "end_time": max(ends) if len(ends) == 2 else None,
        "project": first.project or second.project,
        "tags": tuple(sorted({*first.tags, *second.tags})),
        "note": _merged_notes(first.note, second.note),
    }


def _merged_notes(first: str | None, second: str | None) -> str | None:
    if first is None or second is None or first == second:
        return first or second
    note = f"{first}\n{second}"
    validate_note(note)
    return note
