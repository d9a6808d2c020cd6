"""The verbs that take a running task away, as if it had never been started."""

from collections.abc import Sequence
from datetime import datetime

from tasktimer.core.task import Task
from tasktimer.errors import Conflict, NothingRunning, moment
from tasktimer.store import Store, queries
from tasktimer.tracker.command import command, command_on, retried
from tasktimer.tracker.stopping import SeveralRunning


@retried
def cancel(store: Store, ids: Sequence[int], *, owner: int | None = None, by: int, now: datetime) -> list[Task]:
    """Delete these running tasks, all or none; with an owner, only that user's.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        Conflict: a task has ended.
    """
    with command_on(store, "cancel", ids, owner=owner, by=by, now=now) as (made, tasks):
        for task in tasks:
            if task.end_time is not None:  # perhaps since a moment ago
                ended = moment(task.end_time.astimezone(now.tzinfo))
                what = f"task {task.id} is not running: it ended at {ended}"
                raise Conflict("not-running", what, facts={"id": task.id})
            made.remove(task)
        return tasks


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
        made.remove(running[0])
        return running
