"""Services that edit, delete or split one task, on the condition that it has not changed since the caller read it."""

from collections.abc import Collection
from datetime import datetime

from tasktimer.core.task import Actor, Task
from tasktimer.core.task_version import task_version
from tasktimer.errors import Conflict
from tasktimer.services.edit import EditFields, resolve_edit, validate_edit
from tasktimer.services.split_join import split_recorded
from tasktimer.services.transaction import journaled_on_tasks, retry_on_conflict
from tasktimer.store.protocols import Store


class TaskChanged(Conflict):
    """The error for a task that is no longer in a version that the caller expects."""

    def __init__(self, task_id: int) -> None:
        message = f"task {task_id} has changed since it was read"
        super().__init__("task-changed", message, "read the task again, then repeat the change")


@retry_on_conflict
def edit_task(
    store: Store,
    actor: Actor,
    task_id: int,
    changes: EditFields,
    *,
    versions: Collection[str] | None = None,
    now: datetime,
) -> Task:
    """Edit a task and return it; if versions are given, the task must be in one of them. For other errors, see `edit`.

    Raises:
        TaskChanged: if the task is in none of the versions.
    """
    changes = validate_edit(changes)
    with journaled_on_tasks(store, actor, "edit", [task_id], now=now) as (recorder, (task,)):
        _check_version(task, versions)
        return recorder.change(task, **resolve_edit(task, changes, now))


@retry_on_conflict
def delete_task(
    store: Store, actor: Actor, task_id: int, *, versions: Collection[str] | None = None, now: datetime
) -> Task:
    """Delete a task and return it; if versions are given, the task must be in one of them.

    Raises:
        TaskChanged: if the task is in none of the versions.
    """
    with journaled_on_tasks(store, actor, "delete", [task_id], now=now) as (recorder, (task,)):
        _check_version(task, versions)
        recorder.remove(task)
        return task


@retry_on_conflict
def split_task(
    store: Store,
    actor: Actor,
    task_id: int,
    at: datetime,
    *,
    versions: Collection[str] | None = None,
    now: datetime,
) -> tuple[Task, Task]:
    """Split a task and return both parts; if versions are given, the task must be in one of them.

    For other errors, see `split`.

    Raises:
        TaskChanged: if the task is in none of the versions.
    """
    with journaled_on_tasks(store, actor, "split", [task_id], now=now) as (recorder, (task,)):
        _check_version(task, versions)
        return split_recorded(recorder, task, at, now)


def _check_version(task: Task, versions: Collection[str] | None) -> None:
    if versions is not None and task_version(task) not in versions:
        raise TaskChanged(task.id)
