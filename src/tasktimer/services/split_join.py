"""The verbs that make one task of two, and two of one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tasktimer.core.task import MAX_DURATION, Task, normalize_nfc, validate_duration
from tasktimer.core.timeparse.datetimes import format_nonzero_duration
from tasktimer.errors import Conflict, InvalidValue, format_timestamp, quote_value
from tasktimer.services.start import validate_not_future
from tasktimer.services.transaction import journaled_on_tasks, retry_on_conflict
from tasktimer.store import Store

NO_GAP = timedelta()
ANY_GAP = MAX_DURATION


class SplitOutside(Conflict):
    """A task can be split only at a time inside it."""

    def __init__(self, task: Task, at: datetime, now: datetime) -> None:
        zone = now.tzinfo
        start = format_timestamp(task.start_time.astimezone(zone))
        end = "runs" if task.end_time is None else f"ends at {format_timestamp(task.end_time.astimezone(zone))}"
        when = format_timestamp(at.astimezone(zone))
        message = f"task {task.id} cannot be split at {when}: it starts at {start} and {end}"
        super().__init__("split-outside", message, "give a time after its start, and before its end")


class IncompatibleTasks(Conflict):
    """Two tasks that are not one piece of work."""

    def __init__(self, first: Task, second: Task, field: str, difference: str) -> None:
        hint = "only tasks of one user and one description can become one" if field == "user" else None
        said = f"tasks {first.id} and {second.id} cannot be joined: their {field}s are {difference}"
        super().__init__("unlike-tasks", said, hint, context={"field": field})


class TasksNotAdjacent(Conflict):
    """Two tasks with time between them, which a join would count."""

    def __init__(self, first: Task, second: Task, gap: timedelta) -> None:
        self.tasks = (first, second)
        self.gap = gap
        message = (
            f"{format_nonzero_duration(gap)} lie between the end of task {first.id} and the start of task {second.id}"
        )
        super().__init__("gap-between", message)


@retry_on_conflict
def split(
    store: Store, task_id: int, at: datetime, *, owner: int | None = None, by: int, now: datetime
) -> tuple[Task, Task]:
    """Make two tasks of one: it ends at a time inside it, and another like it goes on from there.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        SplitOutside: it has not begun by then, or is over.
        TimeInFuture: it runs, and the time lies after now.
    """
    at = at.astimezone(UTC)
    with journaled_on_tasks(store, "split", [task_id], owner=owner, by=by, now=now) as (made, (task,)):
        if at <= task.start_time or (task.end_time is not None and at >= task.end_time):
            raise SplitOutside(task, at, now)
        validate_not_future("end", at, now)
        second = made.add(
            user_id=task.user_id,
            description=task.description,
            start_time=at,
            end_time=task.end_time,
            project=task.project,
            tags=task.tags,
            note=task.note,
        )
        return made.change(task, end_time=at), second


@retry_on_conflict
def join(
    store: Store,
    ids: tuple[int, int],
    *,
    max_gap: timedelta = NO_GAP,
    owner: int | None = None,
    by: int,
    now: datetime,
) -> tuple[Task, Task, Task]:
    """Make one task of two; gives the one that started first and the other one as they were, and the one that is now.

    It keeps the earlier of the ids, goes from the first start to the last end, and has the tags, the project and the
    notes of both.

    Raises:
        InvalidValue: they are one task, or their notes together are too long.
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        IncompatibleTasks: they differ in their user, their description or their project.
        TasksNotAdjacent: more time lies between them than the longest gap.
    """
    validate_duration(max_gap)
    if ids[0] == ids[1]:
        raise InvalidValue("joined-with-itself", f"task {ids[0]} cannot be joined with itself", "give two ids")
    with journaled_on_tasks(store, "join", ids, owner=owner, by=by, now=now) as (made, tasks):
        first, second = sorted(tasks, key=lambda task: (task.start_time, task.id))
        _check_compatible(first, second)
        if (gap := gap_between(first, second)) > max_gap:
            raise TasksNotAdjacent(first, second, gap)
        kept, other = sorted(tasks, key=lambda task: task.id)
        made.remove(other)
        return first, second, made.change(kept, **_merged_fields(first, second))


def gap_between(first: Task, second: Task) -> timedelta:
    """The time from the end of a task to the start of a later one; none where they touch or overlap."""
    return NO_GAP if first.end_time is None else max(second.start_time - first.end_time, NO_GAP)


def _check_compatible(first: Task, second: Task) -> None:
    if first.user_id != second.user_id:
        raise IncompatibleTasks(first, second, "user", f"{first.user_id} and {second.user_id}")
    if normalize_nfc(first.description) != normalize_nfc(second.description):
        difference = f"{quote_value(first.description)} and {quote_value(second.description)}"
        raise IncompatibleTasks(first, second, "description", difference)
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
    from tasktimer.core.labels import validate_note  # most tasks have none

    note = f"{first}\n{second}"
    validate_note(note)
    return note
