"""Statements that read tasks page by page."""

from datetime import datetime

from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.core.task_filter import Page
from tasktimer.store.protocols import Connection, Parameters
from tasktimer.store.statements.task_queries import (
    FIRST,
    LONG_TASK_THRESHOLD,
    MICROSECOND,
    TASK_COLUMNS,
    for_user,
    query_tasks,
    to_microseconds,
)

# A page of SELECT_OVERLAPPING after a cursor. Each part is read along its index from the cursor on, so that the last
# page takes as long as the first.
SELECT_PAGE = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE start_time >= :first AND start_time < :window_end
AND (start_time >= :window_start OR end_time > :window_start)
AND (start_time > :after_start OR id > :after_id)
AND (end_time IS NOT NULL OR CAST(:finished AS BIGINT) = 0)
UNION ALL
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time - start_time > 86400000000
AND start_time >= :after_start AND start_time < :earliest AND end_time > :window_start
AND (start_time > :after_start OR id > :after_id)
UNION ALL
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time IS NULL AND start_time >= :after_start AND start_time < :window_start
AND (start_time > :after_start OR id > :after_id)
AND CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT) AND CAST(:finished AS BIGINT) = 0
ORDER BY start_time, id
LIMIT :limit
"""
SELECT_PAGE_OF_USER = for_user(SELECT_PAGE)

SELECT_RUNNING_PAGE = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time IS NULL AND start_time >= :after_start AND start_time < :window_end
AND (start_time >= :window_start OR CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT))
AND (start_time > :after_start OR id > :after_id)
ORDER BY start_time, id
LIMIT :limit
"""
SELECT_RUNNING_PAGE_OF_USER = for_user(SELECT_RUNNING_PAGE)


def list_tasks_page(
    connection: Connection, window: Window, *, user_id: int | None, running: bool | None, page: Page, now: datetime
) -> list[Task]:
    """Return a page of the tasks that overlap a window by start, then id.

    `user_id=None` means all users; `running=None` means running and finished tasks.
    """
    if not window.duration:
        return []
    if running:
        statement = SELECT_RUNNING_PAGE if user_id is None else SELECT_RUNNING_PAGE_OF_USER
    else:
        statement = SELECT_PAGE if user_id is None else SELECT_PAGE_OF_USER
    parameters = _page_parameters(window, page, is_finished=running is False, now=now)
    return query_tasks(connection, statement, {"user_id": user_id, **parameters})


def _page_parameters(window: Window, page: Page, *, is_finished: bool, now: datetime) -> Parameters:
    start = to_microseconds(window.start)
    after_start = FIRST if page.after is None else to_microseconds(page.after.start_time)
    earliest = start - LONG_TASK_THRESHOLD // MICROSECOND
    return {
        "after_start": after_start,
        "after_id": 0 if page.after is None else page.after.id,
        "earliest": earliest,
        "first": max(earliest, after_start),
        "finished": int(is_finished),
        "window_start": start,
        "window_end": to_microseconds(window.end),
        "now": to_microseconds(now),
        "limit": page.limit,
    }
