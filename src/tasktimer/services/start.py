"""Services that start a task, record a finished task, switch to another task or resume an earlier one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tasktimer.core.labels import parse_project, parse_tags, validate_note
from tasktimer.core.local_time import add_duration, is_future, is_now
from tasktimer.core.task import (
    Actor,
    Task,
    validate_description,
    validate_duration,
    validate_end,
    validate_not_future,
)
from tasktimer.errors import Conflict, InvalidValue, NotFound, StoreMissing, TaskNotFound, format_timestamp
from tasktimer.services.transaction import ChangeRecorder, end_by_clock, journaled, retry_on_conflict
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import task_queries


class NewTask(NamedTuple):
    """A task to start or, if it has an end or a duration, to record as finished.

    The task starts now unless `start_time` is set; with `no_gap`, it starts at the end of the user's most recently
    finished task. With a duration but no start, it starts that long before its end, which is now by default.
    """

    description: str
    project: str | None = None
    tags: Sequence[str] = ()
    note: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    duration: timedelta | None = None
    no_gap: bool = False


@retry_on_conflict
def start(store: Store, actor: Actor, new_task: NewTask, *, now: datetime) -> Task:
    """Add a task and return it; other running tasks keep running.

    Raises:
        NotFound: if `no_gap` is set and the user has no finished tasks.
        Conflict: if the start or the end is in the future, or the end is before the start.
    """
    _validate_times(new_task)
    validate_description(new_task.description)
    labels = _parse_labels(new_task)
    start_time, end_time = _resolve_times(new_task, now)
    end_after = new_task.duration if new_task.end_time is None else None
    if not new_task.no_gap:
        _validate_period(start_time, end_time, now, end_after)
    with journaled(store, actor, "track", now=now, create=not new_task.no_gap) as recorder:
        if new_task.no_gap:
            start_time = _last_end(recorder, recorder.actor.owner, now)
            end_time = new_task.end_time if new_task.duration is None else start_time + new_task.duration
            _validate_period(start_time, end_time, now, end_after, kept="start")
        return recorder.add(
            user_id=recorder.actor.owner,
            description=new_task.description,
            start_time=start_time.astimezone(UTC),
            end_time=None if end_time is None else end_time.astimezone(UTC),
            **labels,
        )


@retry_on_conflict
def switch(store: Store, actor: Actor, new_task: NewTask, *, now: datetime) -> tuple[list[Task], Task]:
    """Stop the user's running tasks and start a new one at the same instant; return the stopped tasks and the new one.

    The instant is the new task's start time, by default now. The stopped tasks are sorted by start time.

    Raises:
        ClockBeforeStart: if a task cannot end now because the clock was set back to a time before its start.
        Conflict: if the instant is in the future, or before the start of a running task.
    """
    validate_description(new_task.description)
    labels = _parse_labels(new_task)
    if new_task.start_time is not None:
        validate_not_future("start", new_task.start_time, now)
    with journaled(store, actor, "switch", now=now, create=True) as recorder:
        owner = recorder.actor.owner
        running = _lock_running(recorder, owner)
        instant = _instant(running, new_task.start_time, now)
        stopped = [recorder.change(task, end_time=instant) for task in running]
        started = recorder.add(
            user_id=owner, description=new_task.description, start_time=instant, end_time=None, **labels
        )
        return stopped, started


@retry_on_conflict
def resume(
    store: Store, actor: Actor, task_id: int | None = None, *, start_time: datetime | None = None, now: datetime
) -> Task:
    """Start a task with the description, project and tags of an earlier task, by default the last one to end.

    The new task belongs to user `actor.owner`, even if the earlier one belongs to another user. The note is not copied.

    Raises:
        NotFound: if no ID is given and the user has no tasks.
        Conflict: if the task with this ID or, without an ID, the user's last task is still running; or if the start is
            in the future.
    """
    if start_time is not None:
        validate_not_future("start", start_time, now)
    try:
        with journaled(store, actor, "resume", now=now) as recorder:
            owner = recorder.actor.owner
            last = recorder.lock_until_stable(lambda: _last_tasks(recorder.connection, owner))
            earlier = _task_to_resume(recorder, owner, task_id, last, now=now)
            start_time = (start_time or now).astimezone(UTC)
            return recorder.copy(earlier, user_id=owner, start_time=start_time, end_time=None, note=None)
    except StoreMissing:
        if task_id is None:
            raise
        raise TaskNotFound(task_id) from None


def _parse_labels(new_task: NewTask) -> dict[str, Any]:
    """Return a new task's project, tags and note as column values, or an empty dictionary if none of them is set."""
    project, note = new_task.project, new_task.note
    if project is None and note is None and not new_task.tags:
        return {}
    if note is not None:
        validate_note(note)
    return {
        "project": None if project is None else parse_project(project),
        "tags": parse_tags(new_task.tags),
        "note": note,
    }


def _validate_times(new_task: NewTask) -> None:
    start_time, end_time, duration, no_gap = new_task[4:]
    if no_gap and start_time is not None:
        raise InvalidValue("no-gap-and-start", "a start time and no gap cannot be combined")
    has_start = start_time is not None or no_gap
    if has_start and end_time is not None and duration is not None:
        message = "a start, an end and a duration cannot all be given"
        raise InvalidValue("end-and-duration", message, "give at most two of them; the third is computed")
    if end_time is not None and duration is None and not has_start:
        raise InvalidValue("end-without-start", "an end time requires a start time or a duration")


def _resolve_times(new_task: NewTask, now: datetime) -> tuple[datetime, datetime | None]:
    start_time, end_time, duration = new_task.start_time, new_task.end_time, new_task.duration
    if duration is None:
        return start_time or now, end_time
    validate_duration(duration)
    if start_time is not None:
        return start_time, add_duration(start_time, duration)
    end_time = end_time or now
    return add_duration(end_time, -duration), end_time


def _validate_period(
    start_time: datetime,
    end_time: datetime | None,
    now: datetime,
    duration: timedelta | None = None,
    *,
    kept: str | None = None,
) -> None:
    validate_not_future("start", start_time, now)
    if end_time is not None:
        validate_end(start_time, end_time, now, duration=duration, kept=kept)


def _last_end(recorder: ChangeRecorder, user_id: int, now: datetime) -> datetime:
    def find() -> list[Task]:
        task = task_queries.find_last_ended(recorder.connection, user_id)
        return [] if task is None else [task]

    (task,) = recorder.lock_until_stable(find) or (None,)
    if task is None or task.end_time is None:
        raise NotFound("no-ended-task", f"user {user_id} has no finished tasks")
    if is_future(task.end_time, now):
        message = f"the last task ({task.id}) ends in the future: {format_timestamp(task.end_time, now)}"
        raise Conflict("last-end-in-future", message, context={"now": format_timestamp(now, now)})
    return task.end_time


def _lock_running(recorder: ChangeRecorder, user_id: int) -> list[Task]:
    """Lock and return a user's running tasks, sorted by start time, then by ID."""

    def find() -> list[Task]:
        # Also lock the last task: otherwise, if no task is running, concurrent switches would not wait for each other.
        last = task_queries.find_last_task(recorder.connection, user_id)
        running = task_queries.running_tasks(recorder.connection, user_id)
        return running if last is None else [last, *running]

    running = {task.id: task for task in recorder.lock_until_stable(find) if task.running}
    return sorted(running.values(), key=lambda task: (task.start_time, task.id))


def _instant(running: Sequence[Task], start_time: datetime | None, now: datetime) -> datetime:
    """Return the instant at which to stop the running tasks: the requested start of the next task, or now."""
    instant = (start_time or now).astimezone(UTC)
    if not running or running[-1].start_time <= instant:
        return instant
    last = running[-1]
    if is_now(instant, now):
        return end_by_clock(last, now)
    start = format_timestamp(last.start_time, now, compared_to=instant)
    message = f"running task {last.id} cannot end at {format_timestamp(instant, now, compared_to=last.start_time)}"
    message += f", before its start at {start}"
    raise Conflict("switch-before-start", message, context={"id": last.id})


def _last_tasks(connection: Connection, user_id: int) -> list[Task]:
    """Return a user's most recently started task and most recently ended task, if they exist."""
    tasks = task_queries.find_last_task(connection, user_id), task_queries.find_last_ended(connection, user_id)
    return [task for task in tasks if task is not None]


def _task_to_resume(
    recorder: ChangeRecorder, owner: int, task_id: int | None, last: Sequence[Task], *, now: datetime
) -> Task:
    if task_id is not None:
        task = recorder.check_exists(task_id, task_queries.find_task(recorder.connection, task_id))
        hint = "use the ID of another task"
    elif last:
        task, hint = _last_stopped(*last), "to resume an earlier task, give its ID"
    else:
        raise NotFound("nothing-to-resume", f"user {owner} has not tracked anything yet")
    if task.running and task.user_id == owner:
        message = f"task {task.id} is already running (since {format_timestamp(task.start_time, now)})"
        raise Conflict("already-running", message, hint)
    return task


def _last_stopped(started: Task, ended: Task | None = None) -> Task:
    """Return the most recently ended task, or the most recently started task if it is running and began afterwards."""
    if ended is None or ended.end_time is None:
        return started
    return started if started.running and started.start_time >= ended.end_time else ended
