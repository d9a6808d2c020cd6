"""The verbs that make one task of two, and two of one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tasktimer.core.task import LONGEST_DURATION, Task, check_duration, composed
from tasktimer.core.timeparse.datetimes import format_some
from tasktimer.errors import Conflict, InvalidValue, moment, quoted
from tasktimer.services.start import check_not_future
from tasktimer.services.transaction import command_on, retried
from tasktimer.store import Store

NO_GAP = timedelta()
ANY_GAP = LONGEST_DURATION


class SplitOutside(Conflict):
    """A task can be split only at a time inside it."""

    def __init__(self, task: Task, at: datetime, now: datetime) -> None:
        start = moment(task.start_time.astimezone(now.tzinfo))
        end = "runs" if task.end_time is None else f"ends at {moment(task.end_time.astimezone(now.tzinfo))}"
        what = f"task {task.id} cannot be split at {moment(at.astimezone(now.tzinfo))}: it starts at {start} and {end}"
        super().__init__("split-outside", what, "give a time after its start, and before its end")


class Unlike(Conflict):
    """Two tasks that are not one piece of work."""

    def __init__(self, first: Task, second: Task, what: str, difference: str) -> None:
        hint = "only tasks of one user and one description can become one" if what == "user" else None
        said = f"tasks {first.id} and {second.id} cannot be joined: their {what}s are {difference}"
        super().__init__("unlike-tasks", said, hint, facts={"what": what})


class Apart(Conflict):
    """Two tasks with time between them, which a join would count."""

    def __init__(self, first: Task, second: Task, gap: timedelta) -> None:
        self.tasks = (first, second)
        self.gap = gap
        what = f"{format_some(gap)} lie between the end of task {first.id} and the start of task {second.id}"
        super().__init__("gap-between", what)


@retried
def split(
    store: Store, task_id: int, at: datetime, *, owner: int | None = None, by: int, now: datetime
) -> tuple[Task, Task]:
    """Make two tasks of one: it ends at a time inside it, and another like it goes on from there.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        SplitOutside: it has not begun by then, or is over.
        InTheFuture: it runs, and the time lies after now.
    """
    at = at.astimezone(UTC)
    with command_on(store, "split", [task_id], owner=owner, by=by, now=now) as (made, (task,)):
        if at <= task.start_time or (task.end_time is not None and at >= task.end_time):
            raise SplitOutside(task, at, now)
        check_not_future("end", at, now)
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


@retried
def join(
    store: Store,
    ids: tuple[int, int],
    *,
    longest_gap: timedelta = NO_GAP,
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
        Unlike: they differ in their user, their description or their project.
        Apart: more time lies between them than the longest gap.
    """
    check_duration(longest_gap)
    if ids[0] == ids[1]:
        raise InvalidValue("joined-with-itself", f"task {ids[0]} cannot be joined with itself", "give two ids")
    with command_on(store, "join", ids, owner=owner, by=by, now=now) as (made, tasks):
        first, second = sorted(tasks, key=lambda task: (task.start_time, task.id))
        _check_alike(first, second)
        if (gap := gap_between(first, second)) > longest_gap:
            raise Apart(first, second, gap)
        kept, other = sorted(tasks, key=lambda task: task.id)
        made.remove(other)
        return first, second, made.change(kept, **_united(first, second))


def gap_between(first: Task, second: Task) -> timedelta:
    """The time from the end of a task to the start of a later one; none where they touch or overlap."""
    return NO_GAP if first.end_time is None else max(second.start_time - first.end_time, NO_GAP)


def _check_alike(first: Task, second: Task) -> None:
    if first.user_id != second.user_id:
        raise Unlike(first, second, "user", f"{first.user_id} and {second.user_id}")
    if composed(first.description) != composed(second.description):
        difference = f"{quoted(first.description)} and {quoted(second.description)}"
        raise Unlike(first, second, "description", difference)
    if first.project and second.project and first.project != second.project:
        raise Unlike(first, second, "project", f"{quoted(first.project)} and {quoted(second.project)}")


def _united(first: Task, second: Task) -> dict[str, Any]:
    ends = [task.end_time for task in (first, second) if task.end_time is not None]
    return {
        "start_time": first.start_time,
        "end_time": max(ends) if len(ends) == 2 else None,
        "project": first.project or second.project,
        "tags": tuple(sorted({*first.tags, *second.tags})),
        "note": _united_notes(first.note, second.note),
    }


def _united_notes(first: str | None, second: str | None) -> str | None:
    if first is None or second is None or first == second:
        return first or second
    from tasktimer.core.labels import check_note  # most tasks have none

    note = f"{first}\n{second}"
    check_note(note)
    return note
