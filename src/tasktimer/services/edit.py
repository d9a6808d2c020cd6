"""The verbs that correct tasks, and delete them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict

from tasktimer.core.task import Task, check_description, check_duration
from tasktimer.core.timeparse.datetimes import shift
from tasktimer.errors import InvalidValue, NotFound, quoted
from tasktimer.services.start import check_end, check_not_future
from tasktimer.services.transaction import command_on, retried
from tasktimer.store import Store

Pair = tuple[Task, Task]  # as it was, as it is


class Edit(TypedDict, total=False):
    """What is asked to be different; what is left out stays as it is."""

    start_time: datetime
    end_time: datetime | None  # None: the task runs again
    duration: timedelta  # gives the end, or the start where only an end is given, too
    description: str
    project: str | None
    note: str | None
    add_tags: Sequence[str]
    remove_tags: Sequence[str]


@retried
def edit(
    store: Store,
    ids: Sequence[int],
    asked: Edit,
    *,
    owner: int | None = None,
    by: int,
    now: datetime,
) -> list[Pair]:
    """Correct these tasks, all or none; gives each as it was and as it is, in the order asked for.

    Raises:
        InvalidValue: a value cannot be one, or they contradict each other.
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        NotFound: a tag that is to be removed is not there.
        ClockBeforeStart: a running task cannot end now, because the clock was set back to before its start.
        Conflict: a start or an end lies after now, or an end before a start.
    """
    asked = check_edit(asked)
    with command_on(store, "edit", ids, owner=owner, by=by, now=now) as (made, tasks):
        return [(task, made.change(task, **correction(task, asked, now))) for task in tasks]


@retried
def move(store: Store, task_id: int, start_time: datetime, *, owner: int | None = None, by: int, now: datetime) -> Pair:
    """Let a task start at another time and keep its length; a running one runs on.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        Conflict: the start, or the end, would lie after now.
    """
    check_not_future("start", start_time, now)
    with command_on(store, "move", [task_id], owner=owner, by=by, now=now) as (made, (task,)):
        if task.end_time is None:
            return task, made.change(task, start_time=start_time.astimezone(UTC))
        end_time = shift(start_time, task.end_time - task.start_time)
        check_end(start_time, end_time, now, task_id)
        return task, made.change(task, start_time=start_time.astimezone(UTC), end_time=end_time)


@retried
def delete(store: Store, ids: Sequence[int], *, owner: int | None = None, by: int, now: datetime) -> list[Task]:
    """Delete these tasks, all or none; gives them in the order asked for.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
    """
    with command_on(store, "delete", ids, owner=owner, by=by, now=now) as (made, tasks):
        for task in tasks:
            made.remove(task)
        return tasks


def check_edit(asked: Edit) -> Edit:
    """Refuse what no task can become, and give the tags as they are stored.

    Raises:
        InvalidValue: a value cannot be one, or they contradict each other.
    """
    _check_times(asked)
    if "description" in asked:
        check_description(asked["description"])
    if asked.keys() & {"project", "note", "add_tags", "remove_tags"}:
        return _labelled(asked)
    return asked


def correction(task: Task, asked: Edit, now: datetime) -> dict[str, Any]:
    """The values that a task gets: those asked for, and those that follow from what it has.

    Raises:
        NotFound: a tag that is to be removed is not there.
        Conflict: a start or an end lies after now, or the end before the start.
    """
    start_time, end_time = _ends(task, asked, now)
    return {
        "description": asked.get("description", task.description),
        "start_time": start_time,
        "end_time": end_time,
        "project": asked.get("project", task.project),
        "tags": _tags(task, set(asked.get("add_tags", ())), set(asked.get("remove_tags", ()))),
        "note": asked.get("note", task.note),
    }


def _check_times(asked: Edit) -> None:
    if "duration" in asked:
        check_duration(asked["duration"])
    if "duration" in asked and "end_time" in asked:
        if asked["end_time"] is None:
            raise InvalidValue("end-and-duration", "a task that runs again has no length", "leave the length out")
        if "start_time" in asked:
            what = "the start, the end and the length are all given"
            raise InvalidValue("end-and-duration", what, "give two of them: the third follows")


def _labelled(asked: Edit) -> Edit:
    from tasktimer.core.labels import check_note, parse_project, parse_tags  # most edits are of times

    labelled = asked.copy()
    if (note := asked.get("note")) is not None:
        check_note(note)
    if (project := asked.get("project")) is not None:
        labelled["project"] = parse_project(project)
    added, removed = parse_tags(asked.get("add_tags", ())), parse_tags(asked.get("remove_tags", ()))
    if both := set(added) & set(removed):
        what = f"the tag {quoted(min(both))} is to be added and to be removed"
        raise InvalidValue("tag-added-and-removed", what, "give one of them")
    labelled["add_tags"], labelled["remove_tags"] = added, removed
    return labelled


def _tags(task: Task, added: set[str], removed: set[str]) -> tuple[str, ...]:
    if missing := removed.difference(task.tags):
        hint = f"its tags are {' '.join(f'+{tag}' for tag in task.tags)}" if task.tags else "it has no tags"
        raise NotFound("tag-not-found", f"task {task.id} has no tag {quoted(min(missing))}", hint)
    return tuple(sorted({*task.tags, *added} - removed))


def _ends(task: Task, asked: Edit, now: datetime) -> tuple[datetime, datetime | None]:
    start_time, end_time = _asked_ends(task, asked)
    # A time that stays may lie after now, where the clock was set back: the rest can be corrected all the same.
    if start_time != task.start_time:
        check_not_future("start", start_time, now)
    if end_time is None:
        return start_time.astimezone(UTC), None
    if task.end_time is None and end_time < start_time:
        from tasktimer.services.clock import end_by_clock, is_now  # lazy: the task started meanwhile, or an error

        if is_now(end_time, now):
            return start_time.astimezone(UTC), end_by_clock(task, now)
    if (start_time, end_time) != (task.start_time, task.end_time):
        check_end(start_time, end_time, now, task.id)
    return start_time.astimezone(UTC), end_time.astimezone(UTC)


def _asked_ends(task: Task, asked: Edit) -> tuple[datetime, datetime | None]:
    start_time, end_time = asked.get("start_time", task.start_time), asked.get("end_time", task.end_time)
    if "duration" not in asked:
        return start_time, end_time
    if "end_time" in asked and end_time is not None:
        return shift(end_time, -asked["duration"]), end_time
    return start_time, shift(start_time, asked["duration"])
