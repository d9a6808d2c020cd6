"""The verb that lists the tasks which a filter leaves."""

from datetime import datetime

from tasktimer.core.filter import Filter
from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.store import Store, filters


def find(
    store: Store, wanted: Filter, *, window: Window | None, user_id: int | None, limit: int | None = None, now: datetime
) -> list[Task]:
    """The tasks that a filter leaves, of those that overlap a window or (None) of all, by start, then id.

    With a limit, the last so many of them.
    """
    with store.read() as connection:
        return filters.find_tasks(connection, wanted, window=window, user_id=user_id, limit=limit, now=now)
