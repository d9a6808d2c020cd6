"""The service that returns task lists page by page, for the server."""

from datetime import datetime

from tasktimer.core.interval import Window
from tasktimer.core.task import Actor, Task
from tasktimer.core.task_filter import Page
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_filter


def list_tasks_page(
    store: Store, actor: Actor, window: Window, *, running: bool | None, page: Page, now: datetime
) -> list[Task]:
    """Return a page of the tasks that overlap a window: running, finished or, if `running` is None, all tasks."""
    with store.read() as connection:
        user_id = actor.tasks_of_user
        return task_filter.list_tasks_page(connection, window, user_id=user_id, running=running, page=page, now=now)
