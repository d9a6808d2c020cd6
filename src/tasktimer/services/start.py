"""Start a task, or record a finished one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tasktimer.core.actor import Actor
from tasktimer.core.task import Task, validate_description, validate_duration
from tasktimer.errors import Conflict, EndBeforeStart, InvalidValue, NotFound, TimeInFuture, format_timestamp
from tasktimer.services.transaction import ChangeRecorder, journaled, retry_on_conflict
from tasktimer.store import Store
from tasktimer.store.statements import task_queries


class NewTask(NamedTuple):
    """A task to start, or with an end or a duration to record as finished.

    It starts now unless `start_time` is set. With `no_gap` it starts when the owner's last task ended. A duration
    without a start counts back from the end, which is now by default.
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
    """Store a new task and return it. Other running tasks continue.

    Times in errors are shown in the zone of `now`.

    Raises:
        InvalidValue: if a value is invalid, or the times contradict each other.
        NotFound: if `no_gap` is set and no task of the owner has ended.
        Conflict: if the start or the end is in the future, or the end is before the start.
    """
    _validate_times(new_task)
    validate_description(new_task.description)
    labels = parse_labels(new_task)
    if new_task.no_gap:
        return _start_without_gap(store, actor, new_task, labels, now=now)
    start_time, end_time = _resolve_times(new_task, now)
    validate_not_future("start", start_time, now)
    if end_time is not None:
        validate_end(start_time, end_time, now)
        end_time = end_time.astimezone(UTC)
    with journaled(store, actor, "track", now=now, create=True) as recorder:
        return recorder.add(
            user_id=actor.owner,
            description=new_task.description,
            start_time=start_time.astimezone(UTC),
            end_time=end_time,
            **labels,
        )


def parse_labels(new_task: NewTask) -> dict[str, Any]:
    """Return the project, tags and note of a new task as column values; empty if it has none of them.

    Raises:
        InvalidValue: if the project, a tag or the note is invalid.
    """
    project, note = new_task.project, new_task.note
    if project is None and note is None and not new_task.tags:
        return {}
    from tasktimer.core.labels import parse_project, parse_tags, validate_note  # lazy: filters and labels

    if note is not None:
        validate_note(note)
    return {
        "project": None if project is None else parse_project(project),
        "tags": parse_tags(new_task.tags),
        "note": note,
    }


def validate_end(start_time: datetime, end_time: datetime, now: datetime, task_id: int | None = None) -> None:
    """Raise an error if an end is in the future, or before the start.

    Raises:
        TimeInFuture: if the end is in the future.
        EndBeforeStart: if the end is before the start.
    """
    validate_not_future("end", end_time, now)
    if end_time < start_time:
        raise EndBeforeStart(start_time, end_time, now, task_id)


def validate_not_future(noun: str, instant: datetime, now: datetime) -> None:
    """Raise an error if an instant, the "start" or the "end" of a task, is in the future.

    Raises:
        TimeInFuture: if it is.
    """
    if instant > now:
        raise TimeInFuture(noun, instant, now)


def _validate_times(new_task: NewTask) -> None:
    start_time, end_time, duration, no_gap = new_task[4:]
    if no_gap and start_time is not None:
        raise InvalidValue("no-gap-and-start", "a start time and no gap cannot be combined")
    has_start = start_time is not None or no_gap
    if has_start and end_time is not None and duration is not None:
        message = "a start, an end and a duration cannot be combined"
        raise InvalidValue("end-and-duration", message, "use two of them; the third follows")
    if end_time is not None and duration is None and not has_start:
        raise InvalidValue("end-without-start", "an end time requires a start time or a duration")


def _resolve_times(new_task: NewTask, now: datetime) -> tuple[datetime, datetime | None]:
    duration = new_task.duration
    if duration is None:
        return new_task.start_time or now, new_task.end_time
    from tasktimer.core.local_time import add_duration  # lazy: typed times, 0.1 ms

    validate_duration(duration)
    if new_task.start_time is not None:
        return new_task.start_time, add_duration(new_task.start_time, duration)
    end_time = new_task.end_time or now
    return add_duration(end_time, -duration), end_time


def _start_without_gap(store: Store, actor: Actor, new_task: NewTask, labels: dict[str, Any], *, now: datetime) -> Task:
    end_time, duration = new_task.end_time, new_task.duration
    if duration is not None:
        from tasktimer.core.local_time import add_duration  # lazy: typed times, 0.1 ms

        validate_duration(duration)
        add_duration(now, -duration)  # rejects a duration out of range before the store is opened
    with journaled(store, actor, "track", now=now) as recorder:
        start_time = _last_end(recorder, actor.owner, now)
        if duration is not None:
            end_time = start_time + duration
        if end_time is not None:
            validate_end(start_time, end_time, now)
            end_time = end_time.astimezone(UTC)
        return recorder.add(
            user_id=actor.owner,
            description=new_task.description,
            start_time=start_time,
            end_time=end_time,
            **labels,
        )


def _last_end(recorder: ChangeRecorder, user_id: int, now: datetime) -> datetime:
    def find() -> list[Task]:
        task = task_queries.find_last_ended(recorder.connection, user_id)
        return [] if task is None else [task]

    (task,) = recorder.lock_until_stable(find) or (None,)
    if task is None or task.end_time is None:
        raise NotFound("nothing-ended", f"no task of user {user_id} has ended yet")
    if task.end_time > now:
        message = f"the last task ({task.id}) ends in the future: {format_timestamp(task.end_time, now)}"
        raise Conflict("last-end-in-future", message, context={"now": format_timestamp(now, now)})
    return task.end_time
