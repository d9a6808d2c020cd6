"""The statement that finds the tasks that share time with a given task."""

from datetime import datetime

from tasktimer.core.task import Task
from tasktimer.store.protocols import Connection
from tasktimer.store.statements.task_queries import (
    FILTER_PLACEHOLDER,
    SELECT_OVERLAPPING,
    for_user,
    overlap_parameters,
    query_tasks,
)

_OTHERS = "AND id <> :id AND (end_time IS NULL OR end_time > start_time)"  # an empty task shares no time
SELECT_OTHERS = f"{for_user(SELECT_OVERLAPPING, 1).replace(FILTER_PLACEHOLDER, _OTHERS)}LIMIT :limit"


def find_others(connection: Connection, task: Task, *, limit: int, now: datetime) -> list[Task]:
    """Return the first `limit` other tasks of the same user that share time with a task, sorted by start, then ID.

    Running tasks extend to `now`.
    """
    window = task.interval(now)
    if not window.duration:
        return []
    parameters = {**overlap_parameters(window, now), "user_id": task.user_id, "id": task.id, "limit": limit}
    return query_tasks(connection, SELECT_OTHERS, parameters)
