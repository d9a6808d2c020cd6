"""The statements that read tasks, each beside the function that runs it: text for both engines, core types out."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from tasktimer.core.interval import Window
from tasktimer.core.local_time import FIRST_DAY, LAST_DAY
from tasktimer.core.task import Task
from tasktimer.errors import TaskNotFound, Unavailable, quote_value
from tasktimer.store import Connection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# The range of the calendar, so that every zone can show what is stored.
FIRST = (datetime.combine(FIRST_DAY, time(), UTC) - _EPOCH) // MICROSECOND
_END = (datetime.combine(LAST_DAY, time(), UTC) + timedelta(days=1) - _EPOCH) // MICROSECOND
# Tasks longer than this have an index of their own: the others that reach into a window start at most this long
# before it. The same number stands in the conditions of the indexes and, as a literal, in the statements of this
# module and of pages.py.
LONG_TASK_THRESHOLD = timedelta(hours=24)

# How long a task is by now; 0 where the clock was set back to before its start.
LENGTH = (
    "CASE WHEN end_time IS NOT NULL THEN end_time - start_time "
    "WHEN CAST(:now AS BIGINT) > start_time THEN CAST(:now AS BIGINT) - start_time ELSE 0 END"
)

SELECT_TASK = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks WHERE id = :id
"""

SELECT_RUNNING = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time IS NULL
ORDER BY start_time, id
"""

SELECT_RUNNING_OF_USER = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time IS NULL AND user_id = :user_id
ORDER BY start_time, id
"""

# With "user_id = :user_id" PostgreSQL would rather walk the tasks of all users from the end than use the one index
# that has this order: far, where the user has tracked nothing for long.
SELECT_LAST_OF_USER = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE user_id BETWEEN :user_id AND :user_id
ORDER BY user_id DESC, start_time DESC, id DESC LIMIT 1
"""

SELECT_LAST_STARTED_OF_ENDED = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE user_id BETWEEN :user_id AND :user_id AND end_time IS NOT NULL
ORDER BY user_id DESC, start_time DESC LIMIT 1
"""

# No index is ordered by the end. But the last end lies not before the last start of the tasks that ended: the task
# that has it starts at most 24 h before that start, or is one of the few longer ones.
SELECT_LAST_ENDED_OF_USER = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE user_id = :user_id AND start_time >= :earliest AND end_time IS NOT NULL
UNION ALL
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time - start_time > 86400000000 AND user_id = :user_id AND start_time < :earliest
ORDER BY end_time DESC, id DESC LIMIT 1
"""

# The tasks that overlap a window, as three disjoint parts, so that each is a short walk along an index however long
# the history is: those that start in it or up to 24 h before; longer ones that start before that; running ones that
# start before the window. One statement for every user and one for a single user: with an optional filter the
# planner falls back to walking the history. The comments are replaced by the conditions of a task filter.
SELECT_OVERLAPPING = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE start_time >= :earliest AND start_time < :window_end
AND (start_time >= :window_start OR end_time > :window_start)
/* AND filter */
UNION ALL
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time - start_time > 86400000000 AND start_time < :earliest AND end_time > :window_start
/* AND filter */
UNION ALL
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time IS NULL AND start_time < :window_start AND CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT)
/* AND filter */
ORDER BY start_time, id
"""

SELECT_OVERLAPPING_OF_USER = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE user_id = :user_id AND start_time >= :earliest AND start_time < :window_end
AND (start_time >= :window_start OR end_time > :window_start)
/* AND filter */
UNION ALL
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time - start_time > 86400000000
AND user_id = :user_id AND start_time < :earliest AND end_time > :window_start
/* AND filter */
UNION ALL
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE end_time IS NULL
AND user_id = :user_id AND start_time < :window_start AND CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT)
/* AND filter */
ORDER BY start_time, id
"""


def get_task(connection: Connection, task_id: int) -> Task:
    """The task of an id.

    Raises:
        TaskNotFound: there is none.
    """
    task = find_task(connection, task_id)
    if task is None:
        raise TaskNotFound(task_id)
    return task


def find_task(connection: Connection, task_id: int) -> Task | None:
    """The same, or None where there is no such task."""
    rows = list(connection.execute(SELECT_TASK, {"id": task_id}))
    return row_to_task(rows[0]) if rows else None


def running_tasks(connection: Connection, user_id: int | None) -> list[Task]:
    """The running tasks, of one user or (None) of all, by start, then id."""
    if user_id is None:
        return [row_to_task(row) for row in connection.execute(SELECT_RUNNING, {})]
    return [row_to_task(row) for row in connection.execute(SELECT_RUNNING_OF_USER, {"user_id": user_id})]


def find_last_task(connection: Connection, user_id: int) -> Task | None:
    """The last task of a user, by start, then id."""
    rows = list(connection.execute(SELECT_LAST_OF_USER, {"user_id": user_id}))
    return row_to_task(rows[0]) if rows else None


def find_last_ended(connection: Connection, user_id: int) -> Task | None:
    """The task of a user that ended last."""
    parameters = {"user_id": user_id}
    # On PostgreSQL others may take away what the first statement found before the second looks: then both once more.
    while started := [row_to_task(row) for row in connection.execute(SELECT_LAST_STARTED_OF_ENDED, parameters)]:
        earliest = to_microseconds(started[0].start_time) - LONG_TASK_THRESHOLD // MICROSECOND
        for row in connection.execute(SELECT_LAST_ENDED_OF_USER, {**parameters, "earliest": earliest}):
            return row_to_task(row)
    return None


def overlapping_tasks(connection: Connection, window: Window, *, user_id: int | None, now: datetime) -> list[Task]:
    """The tasks that overlap a window, of one user or (None) of all, running ones up to now, by start, then id."""
    if not window.duration:
        return []
    parameters = overlap_parameters(window, now)
    if user_id is None:
        return [row_to_task(row) for row in connection.execute(SELECT_OVERLAPPING, parameters)]
    parameters["user_id"] = user_id
    return [row_to_task(row) for row in connection.execute(SELECT_OVERLAPPING_OF_USER, parameters)]


def overlap_parameters(window: Window, now: datetime) -> dict[str, int]:
    """What the statements about what overlaps a window ask for, but the user."""
    start = to_microseconds(window.start)
    return {
        "earliest": start - LONG_TASK_THRESHOLD // MICROSECOND,
        "window_start": start,
        "window_end": to_microseconds(window.end),
        "now": to_microseconds(now),
    }


def to_microseconds(instant: datetime) -> int:
    """An instant as the store keeps it: whole microseconds since 1970-01-01T00:00Z."""
    return (instant - _EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The instant, in UTC, of a number of microseconds since 1970-01-01T00:00Z."""
    return _EPOCH + timedelta(0, 0, microseconds)


def row_to_task(row: tuple[Any, ...]) -> Task:
    """Give core types to a record, which another program may have spoilt."""
    task_id, user_id, text, start, end, project, tags, note = row
    if (
        type(task_id) is type(user_id) is type(start) is int
        and type(text) is str
        and FIRST <= start < _END
        and (end is None or (type(end) is int and start <= end < _END))
        and (project is None or type(project) is str)
        and (tags is None or type(tags) is str)
        and (note is None or type(note) is str)
    ):
        return Task(
            task_id,
            user_id,
            text,
            _EPOCH + start * MICROSECOND,  # from_microseconds, without the call that thousands of rows would feel
            None if end is None else _EPOCH + end * MICROSECOND,
            project,
            tuple(tags.split(" ")) if tags else (),
            note,
        )
    raise Unavailable(
        "store-damaged",
        f"the record of task {row[0]} is damaged: {quote_value(str(row[1:]))}",
        "restore a backup with tasktimer restore COPY, or correct the record with sqlite3 or psql",
    )
