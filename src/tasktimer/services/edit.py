"""The verbs that correct tasks, and delete them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict

from tasktimer.core.task import Task, validate_description, validate_duration
from tasktimer.core.timeparse.datetimes import add_duration
from tasktimer.errors import InvalidValue, NotFound, quote_value
from tasktimer.services.start import validate_end, validate_not_future
from tasktimer.services.transaction import journaled_on_tasks, retry_on_conflict
from tasktimer.store import Store

TaskChange = tuple[Task, Task]  # as it was, as it is


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


@retry_on_conflict
def edit(
    store: Store,
    ids: Sequence[int],
    asked: Edit,
    *,
    owner: int | None = None,
    by: int,
    now: datetime,
) -> list[TaskChange]:
    """Correct these tasks, all or none; gives each as it was and as it is, in the order asked for.

    Raises:
        InvalidValue: a value cannot be one, or they contradict each other.
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        NotFound: a tag that is to be removed is not there.
        ClockBeforeStart: a running task cannot end now, because the clock was set back to before its start.
        Conflict: a start or an end lies after now, or an end before a start.
    """
    asked = validate_edit(asked)
    with journaled_on_tasks(store, "edit", ids, owner=owner, by=by, now=now) as (made, tasks):
        return [(task, made.change(task, **resolve_edit(task, asked, now))) for task in tasks]


@retry_on_conflict
def move(
    store: Store, task_id: int, start_time: datetime, *, owner: int | None = None, by: int, now: datetime
) -> TaskChange:
    """Let a task start at another time and keep its length; a running one runs on.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        Conflict: the start, or the end, would lie after now.
    """
    validate_not_future("start", start_time, now)
    with journaled_on_tasks(store, "move", [task_id], owner=owner, by=by, now=now) as (made, (task,)):
        if task.end_time is None:
            return task, made.change(task, start_time=start_time.astimezone(UTC))
        end_time = add_duration(start_time, task.end_time - task.start_time)
        validate_end(start_time, end_time, now, task_id)
        return task, made.change(task, start_time=start_time.astimezone(UTC), end_time=end_time)


@retry_on_conflict
def delete(store: Store, ids: Sequence[int], *, owner: int | None = None, by: int, now: datetime) -> list[Task]:
    """Delete these tasks, all or none; gives them in the order asked for.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
    """
    with journaled_on_tasks(store, "delete", ids, owner=owner, by=by, now=now) as (made, tasks):
        for task in tasks:
            made.remove(task)
        return tasks


def validate_edit(asked: Edit) -> Edit:
    """Refuse what no task can become, and give the tags as they are stored.

    Raises:
        InvalidValue: a value cannot be one, or they contradict each other.
    """
    _check_times(asked)
    if "description" in asked:
        validate_description(asked["description"])
    if asked.keys() & {"project", "note", "add_tags", "remove_tags"}:
        return _labelled(asked)
    return asked


def resolve_edit(task: Task, asked: Edit, now: datetime) -> dict[str, Any]:
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
        validate_duration(asked["duration"])
    if "duration" in asked and "end_time" in asked:
        if asked["end_time"] is None:
            raise InvalidValue("end-and-duration", "a task that runs again has no length", "leave the length out")
        if "start_time" in asked:
            message = "the start, the end and the length are all given"
            raise InvalidValue("end-and-duration", message, "give two of them: the third follows")


def _labelled(asked: Edit) -> Edit:
    from tasktimer.core.labels import parse_project, parse_tags, validate_note  # most edits are of times

    labelled = asked.copy()
    if (note := asked.get("note")) is not None:
        validate_note(note)
    if (project := asked.get("project")) is not None:
        labelled["project"] = parse_project(project)
    added, removed = parse_tags(asked.get("add_tags", ())), parse_tags(asked.get("remove_tags", ()))
    if both := set(added) & set(removed):
        message = f"the tag {quote_value(min(both))} is to be added and to be removed"
        raise InvalidValue("tag-added-and-removed", message, "give one of them")
    labelled["add_tags"], labelled["remove_tags"] = added, removed
    return labelled


def _tags(task: Task, added: set[str], removed: set[str]) -> tuple[str, ...]:
    if missing := removed.difference(task.tags):
        hint = f"its tags are {' '.join(f'+{tag}' for tag in task.tags)}" if task.tags else "it has no tags"
        raise NotFound("tag-not-found", f"task {task.id} has no tag {quote_value(min(missing))}", hint)
    return tuple(sorted({*task.tags, *added} - removed))


def _ends(task: Task, asked: Edit, now: datetime) -> tuple[datetime, datetime | None]:
    start_time, end_time = _asked_ends(task, asked)
    # A time that stays may lie after now, where the clock was set back: the rest can be corrected all the same.
    if start_time != task.start_time:
        validate_not_future("start", start_time, now)
    if end_time is None:
        return start_time.astimezone(UTC), None
    if task.end_time is None and end_time < start_time:
        from tasktimer.services.clock import end_by_clock, is_now  # lazy: the task started meanwhile, or an error

        if is_now(end_time, now):
            return start_time.astimezone(UTC), end_by_clock(task, now)
    if (start_time, end_time) != (task.start_time, task.end_time):
        validate_end(start_time, end_time, now, task.id)
    return start_time.astimezone(UTC), end_time.astimezone(UTC)


def _asked_ends(task: Task, asked: Edit) -> tuple[datetime, datetime | None]:
    start_time, end_time = asked.get("start_time", task.start_time), asked.get("end_time", task.end_time)
    if "duration" not in asked:
        return start_time, end_time
    if "end_time" in asked and end_time is not None:
        return add_duration(end_time, -asked["duration"]), end_time
    return start_time, add_duration(start_time, asked["duration"])
