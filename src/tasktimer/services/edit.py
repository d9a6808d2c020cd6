"""Services that edit, move and delete tasks."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypedDict

from tasktimer.core.labels import parse_project, parse_tags, validate_note
from tasktimer.core.local_time import add_duration, is_now
from tasktimer.core.task import (
    Actor,
    Task,
    validate_description,
    validate_duration,
    validate_end,
    validate_not_empty,
    validate_not_future,
)
from tasktimer.errors import InvalidValue, NotFound, quote_value
from tasktimer.services.transaction import ChangeRecorder, end_by_clock, journaled_on_tasks, retry_on_conflict
from tasktimer.store.protocols import Store

TaskChange = tuple[Task, Task]  # before, after


class EditFields(TypedDict, total=False):
    """The fields to change; a missing key leaves its field unchanged."""

    start_time: datetime
    end_time: datetime | None  # None: remove the end, so that the task is running again
    duration: timedelta  # sets the end, or the start if only an end is given
    description: str
    project: str | None
    note: str | None
    tags: Sequence[str]  # replace all tags, before tags are added and removed
    add_tags: Sequence[str]
    remove_tags: Sequence[str]


class TagNotSet(NotFound):
    """The error for a tag that cannot be removed because it is not on the task, or not on any of several tasks."""

    def __init__(self, tag: str, tags: Iterable[str], task_id: int | None = None) -> None:
        name, names = quote_value(tag), " ".join(f"+{name}" for name in sorted(tags))
        if task_id is None:
            lacking, empty, owner = f"none of the tasks has the tag {name}", "the tasks have no tags", "their"
        else:
            lacking, empty, owner = f"task {task_id} does not have the tag {name}", f"task {task_id} has no tags", "its"
        message = lacking if names else f"cannot remove tag {name}: {empty}"
        super().__init__("tag-not-set", message, f"{owner} tags are {names}" if names else None, context={"tag": tag})


@retry_on_conflict
def edit(
    store: Store, actor: Actor, ids: Sequence[int], changes: EditFields, *, allow_empty: bool = True, now: datetime
) -> list[TaskChange]:
    """Edit the tasks with these IDs in one transaction; return each task before and after, in the order of `ids`.

    If `allow_empty` is false, reject given times that would make a task end at its start.

    Raises:
        NotFound: if a task does not have a tag that is to be removed.
        ClockBeforeStart: if a task cannot end now because the clock was set back to a time before its start.
        Conflict: if a task would start or end in the future, or end before it starts.
    """
    with editing(store, actor, ids, changes, allow_empty=allow_empty, now=now) as (_, pairs):
        return pairs


@contextmanager
def editing(
    store: Store, actor: Actor, ids: Sequence[int], changes: EditFields, *, allow_empty: bool, now: datetime
) -> Iterator[tuple[ChangeRecorder, list[TaskChange]]]:
    """Edit tasks as `edit` does; yield the recorder, whose transaction ends with the block, and the tasks."""
    changes = validate_edit(changes)
    with journaled_on_tasks(store, actor, "edit", ids, now=now) as (recorder, tasks):
        resolve = partial(resolve_edit, changes=changes, now=now, allow_empty=allow_empty)
        yield recorder, [(task, recorder.change(task, **resolve(task))) for task in tasks]


@retry_on_conflict
def move(store: Store, actor: Actor, task_id: int, start_time: datetime, *, now: datetime) -> TaskChange:
    """Change a task's start, keeping its length unless it is running; return the task before and after the change.

    Raises:
        Conflict: if the start or the end would be in the future.
    """
    with moving(store, actor, task_id, start_time, now=now) as (_, pair):
        return pair


@contextmanager
def moving(
    store: Store, actor: Actor, task_id: int, start_time: datetime, *, now: datetime
) -> Iterator[tuple[ChangeRecorder, TaskChange]]:
    """Move a task as `move` does; yield the recorder, whose transaction ends with the block, and the task."""
    validate_not_future("start", start_time, now)
    with journaled_on_tasks(store, actor, "move", [task_id], now=now) as (recorder, (task,)):
        end_time = None
        if task.end_time is not None:
            end_time = add_duration(start_time, task.end_time - task.start_time)
            validate_end(start_time, end_time, now, task_id, duration=task.end_time - task.start_time)
        yield recorder, (task, recorder.change(task, start_time=start_time.astimezone(UTC), end_time=end_time))


@retry_on_conflict
def delete(store: Store, actor: Actor, ids: Sequence[int], *, now: datetime) -> list[Task]:
    """Delete the tasks with these IDs in one transaction, and return them in the order of `ids`."""
    with journaled_on_tasks(store, actor, "delete", ids, now=now) as (recorder, tasks):
        for task in tasks:
            recorder.remove(task)
        return tasks


def validate_edit(changes: EditFields) -> EditFields:
    """Validate the changes to a task, and return them with the project and tags in normalized form."""
    _validate_times(changes)
    if "description" in changes:
        validate_description(changes["description"])
    if changes.keys() & {"project", "note", "tags", "add_tags", "remove_tags"}:
        return _parse_labels(changes)
    return changes


def resolve_edit(task: Task, changes: EditFields, now: datetime, *, allow_empty: bool = True) -> dict[str, Any]:
    """Return the new values of a task's fields, computing the start or the end from the duration if one is given.

    Raises:
        NotFound: if the task does not have a tag that is to be removed.
        Conflict: if the start or the end is in the future, or the end is before the start.
    """
    start_time, end_time = _resolve_times(task, changes, now, allow_empty=allow_empty)
    return {
        "description": changes.get("description", task.description),
        "start_time": start_time,
        "end_time": end_time,
        "project": changes.get("project", task.project),
        "tags": _tags(task, changes),
        "note": changes.get("note", task.note),
    }


def _validate_times(changes: EditFields) -> None:
    if "duration" in changes:
        validate_duration(changes["duration"])
    if "duration" in changes and "end_time" in changes:
        if changes["end_time"] is None:
            raise InvalidValue("end-and-duration", "a running task cannot have a duration")
        if "start_time" in changes:
            message = "a start, an end and a duration cannot all be given"
            raise InvalidValue("end-and-duration", message, "give at most two of them; the third is computed")


def _parse_labels(changes: EditFields) -> EditFields:
    parsed = changes.copy()
    if (note := changes.get("note")) is not None:
        validate_note(note)
    if (project := changes.get("project")) is not None:
        parsed["project"] = parse_project(project)
    if "tags" in changes:
        parsed["tags"] = parse_tags(changes["tags"])
    added, removed = parse_tags(changes.get("add_tags", ())), parse_tags(changes.get("remove_tags", ()))
    if both := set(added) & set(removed):
        message = f"the tag {quote_value(min(both))} is both added and removed"
        raise InvalidValue("tag-added-and-removed", message, "either add or remove the tag")
    parsed["add_tags"], parsed["remove_tags"] = added, removed
    return parsed


def _tags(task: Task, changes: EditFields) -> tuple[str, ...]:
    tags, removed = changes.get("tags", task.tags), set(changes.get("remove_tags", ()))
    if missing := removed.difference(tags):
        raise TagNotSet(min(missing), tags, task.id)
    return tuple(sorted({*tags, *changes.get("add_tags", ())} - removed))


def _resolve_times(
    task: Task, changes: EditFields, now: datetime, *, allow_empty: bool
) -> tuple[datetime, datetime | None]:
    start_time, end_time = _requested_times(task, changes)
    # An unchanged time may be in the future if the clock was set back; other fields can still be changed.
    if start_time != task.start_time:
        validate_not_future("start", start_time, now)
    if end_time is None:
        return start_time.astimezone(UTC), None
    if task.end_time is None and end_time < start_time and is_now(end_time, now):
        return start_time.astimezone(UTC), end_by_clock(task, now)
    if (start_time, end_time) != (task.start_time, task.end_time):
        is_end_kept = not changes.keys() & {"end_time", "duration"}
        kept = "end" if is_end_kept else None if "start_time" in changes else "start"
        duration = None if "end_time" in changes else changes.get("duration")
        validate_end(start_time, end_time, now, task.id, duration=duration, kept=kept)
        if not allow_empty and not is_now(end_time, now):  # the task may have started in this second
            validate_not_empty(start_time, end_time, now, task.id, duration=changes.get("duration"))
    return start_time.astimezone(UTC), end_time.astimezone(UTC)


def _requested_times(task: Task, changes: EditFields) -> tuple[datetime, datetime | None]:
    start_time, end_time = changes.get("start_time", task.start_time), changes.get("end_time", task.end_time)
    if "duration" not in changes:
        return start_time, end_time
    if "end_time" in changes and end_time is not None:
        return add_duration(end_time, -changes["duration"]), end_time
    return start_time, add_duration(start_time, changes["duration"])
