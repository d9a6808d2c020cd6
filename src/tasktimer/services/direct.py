"""Requests that PostgreSQL answers with a single statement, if they succeed; otherwise, a service has to explain why.

The statements do what the services of the same name do: `services.start.start`, `services.stop.stop`,
`services.queries.times` and `services.queries.get_task`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tasktimer.core.interval import Window
from tasktimer.core.local_time import is_future
from tasktimer.core.task import DEFAULT_USER, Task
from tasktimer.core.timesheet import Timesheet, timesheet
from tasktimer.services.start import NewTask, validate_new_task
from tasktimer.store.postgres import direct_statements
from tasktimer.store.protocols import Parameters, Row
from tasktimer.store.statements.task_queries import overlap_parameters, row_to_task, to_microseconds
from tasktimer.store.statements.task_writes import task_parameters


class DirectRequest(NamedTuple):
    """A statement of `direct_statements`, and its parameters except those for the token."""

    statement: str
    parameters: Parameters


def track_request(user_id: int | None, new_task: NewTask, now: datetime) -> DirectRequest:
    """Return the request that starts a task, by default for the token's user; its row contains the ID.

    For the exceptions, see `track`.
    """
    values, start_time, end_time = validate_new_task(new_task, now)
    fields: dict[str, Any] = {"project": None, "tags": (), "note": None, **values}
    end = None if end_time is None else end_time.astimezone(UTC)
    task = Task(0, user_id or DEFAULT_USER, start_time=start_time.astimezone(UTC), end_time=end, **fields)
    return DirectRequest(direct_statements.TRACK, {**task_parameters(task), "user_id": user_id})


def stop_request(task_id: int, end_time: datetime | None, now: datetime) -> DirectRequest | None:
    """Return the request that stops a running task, whose row contains its ID, or None for an end in the future."""
    if end_time is not None and is_future(end_time, now):
        return None
    end = to_microseconds(end_time or now)
    return DirectRequest(direct_statements.STOP, {"task_id": task_id, "end_time": end})


def get_task_request(task_id: int) -> DirectRequest:
    """Return the request that looks up a task; its row contains the columns of the task."""
    return DirectRequest(direct_statements.SELECT_TASK, {"task_id": task_id})


def times_request(user_id: int | None, window: Window, now: datetime) -> DirectRequest:
    """Return the request that looks up a user's tasks that overlap a window, by default those of the token's user.

    Each row contains the columns of a task.
    """
    return DirectRequest(direct_statements.SELECT_TIMES, {"user_id": user_id, **overlap_parameters(window, now)})


def to_tasks(rows: Sequence[Row]) -> list[Task]:
    """Return the tasks in the rows of a request."""
    return [row_to_task(row) for row in rows if row[0] is not None]


def to_timesheet(rows: Sequence[Row], window: Window, now: datetime) -> Timesheet:
    """Return the time spent within a window on the tasks in the rows of a request."""
    return timesheet(to_tasks(rows), window, now)
