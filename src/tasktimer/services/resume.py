"""Services that start a task with the details of an earlier one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from tasktimer.core.task import Actor, Task, validate_not_future
from tasktimer.errors import Conflict, NotFound, StoreMissing, TaskNotFound, format_timestamp
from tasktimer.services.start import lock_running, stop_at
from tasktimer.services.transaction import ChangeRecorder, journaled, retry_on_conflict
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_queries


@retry_on_conflict
def resume(
    store: Store,
    actor: Actor,
    task_id: int | None = None,
    *,
    start_time: datetime | None = None,
    own_only: bool = False,
    now: datetime,
) -> Task:
    """Start a task with the description, project and tags of an earlier task, by default the last one to end.

    The new task belongs to user `actor.owner`, even if the earlier one belongs to another user, unless `own_only` is
    true. The note is not copied.

    Raises:
        TaskOfOtherUser: if `own_only` is true, and the task with this ID belongs to another user.
        NotFound: if no ID is given and the user has no tasks.
        Conflict: if the task with this ID or, without an ID, the user's last task is still running; or if the start is
            in the future.
    """
    if start_time is not None:
        validate_not_future("start", start_time, now)
    with _journaled(store, actor, "resume", task_id, now=now) as recorder:
        if task_id is None:
            earlier = _last_stopped(recorder, now)
        else:
            earlier = _get_stopped(recorder, task_id, now, own_only=own_only)
        return _start_like(recorder, earlier, start_time or now)


@retry_on_conflict
def switch_back(  # noqa: PLR0913 (the tasks and their times)
    store: Store,
    actor: Actor,
    task_id: int | None = None,
    *,
    start_time: datetime | None = None,
    allow_empty: bool = True,
    name: str = "switch",
    now: datetime,
) -> tuple[list[Task], Task]:
    """Like `switch`, but start a task with the details of an earlier one.

    By default, that is the user's most recently ended task, except tasks that have the description, project and tags
    of a running task. `name` is the name of the command in the history. If `allow_empty` is false, reject a given
    start that would make a task end at its start.

    Raises:
        NotFound: if no ID is given and the user has no such task.
        ClockBeforeStart: if a task cannot end now because the clock was set back to a time before its start.
        Conflict: if the task with this ID is running; or if the new start is in the future, or before the start of
            a running task.
    """
    if start_time is not None:
        validate_not_future("start", start_time, now)
    with _journaled(store, actor, name, task_id, now=now) as recorder:
        running = lock_running(recorder)
        if task_id is None:
            earlier = _last_ended(recorder, is_running=bool(running))
        else:
            earlier = _get_stopped(recorder, task_id, now)
        stopped, instant = stop_at(recorder, running, start_time, now=now, allow_empty=allow_empty)
        return stopped, _start_like(recorder, earlier, instant)


@contextmanager
def _journaled(
    store: Store, actor: Actor, name: str, task_id: int | None, *, now: datetime
) -> Iterator[ChangeRecorder]:
    """Open a journaled transaction; raise TaskNotFound if the store does not exist and an ID is given."""
    try:
        with journaled(store, actor, name, now=now) as recorder:
            yield recorder
    except StoreMissing:
        if task_id is None:
            raise
        raise TaskNotFound(task_id) from None


def _start_like(recorder: ChangeRecorder, earlier: Task, start_time: datetime) -> Task:
    owner = recorder.actor.owner
    return recorder.copy(earlier, user_id=owner, start_time=start_time.astimezone(UTC), end_time=None, note=None)


def _get_stopped(recorder: ChangeRecorder, task_id: int, now: datetime, *, own_only: bool = False) -> Task:
    """Return the task with this ID; raise Conflict if it is a running task of the user."""
    task = recorder.check_exists(task_id, task_queries.find_task(recorder.connection, task_id))
    if own_only:
        recorder.actor.check_access(task)
    if task.running and task.user_id == recorder.actor.owner:
        raise _already_running(task, now, "use the ID of another task")
    return task


def _last_stopped(recorder: ChangeRecorder, now: datetime) -> Task:
    """Return the user's most recently ended task; raise Conflict if a task started since then is running."""
    started, ended = _lock_last(recorder)
    if started is None:
        raise NotFound("nothing-tracked", f"user {recorder.actor.owner} has not tracked anything yet")
    if ended is None or ended.end_time is None or (started.running and started.start_time >= ended.end_time):
        _, other = _lock_last(recorder, unlike_running=True)
        raise _already_running(started, now, is_first=other is None)
    return ended


def _last_ended(recorder: ChangeRecorder, *, is_running: bool) -> Task:
    _, ended = _lock_last(recorder, unlike_running=True)
    if ended is not None:
        return ended
    if is_running:
        raise NotFound("nothing-to-resume", f"user {recorder.actor.owner} has not finished another task yet")
    raise NotFound("nothing-tracked", f"user {recorder.actor.owner} has not tracked anything yet")


def _lock_last(recorder: ChangeRecorder, *, unlike_running: bool = False) -> tuple[Task | None, Task | None]:
    """Lock and return the user's most recently started task and most recently ended task, if they exist.

    With `unlike_running`, skip ended tasks with the description, project and tags of a running task.
    """
    connection, owner = recorder.connection, recorder.actor.owner

    def find() -> list[Task]:
        ended = task_queries.find_last_ended(connection, owner, unlike_running=unlike_running)
        return [task for task in (task_queries.find_last_task(connection, owner), ended) if task is not None]

    started, ended = (*recorder.lock_until_stable(find), None, None)[:2]
    return started, ended


def _already_running(task: Task, now: datetime, hint: str | None = None, *, is_first: bool = False) -> Conflict:
    message = f"task {task.id} is already running (since {format_timestamp(task.start_time, now)})"
    return Conflict("already-running", message, hint, context={"id": task.id} | ({"first": True} if is_first else {}))
