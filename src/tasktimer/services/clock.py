"""The end that the clock gives to a running task, also if it was set back to before the start."""

from datetime import UTC, datetime, timedelta

from tasktimer.core.task import Task
from tasktimer.errors import Conflict, format_timestamp
from tasktimer.store import LOCK_TIMEOUT


class ClockBeforeStart(Conflict):
    """The clock shows a time before the start of a running task, which cannot end now."""

    def __init__(self, task_id: int, start_time: datetime, now: datetime) -> None:
        message = (
            f"task {task_id} cannot end now, at {format_timestamp(now)}: it starts at {format_timestamp(start_time)}"
        )
        super().__init__("clock-before-start", message, context={"id": task_id})


def end_by_clock(task: Task, now: datetime) -> datetime:
    """Return the end, in UTC, that a running task gets now: never before its start.

    Raises:
        ClockBeforeStart: the start lies after now by more than the lock timeout.
    """
    # Within the timeout the task was started while this command waited for its turn; beyond it the clock was set back.
    if task.start_time - now > timedelta(seconds=LOCK_TIMEOUT):
        raise ClockBeforeStart(task.id, task.start_time.astimezone(now.tzinfo), now)
    return max(now.astimezone(UTC), task.start_time)


def is_now(instant: datetime, now: datetime) -> bool:
    """Return whether an instant is that of the clock, as `--at now` is."""
    # In UTC: a local time that the clock shows twice is equal to no time of another zone.
    return instant.astimezone(UTC) == now.astimezone(UTC)
