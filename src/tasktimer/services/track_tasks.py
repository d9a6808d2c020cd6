"""A service that adds many tasks as one command."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tasktimer.core.task import Actor, Task
from tasktimer.errors import TasktimerError
from tasktimer.services.start import NewTask, validate_new_task
from tasktimer.services.transaction import journaled, retry_on_conflict
from tasktimer.store.protocols import Store
from tasktimer.store.statements.sources import reserve_ids


@retry_on_conflict
def track_tasks(store: Store, actor: Actor, new_tasks: Sequence[tuple[int, NewTask]], *, now: datetime) -> list[Task]:
    """Add tasks, each for a user, in one transaction, and return them in the same order; running tasks keep running.

    The actor must be allowed to add tasks for each of the users. The tasks must not use `no_gap`. If a task is invalid,
    no task is added, and the `item` of the exception is its index. For the exceptions, see `track`.
    """
    tasks = [_build_task(index, user_id, new_task, now) for index, (user_id, new_task) in enumerate(new_tasks)]
    with journaled(store, actor, "track", now=now, create=True) as recorder:
        ids = reserve_ids(recorder.connection, len(tasks))
        added = [task._replace(id=task_id) for task_id, task in zip(ids, tasks, strict=True)]
        recorder.put({task.id: (None, task) for task in added})
        return added


def _build_task(index: int, user_id: int, new_task: NewTask, now: datetime) -> Task:
    """Return a task without an ID; an exception gets the index as its `item`."""
    try:
        values, start_time, end_time = validate_new_task(new_task, now)
    except TasktimerError as error:
        error.item = index
        raise
    fields: dict[str, Any] = {"project": None, "tags": (), "note": None, **values}
    end = None if end_time is None else end_time.astimezone(UTC)
    return Task(0, user_id, start_time=start_time.astimezone(UTC), end_time=end, **fields)
