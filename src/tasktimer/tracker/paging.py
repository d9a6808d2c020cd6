"""The verb that gives tasks page by page."""

from datetime import datetime

from tasktimer.core.interval import Window
from tasktimer.core.page import Page
from tasktimer.core.task import Task
from tasktimer.store import Store, pages


def page(
    store: Store, window: Window, *, user_id: int | None, running: bool | None, page: Page, now: datetime
) -> list[Task]:
    """Some of the tasks that overlap a window, of a user or (None) of all, running or not or (None) both."""
    with store.read() as connection:
        return pages.page_of_tasks(connection, window, user_id=user_id, running=running, page=page, now=now)
