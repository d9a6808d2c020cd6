"""The statements that read tasks page by page, each beside the function that runs it."""

from datetime import datetime

from tasktimer.core.interval import Window
from tasktimer.core.pagination import Page
from tasktimer.core.task import Task
from tasktimer.store import Connection
from tasktimer.store.statements.task_queries import (
    FIRST,
    LONG_TASK_THRESHOLD,
    MICROSECOND,
    row_to_task,
    to_microseconds,
)

# A page of the tasks that overlap a window, by start, then id, from behind a place on: the same parts, each read from
# that place on along its index, so that the last page takes as long as the first.
SELECT_PAGE = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE start_time >= :first AND start_time < :window_end
AND (start_time >= :window_start OR end_time > :window_start)
AND (start_time > :after_start OR id > :after_id)
AND (end_time IS NOT NULL OR CAST(:finished AS BIGINT) = 0)
UNION ALL
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time - start_time > 86400000000
AND start_time >= :after_start AND start_time < :earliest AND end_time > :window_start
AND (start_time > :after_start OR id > :after_id)
UNION ALL
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time IS NULL AND start_time >= :after_start AND start_time < :window_start
AND (start_time > :after_start OR id > :after_id)
AND CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT) AND CAST(:finished AS BIGINT) = 0
ORDER BY start_time, id
LIMIT :limit
"""

SELECT_PAGE_OF_USER = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE user_id = :user_id AND start_time >= :first AND start_time < :window_end
AND (start_time >= :window_start OR end_time > :window_start)
AND (start_time > :after_start OR id > :after_id)
AND (end_time IS NOT NULL OR CAST(:finished AS BIGINT) = 0)
UNION ALL
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time - start_time > 86400000000
AND user_id = :user_id AND start_time >= :after_start AND start_time < :earliest AND end_time > :window_start
AND (start_time > :after_start OR id > :after_id)
UNION ALL
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time IS NULL AND user_id = :user_id AND start_time >= :after_start AND start_time < :window_start
AND (start_time > :after_start OR id > :after_id)
AND CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT) AND CAST(:finished AS BIGINT) = 0
ORDER BY start_time, id
LIMIT :limit
"""

SELECT_RUNNING_PAGE = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time IS NULL AND start_time >= :after_start AND start_time < :window_end
AND (start_time >= :window_start OR CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT))
AND (start_time > :after_start OR id > :after_id)
ORDER BY start_time, id
LIMIT :limit
"""

SELECT_RUNNING_PAGE_OF_USER = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time IS NULL AND user_id = :user_id AND start_time >= :after_start AND start_time < :window_end
AND (start_time >= :window_start OR CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT))
AND (start_time > :after_start OR id > :after_id)
ORDER BY start_time, id
LIMIT :limit
"""


def list_tasks_page(
    connection: Connection, window: Window, *, user_id: int | None, running: bool | None, page: Page, now: datetime
) -> list[Task]:
    """Some of the tasks that overlap a window, of one user or (None) of all, by start, then id."""
    if not window.duration:
        return []
    start = to_microseconds(window.start)
    after_start = FIRST if page.after is None else to_microseconds(page.after.start_time)
    earliest = start - LONG_TASK_THRESHOLD // MICROSECOND
    parameters: dict[str, int] = {
        "after_start": after_start,
        "after_id": 0 if page.after is None else page.after.id,
        "window_start": start,
        "window_end": to_microseconds(window.end),
        "now": to_microseconds(now),
        "limit": page.limit,
    }
    if not running:
        parameters |= {"earliest": earliest, "first": max(earliest, after_start), "finished": int(running is False)}
    if user_id is None:
        statement = SELECT_RUNNING_PAGE if running else SELECT_PAGE
    else:
        parameters["user_id"] = user_id
        statement = SELECT_RUNNING_PAGE_OF_USER if running else SELECT_PAGE_OF_USER
    return [row_to_task(row) for row in connection.execute(statement, parameters)]
