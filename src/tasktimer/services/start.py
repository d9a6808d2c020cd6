"""Services that start a task, record a finished task, or switch to another task."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tasktimer.core.labels import parse_labels
from tasktimer.core.local_time import add_duration, is_future, is_now
from tasktimer.core.record import Record
from tasktimer.core.task import (
    Actor,
    Task,
    validate_description,
    validate_duration,
    validate_end,
    validate_not_empty,
    validate_not_future,
)
from tasktimer.core.text import normalize_nfc
from tasktimer.errors import Conflict, EmptyTask, InvalidValue, NotFound, format_timestamp
from tasktimer.services.transaction import ChangeRecorder, end_by_clock, journaled, retry_on_conflict
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_queries

Tracked = tuple[Sequence[Task], Task, bool]  # the stopped tasks, the tracked task, and whether it is new


class NewTask(Record):
    """A task to start or, if it has an end or a duration, to record as finished.

    The task starts now unless `start_time` is set; with `no_gap`, it starts at the end of the user's most recently
    finished task. With a duration but no start, it starts that long before its end, which is now by default. If
    `allow_empty` is false, given times that would make a task end at its start are rejected.
    """

    # Not a named tuple, because creating its class costs 0.7 million instructions at start-up.
    __slots__ = (
        *("description", "project", "tags", "note"),
        *("start_time", "end_time", "duration", "no_gap", "allow_empty"),
    )
    description: str
    project: str | None
    tags: Sequence[str]
    note: str | None
    start_time: datetime | None
    end_time: datetime | None
    duration: timedelta | None
    no_gap: bool
    allow_empty: bool

    def __init__(  # noqa: PLR0913, PLR0917 (the fields)
        self,
        description: str,
        project: str | None = None,
        tags: Sequence[str] = (),
        note: str | None = None,
        start_time: datetime | None = None,
        end_time: datetime | None = None,
        duration: timedelta | None = None,
        no_gap: bool = False,  # noqa: FBT001, FBT002
        allow_empty: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        values = (description, project, tags, note, start_time, end_time, duration, no_gap, allow_empty)
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)


def start(store: Store, actor: Actor, new_task: NewTask, *, now: datetime) -> Task:
    """Add a task and return it; other running tasks keep running. For the exceptions, see `track`."""
    return track(store, actor, new_task, now=now)[1]


@retry_on_conflict
def track(
    store: Store,
    actor: Actor,
    new_task: NewTask,
    *,
    exclusive: bool = False,
    unless_running: bool = False,
    now: datetime,
) -> Tracked:
    """Add a task; return the tasks that were stopped, the task, and whether it is new.

    Other running tasks keep running; with `exclusive`, a new task without an end stops the user's running tasks. With
    `unless_running`, if the user has a running task with this description, project and tags, return that one instead.

    Raises:
        NotFound: if `no_gap` is set and the user has no finished tasks.
        ClockBeforeStart: if a task cannot end now because the clock was set back to a time before its start.
        Conflict: if the start or the end is in the future, the end is before the start, or a task would be stopped
            before its start.
    """
    with tracking(store, actor, new_task, exclusive=exclusive, unless_running=unless_running, now=now) as (_, tracked):
        return tracked


@contextmanager
def tracking(
    store: Store, actor: Actor, new_task: NewTask, *, exclusive: bool, unless_running: bool, now: datetime
) -> Iterator[tuple[ChangeRecorder, Tracked]]:
    """Add a task as `track` does; yield the recorder, whose transaction ends with the block, and the result."""
    values, start_time, end_time = validate_new_task(new_task, now)
    is_stopping = exclusive and end_time is None
    with journaled(store, actor, "track", now=now, create=not new_task.no_gap) as recorder:
        running = lock_running(recorder) if is_stopping or unless_running else []
        if unless_running and (same := _find_same(running, values)):
            yield recorder, ((), same, False)
            return
        if new_task.no_gap:
            start_time, end_time = _period_after_last(recorder, new_task, now)
        stopped: Sequence[Task] = ()
        if is_stopping:
            stopped, start_time = stop_at(recorder, running, start_time, now=now, allow_empty=new_task.allow_empty)
        yield recorder, (stopped, _add(recorder, values, start_time, end_time), True)


def validate_new_task(new_task: NewTask, now: datetime) -> tuple[dict[str, Any], datetime, datetime | None]:
    """Return the texts of a task as arguments of `insert_task`, its start, and its end, unless `no_gap` is set.

    For the exceptions, see `track`.
    """
    _validate_times(new_task)
    validate_description(new_task.description)
    values = {"description": new_task.description, **parse_labels(new_task.project, new_task.tags, new_task.note)}
    start_time, end_time = _resolve_times(new_task, now)
    if not new_task.no_gap:
        _validate_period(new_task, start_time, end_time, now)
    return values, start_time, end_time


@retry_on_conflict
def switch(store: Store, actor: Actor, new_task: NewTask, *, now: datetime) -> tuple[list[Task], Task]:
    """Stop the user's running tasks and start a new one at the same instant; return the stopped tasks and the new one.

    The instant is the new task's start time, by default now. The stopped tasks are sorted by start time.

    Raises:
        ClockBeforeStart: if a task cannot end now because the clock was set back to a time before its start.
        Conflict: if the instant is in the future, or before the start of a running task.
    """
    validate_description(new_task.description)
    values = {"description": new_task.description, **parse_labels(new_task.project, new_task.tags, new_task.note)}
    if new_task.start_time is not None:
        validate_not_future("start", new_task.start_time, now)
    with journaled(store, actor, "switch", now=now, create=True) as recorder:
        running = lock_running(recorder)
        stopped, instant = stop_at(recorder, running, new_task.start_time, now=now, allow_empty=new_task.allow_empty)
        return stopped, _add(recorder, values, instant, None)


def _add(recorder: ChangeRecorder, values: Mapping[str, Any], start_time: datetime, end_time: datetime | None) -> Task:
    end = None if end_time is None else end_time.astimezone(UTC)
    return recorder.add(user_id=recorder.actor.owner, start_time=start_time.astimezone(UTC), end_time=end, **values)


def _validate_times(new_task: NewTask) -> None:
    start_time, no_gap = new_task.start_time, new_task.no_gap
    end_time, duration = new_task.end_time, new_task.duration
    if no_gap and start_time is not None:
        raise InvalidValue("no-gap-and-start", "start_time and no_gap cannot be used together")
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
    new_task: NewTask, start_time: datetime, end_time: datetime | None, now: datetime, *, kept: str | None = None
) -> None:
    validate_not_future("start", start_time, now)
    if end_time is not None:
        duration = new_task.duration if new_task.end_time is None else None
        validate_end(start_time, end_time, now, duration=duration, kept=kept)
        if not new_task.allow_empty:
            validate_not_empty(start_time, end_time, now, duration=new_task.duration)


def _find_same(running: Sequence[Task], values: Mapping[str, Any]) -> Task | None:
    """Return a running task with the same description, project and tags; the note may differ."""
    sought = (normalize_nfc(values["description"]), values.get("project"), values.get("tags", ()))
    same = (task for task in running if (normalize_nfc(task.description), task.project, task.tags) == sought)
    return next(same, None)


def _period_after_last(recorder: ChangeRecorder, new_task: NewTask, now: datetime) -> tuple[datetime, datetime | None]:
    """Return the start and the end of a task that starts at the end of the user's most recently finished task."""
    start_time = _last_end(recorder, recorder.actor.owner, now)
    end_time = new_task.end_time if new_task.duration is None else start_time + new_task.duration
    _validate_period(new_task, start_time, end_time, now, kept="start")
    return start_time, end_time


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


def lock_running(recorder: ChangeRecorder) -> list[Task]:
    """Lock and return the user's running tasks, sorted by start time, then by ID."""
    user_id = recorder.actor.owner

    def find() -> list[Task]:
        # Also lock the last task: otherwise, if no task is running, concurrent switches would not wait for each other.
        last = task_queries.find_last_task(recorder.connection, user_id)
        running = task_queries.running_tasks(recorder.connection, user_id)
        return running if last is None else [last, *running]

    running = {task.id: task for task in recorder.lock_until_stable(find) if task.running}
    return sorted(running.values(), key=lambda task: (task.start_time, task.id))


def stop_at(
    recorder: ChangeRecorder, running: Sequence[Task], start_time: datetime | None, *, now: datetime, allow_empty: bool
) -> tuple[list[Task], datetime]:
    """Stop locked tasks when a new task starts, by default now; return the stopped tasks and the new task's start."""
    instant = _instant(running, start_time, now)
    is_given = start_time is not None and not is_now(start_time, now)  # a task may have started in this second
    if not allow_empty and is_given and running and running[-1].start_time == instant:
        raise EmptyTask(instant, now, running[-1].id, is_running=True)
    return [recorder.change(task, end_time=instant) for task in running], instant


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
