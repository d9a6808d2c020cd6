"""The verbs that take a running task away, as if it had never been started."""

from collections.abc import Sequence
from datetime import datetime

from tasktimer.core.task import Task
from tasktimer.errors import Conflict, NothingRunning, StoreMissing, TaskNotFound, moment
from tasktimer.store import Store, queries
from tasktimer.tracker.command import Changes, command, retried
from tasktimer.tracker.stopping import SeveralRunning


@retried
def cancel(store: Store, ids: Sequence[int], *, owner: int | None = None, by: int, now: datetime) -> list[Task]:
    """Delete these running tasks, all or none; with an owner, only that user's.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        Conflict: a task has ended.
    """
    try:
        with command(store, "cancel", by=by, now=now) as made:
            # In one order, whatever was asked: two who cancel the same tasks at once must not wait for each other.
            gone = {number: _remove(made, number, owner, now) for number in sorted(set(ids))}
    except StoreMissing:
        raise TaskNotFound(ids[0]) from None
    return [gone[number] for number in dict.fromkeys(ids)]


@retried
def cancel_running(store: Store, *, user_id: int | None, by: int, now: datetime) -> list[Task]:
    """Delete the one running task, of a user or (None) of all.

    Raises:
        NothingRunning: no task runs.
        SeveralRunning: more than one runs.
    """
    with command(store, "cancel", by=by, now=now) as made:
        running = made.lock_found(lambda: queries.running_tasks(made.connection, user_id))
        if len(running) != 1:
            raise SeveralRunning(running) if running else NothingRunning(user_id)
        return [_remove(made, running[0].id, None, now)]


def _remove(made: Changes, task_id: int, owner: int | None, now: datetime) -> Task:
    task = made.lock(task_id, owner)
    if task.end_time is not None:  # perhaps since a moment ago
        raise Conflict(
            "not-running",
            f"task {task_id} is not running: it ended at {moment(task.end_time.astimezone(now.tzinfo))}",
            f"tasktimer delete {task_id} deletes a task that ended",
        )
    made.remove(task)
    return task
