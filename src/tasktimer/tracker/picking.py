"""The verb that gives tasks by their ids."""

from collections.abc import Sequence

from tasktimer.core.task import Task, check_owner
from tasktimer.errors import StoreMissing, TaskNotFound
from tasktimer.store import Connection, Store, queries


def pick(store: Store, ids: Sequence[int], *, owner: int | None = None, by: int | None = None) -> list[Task]:
    """The tasks of these ids, none twice; with an owner, only that user's. `by` is the user who asks, if known.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
    """
    try:
        with store.read() as connection:
            tasks = [_get_task(connection, task_id, by) for task_id in dict.fromkeys(ids)]
    except StoreMissing:
        raise TaskNotFound(ids[0]) from None
    for task in tasks:
        check_owner(task, owner)
    return tasks


def _get_task(connection: Connection, task_id: int, by: int | None) -> Task:
    task = queries.find_task(connection, task_id)
    if task is None:
        from tasktimer.tracker.missing import missing_task  # only now is it of use

        raise missing_task(connection, task_id, by=by)
    return task
