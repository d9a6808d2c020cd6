"""Services that track, edit or move tasks, and make room by cutting, splitting or removing overlapping tasks."""

from collections.abc import Collection, Sequence
from datetime import datetime

from tasktimer.core.difference import END_OF_RUNNING, subtract
from tasktimer.core.interval import Interval
from tasktimer.core.journal import Change
from tasktimer.core.task import Actor, Task
from tasktimer.services.edit import EditFields, TaskChange, editing, moving
from tasktimer.services.start import NewTask, tracking
from tasktimer.services.transaction import ChangeRecorder, retry_on_conflict
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_queries

# The tasks that may be removed, provided that they have not changed; None means that any task may be removed.
Removable = Collection[Task] | None


class RemovalNotConfirmed(Exception):
    """The error for a change that would remove tasks whose removal is not confirmed; nothing was changed."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        super().__init__(f"tasks {tasks} would be removed")
        self.tasks = tasks


@retry_on_conflict
def track_adjusting(
    store: Store,
    actor: Actor,
    new_task: NewTask,
    *,
    unless_running: bool = False,
    removable: Removable,
    now: datetime,
) -> tuple[Task, bool, list[Change]]:
    """Add a task as `track` does; return it, whether it is new, and the changes to the user's other tasks.

    Raises:
        RemovalNotConfirmed: if the new task covers others that may not be removed.
    """
    options = {"exclusive": False, "unless_running": unless_running}
    with tracking(store, actor, new_task, **options, now=now) as (recorder, (_, task, is_new)):
        return task, is_new, _adjust_others(recorder, [task], removable) if is_new else []


@retry_on_conflict
def edit_adjusting(  # noqa: PLR0913 (the tasks and their changes)
    store: Store,
    actor: Actor,
    ids: Sequence[int],
    changes: EditFields,
    *,
    allow_empty: bool = True,
    removable: Removable,
    now: datetime,
) -> tuple[list[TaskChange], list[Change]]:
    """Edit tasks as `edit` does; return them and the changes to the other tasks of their users.

    The edited tasks may overlap each other.

    Raises:
        RemovalNotConfirmed: if an edited task covers others that may not be removed.
    """
    with editing(store, actor, ids, changes, allow_empty=allow_empty, now=now) as (recorder, pairs):
        return pairs, _adjust_others(recorder, [after for _, after in pairs], removable)


@retry_on_conflict
def move_adjusting(
    store: Store, actor: Actor, task_id: int, start_time: datetime, *, removable: Removable, now: datetime
) -> tuple[TaskChange, list[Change]]:
    """Move a task as `move` does; return it and the changes to the other tasks of its user.

    Raises:
        RemovalNotConfirmed: if the moved task covers others that may not be removed.
    """
    with moving(store, actor, task_id, start_time, now=now) as (recorder, pair):
        return pair, _adjust_others(recorder, pair[1:], removable)


def _adjust_others(recorder: ChangeRecorder, tasks: Sequence[Task], removable: Removable) -> list[Change]:
    """Cut, split or remove the users' other tasks where the given ones overlap them, and return the changes."""
    ids = {task.id for task in tasks}
    for task in tasks:
        for other in _lock_others(recorder, task):
            if other.id not in ids:
                _take_time(recorder, other, task.interval(END_OF_RUNNING))
    states = [(before or after, before, after) for before, after in recorder.changes()]
    changes = [Change(task.id, before, after) for task, before, after in states if task and task.id not in ids]
    removed = [change.before for change in changes if change.before and change.after is None]
    if removable is not None and any(task not in removable for task in removed):
        raise RemovalNotConfirmed(removed)
    return changes


def _lock_others(recorder: ChangeRecorder, task: Task) -> Collection[Task]:
    """Lock and return the user's tasks that overlap the given one, and possibly some that do not."""

    def find() -> list[Task]:
        # Also lock the last task: otherwise, if no task overlaps, concurrent adjustments would not wait for each other.
        last = task_queries.find_last_task(recorder.connection, task.user_id, other_than=task.id)
        room = task.interval(END_OF_RUNNING)
        overlapping = task_queries.overlapping_tasks(
            recorder.connection, room, user_id=task.user_id, now=END_OF_RUNNING
        )
        return overlapping if last is None else [*overlapping, last]

    return {other.id: other for other in recorder.lock_until_stable(find)}.values()


def _take_time(recorder: ChangeRecorder, task: Task, room: Interval) -> None:
    """Cut, split or remove a locked task so that it no longer overlaps an interval."""
    parts = subtract(task.interval(END_OF_RUNNING), room)
    if not parts:
        recorder.remove(task)
        return
    kept = parts.pop() if task.running else parts.pop(0)
    recorder.change(task, start_time=kept.start, end_time=_end_of(kept))
    for part in parts:
        recorder.copy(task, start_time=part.start, end_time=_end_of(part))


def _end_of(part: Interval) -> datetime | None:
    return None if part.end == END_OF_RUNNING else part.end
