"""The verbs that start a task from what was tracked before."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tasktimer.core.interval import Window
from tasktimer.core.task import Task, validate_description, validate_duration
from tasktimer.core.timeparse.datetimes import add_duration
from tasktimer.errors import Conflict, NotFound, StoreMissing, TaskNotFound, format_timestamp
from tasktimer.services.start import parse_labels, validate_end, validate_not_future
from tasktimer.services.transaction import ChangeRecorder, journaled, retry_on_conflict
from tasktimer.store import Connection, Store
from tasktimer.store.statements import task_queries


@retry_on_conflict
def switch(  # noqa: PLR0913 (what a task has)
    store: Store,
    *,
    user_id: int,
    description: str,
    start_time: datetime | None = None,
    project: str | None = None,
    tags: Sequence[str] = (),
    note: str | None = None,
    by: int | None = None,
    now: datetime,
) -> tuple[list[Task], Task]:
    """End all running tasks of a user and start another one at the same instant, now or at `start_time`.

    Gives the tasks that were ended, by start, and the new one.

    Raises:
        InvalidValue: the description, the project, a tag or the note cannot be one.
        ClockBeforeStart: a task cannot end now, because the clock was set back to before its start.
        Conflict: the instant lies after now, or before the start of a running task.
    """
    validate_description(description)
    labels = parse_labels(project, tags, note)
    if start_time is not None:
        validate_not_future("start", start_time, now)
    with journaled(store, "switch", by=user_id if by is None else by, now=now, create=True) as made:
        running = _lock_running(made, user_id)
        instant = _instant(running, start_time, now)
        ended = [made.change(task, end_time=instant) for task in running]
        return ended, made.add(user_id=user_id, description=description, start_time=instant, end_time=None, **labels)


@retry_on_conflict
def resume(
    store: Store,
    task_id: int | None,
    *,
    user_id: int,
    start_time: datetime | None = None,
    by: int | None = None,
    now: datetime,
) -> Task:
    """Start a task of a user like that of an id, or (None) like the one that ended last; its note is left behind.

    Raises:
        TaskNotFound: there is no such task.
        NotFound: the user has no task.
        Conflict: it, or one that the user started since it ended, is running, or the start lies after now.
    """
    if start_time is not None:
        validate_not_future("start", start_time, now)
    try:
        with journaled(store, "resume", by=user_id if by is None else by, now=now) as made:
            made.lock_found(lambda: [*_last(made.connection, user_id), *_last_ended(made.connection, user_id)])
            like = _task_to_resume(made.connection, task_id, user_id, now)
            return made.add(
                user_id=user_id,
                description=like.description,
                start_time=(start_time or now).astimezone(UTC),
                end_time=None,
                project=like.project,
                tags=like.tags,
            )
    except StoreMissing:
        if task_id is None:
            raise
        raise TaskNotFound(task_id) from None


@retry_on_conflict
def track_without_gap(  # noqa: PLR0913 (what a task has)
    store: Store,
    *,
    user_id: int,
    description: str,
    end_time: datetime | None = None,
    duration: timedelta | None = None,
    project: str | None = None,
    tags: Sequence[str] = (),
    note: str | None = None,
    by: int | None = None,
    now: datetime,
) -> Task:
    """Start a task where the user's last one ended, or record a finished one from there; else as `track`.

    Raises:
        InvalidValue: the description, the length, the project, a tag or the note cannot be one.
        NotFound: no task of the user has ended.
        Conflict: the start or the end lies after now, or the end before the start.
    """
    validate_description(description)
    labels = parse_labels(project, tags, note)
    if duration is not None:
        validate_duration(duration)
        add_duration(now, -duration)  # refuses what is out of range, before the store is asked
    with journaled(store, "track", by=user_id if by is None else by, now=now) as made:
        start_time = _last_end(made, user_id, now)
        if duration is not None:
            end_time = start_time + duration
        if end_time is not None:
            validate_end(start_time, end_time, now)
            end_time = end_time.astimezone(UTC)
        return made.add(user_id=user_id, description=description, start_time=start_time, end_time=end_time, **labels)


def overlapping_at_start(store: Store, task: Task, *, now: datetime) -> list[Task]:
    """The other tasks of its user that cover the start of a task, by start, then id."""
    window = Window(task.start_time, task.start_time + task_queries.MICROSECOND)
    with store.read() as connection:
        found = task_queries.overlapping_tasks(connection, window, user_id=task.user_id, now=now)
    return [other for other in found if other.id != task.id and other.end_time != task.start_time]


def _lock_running(made: ChangeRecorder, user_id: int) -> list[Task]:
    """The running tasks of a user, which nobody else can change until the transaction ends, by start, then id."""

    def find() -> list[Task]:
        # The last task, too: where nothing runs, two who switch at once must not pass each other.
        return [*_last(made.connection, user_id), *task_queries.running_tasks(made.connection, user_id)]

    running = {task.id: task for task in made.lock_found(find) if task.running}
    return sorted(running.values(), key=lambda task: (task.start_time, task.id))


def _instant(running: Sequence[Task], start_time: datetime | None, now: datetime) -> datetime:
    """The instant at which all running tasks can end: the one asked for, or now."""
    instant = (start_time or now).astimezone(UTC)
    if not running or running[-1].start_time <= instant:
        return instant
    last = running[-1]
    from tasktimer.services.clock import end_by_clock, is_now  # lazy: the task started meanwhile, or an error

    if is_now(instant, now):
        return end_by_clock(last, now)
    message = (
        f"task {last.id}, which is running, starts only at {format_timestamp(last.start_time.astimezone(now.tzinfo))}"
    )
    raise Conflict("switch-before-start", message, context={"id": last.id})


def _task_to_resume(connection: Connection, task_id: int | None, user_id: int, now: datetime) -> Task:
    task = _last_stopped(connection, user_id) if task_id is None else task_queries.find_task(connection, task_id)
    if task is None:
        if task_id is None:
            raise NotFound("nothing-to-resume", f"user {user_id} has tracked nothing yet")
        from tasktimer.services.task_not_found import task_not_found_error  # only now is it of use

        raise task_not_found_error(connection, task_id, by=user_id)
    if task.running and task.user_id == user_id:
        raise Conflict(
            "already-running",
            f"task {task.id} is already running, since {format_timestamp(task.start_time.astimezone(now.tzinfo))}",
            "to go on with an earlier one, give its id" if task_id is None else "it goes on",
        )
    return task


def _last_stopped(connection: Connection, user_id: int) -> Task | None:
    """The task of a user that ended last, or the one that started since, where it runs."""
    started, ended = task_queries.find_last_task(connection, user_id), task_queries.find_last_ended(connection, user_id)
    if started is None or ended is None or ended.end_time is None:
        return started
    return started if started.running and started.start_time >= ended.end_time else ended


def _last(connection: Connection, user_id: int) -> list[Task]:
    task = task_queries.find_last_task(connection, user_id)
    return [] if task is None else [task]


def _last_ended(connection: Connection, user_id: int) -> list[Task]:
    task = task_queries.find_last_ended(connection, user_id)
    return [] if task is None else [task]


def _last_end(made: ChangeRecorder, user_id: int, now: datetime) -> datetime:
    (task,) = made.lock_found(lambda: _last_ended(made.connection, user_id)) or (None,)
    if task is None or task.end_time is None:
        raise NotFound("nothing-ended", f"no task of user {user_id} has ended yet")
    if task.end_time > now:
        raise Conflict(
            "last-end-in-future",
            f"task {task.id}, the last one, ends in the future: "
            f"{format_timestamp(task.end_time.astimezone(now.tzinfo))}",
            context={"now": format_timestamp(now)},
        )
    return task.end_time
