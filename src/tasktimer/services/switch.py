"""Stop what is running and start another task at the same instant."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tasktimer.core.actor import Actor
from tasktimer.core.task import Task, validate_description
from tasktimer.errors import Conflict, format_timestamp
from tasktimer.services.start import NewTask, parse_labels, validate_not_future
from tasktimer.services.transaction import ChangeRecorder, journaled, retry_on_conflict
from tasktimer.store import Store
from tasktimer.store.statements import task_queries


@retry_on_conflict
def switch(store: Store, actor: Actor, new_task: NewTask, *, now: datetime) -> tuple[list[Task], Task]:
    """Stop the owner's running tasks, start another one at the same instant, and return both.

    The instant is the start time of the new task, now by default. The stopped tasks are ordered by start.

    Raises:
        InvalidValue: if a value is invalid.
        ClockBeforeStart: if a task cannot end now because the clock was set back to before its start.
        Conflict: if the instant is in the future, or before the start of a running task.
    """
    validate_description(new_task.description)
    labels = parse_labels(new_task)
    if new_task.start_time is not None:
        validate_not_future("start", new_task.start_time, now)
    with journaled(store, actor, "switch", now=now, create=True) as recorder:
        running = _lock_running(recorder, actor.owner)
        instant = _instant(running, new_task.start_time, now)
        stopped = [recorder.change(task, end_time=instant) for task in running]
        started = recorder.add(
            user_id=actor.owner, description=new_task.description, start_time=instant, end_time=None, **labels
        )
        return stopped, started


def _lock_running(recorder: ChangeRecorder, user_id: int) -> list[Task]:
    """Lock and return the running tasks of a user, by start, then ID."""

    def find() -> list[Task]:
        # Lock the last task, too: if nothing runs, two concurrent switches would otherwise not wait for each other.
        last = task_queries.find_last_task(recorder.connection, user_id)
        running = task_queries.running_tasks(recorder.connection, user_id)
        return running if last is None else [last, *running]

    running = {task.id: task for task in recorder.lock_until_stable(find) if task.running}
    return sorted(running.values(), key=lambda task: (task.start_time, task.id))


def _instant(running: Sequence[Task], start_time: datetime | None, now: datetime) -> datetime:
    """Return the instant at which all running tasks can end: the requested one, or now."""
    instant = (start_time or now).astimezone(UTC)
    if not running or running[-1].start_time <= instant:
        return instant
    last = running[-1]
    from tasktimer.services.clock import end_by_clock, is_now  # lazy: the clock was set back, or an error

    if is_now(instant, now):
        return end_by_clock(last, now)
    start = format_timestamp(last.start_time, now, compared_to=instant)
    message = f"the running task {last.id} cannot end at {format_timestamp(instant, now, compared_to=last.start_time)}"
    message += f", before its start at {start}"
    raise Conflict("switch-before-start", message, context={"id": last.id})
