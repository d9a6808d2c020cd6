"""The end of a task that stops now, even if the clock was set back to before its start."""

from datetime import UTC, datetime, timedelta

from tasktimer.core.task import Task
from tasktimer.errors import Conflict, format_timestamp
from tasktimer.store import LOCK_TIMEOUT


class ClockBeforeStart(Conflict):
    """A running task cannot end now, because the clock shows a time before its start."""

    def __init__(self, task_id: int, start_time: datetime, now: datetime) -> None:
        clock = format_timestamp(now, now, compared_to=start_time)
        start = format_timestamp(start_time, now, compared_to=now)
        message = f"task {task_id} cannot end now, at {clock}, before its start at {start}"
        super().__init__("clock-before-start", message, context={"id": task_id})


def end_by_clock(task: Task, now: datetime) -> datetime:
    """Return the end, in UTC, for a running task that stops now; never before its start.

    Raises:
        ClockBeforeStart: if the start is more than the lock timeout after now.
    """
    # Within the timeout, the task may have started while this command waited for the lock; beyond it, the clock was
    # set back.
    if task.start_time - now > timedelta(seconds=LOCK_TIMEOUT):
        raise ClockBeforeStart(task.id, task.start_time, now)
    return max(now.astimezone(UTC), task.start_time)


def is_now(instant: datetime, now: datetime) -> bool:
    """Return whether an instant is the current one, as for `--at now`."""
    # In UTC: Python never considers an ambiguous local time equal to a time in another zone.
    return instant.astimezone(UTC) == now.astimezone(UTC)
