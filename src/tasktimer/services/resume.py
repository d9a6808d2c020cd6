"""Start a task with the details of an earlier one."""

from datetime import UTC, datetime

from tasktimer.core.actor import Actor
from tasktimer.core.task import Task
from tasktimer.errors import Conflict, NotFound, StoreMissing, TaskNotFound, format_timestamp
from tasktimer.services.start import validate_not_future
from tasktimer.services.transaction import journaled, retry_on_conflict
from tasktimer.store import Connection, Store
from tasktimer.store.statements import task_queries


@retry_on_conflict
def resume(
    store: Store, actor: Actor, task_id: int | None = None, *, start_time: datetime | None = None, now: datetime
) -> Task:
    """Start a task with the description, project and tags of an earlier one, by default the last one that ended.

    The new task belongs to the actor's owner, even if the earlier one belongs to another user. The note is not copied.

    Raises:
        TaskNotFound: if there is no task with this ID.
        NotFound: if the owner has no task.
        Conflict: if the earlier task is running, a task that was started since is running, or the start is in the
            future.
    """
    if start_time is not None:
        validate_not_future("start", start_time, now)
    owner = actor.owner
    try:
        with journaled(store, actor, "resume", now=now) as recorder:
            recorder.lock_until_stable(lambda: _last_tasks(recorder.connection, owner))
            earlier = _task_to_resume(recorder.connection, actor, task_id, now)
            return recorder.add(
                user_id=owner,
                description=earlier.description,
                start_time=(start_time or now).astimezone(UTC),
                end_time=None,
                project=earlier.project,
                tags=earlier.tags,
            )
    except StoreMissing:
        if task_id is None:
            raise
        raise TaskNotFound(task_id) from None


def _last_tasks(connection: Connection, user_id: int) -> list[Task]:
    tasks = task_queries.find_last_task(connection, user_id), task_queries.find_last_ended(connection, user_id)
    return [task for task in tasks if task is not None]


def _task_to_resume(connection: Connection, actor: Actor, task_id: int | None, now: datetime) -> Task:
    owner = actor.owner
    task = _last_stopped(connection, owner) if task_id is None else task_queries.find_task(connection, task_id)
    if task is None:
        if task_id is None:
            raise NotFound("nothing-to-resume", f"user {owner} has tracked nothing yet")
        from tasktimer.services.task_not_found import task_not_found_error  # lazy: errors

        raise task_not_found_error(connection, actor, task_id)
    if task.running and task.user_id == owner:
        message = f"task {task.id} is already running (since {format_timestamp(task.start_time, now)})"
        hint = "use the ID of an earlier task to resume that one" if task_id is None else "use the ID of another task"
        raise Conflict("already-running", message, hint)
    return task


def _last_stopped(connection: Connection, user_id: int) -> Task | None:
    """Return the task of a user that ended last, or a running one that was started since."""
    started = task_queries.find_last_task(connection, user_id)
    ended = task_queries.find_last_ended(connection, user_id)
    if started is None or ended is None or ended.end_time is None:
        return started
    return started if started.running and started.start_time >= ended.end_time else ended
