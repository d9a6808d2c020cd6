"""The service that returns task lists page by page, for the server."""

from datetime import datetime

from tasktimer.core.interval import Window
from tasktimer.core.task import Actor, Task
from tasktimer.core.task_filter import Page, TaskFilter
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_filter as statements


def list_tasks_page(
    store: Store, actor: Actor, task_filter: TaskFilter, window: Window, *, page: Page, now: datetime
) -> list[Task]:
    """Return a page of the tasks that match a filter and overlap a window."""
    with store.read() as connection:
        user_id = actor.tasks_of_user
        return statements.list_tasks_page(connection, task_filter, window, user_id=user_id, page=page, now=now)
