"""Statements that read tasks, in SQL that both engines support, and conversions between rows and tasks."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import islice

from tasktimer.core.interval import Window
from tasktimer.core.local_time import FIRST_DAY, LAST_DAY
from tasktimer.core.task import Task
from tasktimer.errors import TaskNotFound, Unavailable, quote_value
from tasktimer.store.protocols import Connection, Parameters, Result, Row

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# The range of valid instants, which ensures that every stored instant can be shown in any time zone.
FIRST = (datetime.combine(FIRST_DAY, time(), UTC) - _EPOCH) // MICROSECOND
END = (datetime.combine(LAST_DAY, time(), UTC) + timedelta(days=1) - _EPOCH) // MICROSECOND
# Longer tasks have partial indexes of their own; any other task that overlaps a window starts at most this long before
# the window. The conditions of the indexes and the statements in this module and in task_filter.py repeat this number.
LONG_TASK_THRESHOLD = timedelta(hours=24)

# The columns that `tasks` and `changes` share.
TASK_VALUES = "user_id, description, start_time, end_time, project, tags, note"
TASK_COLUMNS = f"id, {TASK_VALUES}"  # in the order that row_to_task expects

# A comment, so that a statement also runs without a filter. task_filter.py replaces the comment with conditions.
FILTER_PLACEHOLDER = "/* AND filter */"

# The current length of a task, or 0 if a running task starts after now because the clock was set back.
LENGTH = (
    "CASE WHEN end_time IS NOT NULL THEN end_time - start_time "
    "WHEN CAST(:now AS BIGINT) > start_time THEN CAST(:now AS BIGINT) - start_time ELSE 0 END"
)


def for_user(statement: str, user_id: int | None) -> str:
    """Add a condition on `:user_id` to each WHERE at the start of a line, unless the statement is for all users."""
    # With an optional condition in a single statement, the planner would scan the whole table.
    return statement if user_id is None else statement.replace("\nWHERE ", "\nWHERE user_id = :user_id AND ")


SELECT_TASK = f"SELECT {TASK_COLUMNS} FROM tasks WHERE id = :id"

# The statement has a fixed number of IDs, so that it is prepared only once; unused IDs are 0.
IDS_AT_ONCE = 100
IDS = ", ".join(["CAST(:id{} AS BIGINT)"] * IDS_AT_ONCE).format(*range(IDS_AT_ONCE))

SELECT_TASKS = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE id IN ({IDS})
"""

SELECT_RUNNING = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time IS NULL
ORDER BY start_time, id
"""

# With "user_id = :user_id", PostgreSQL would read all users' tasks backwards instead of using the index with this
# order, which is slow if the user has not tracked anything recently.
SELECT_LAST_OF_USER = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE user_id BETWEEN :user_id AND :user_id AND id <> :other_than
ORDER BY user_id DESC, start_time DESC, id DESC LIMIT 1
"""

# With 0 as `:unlike_running_of`, the condition always holds, because user IDs start at 1.
_LABELED_DESCRIPTION = "description, COALESCE(project, ''), COALESCE(tags, '')"
_UNLIKE_RUNNING = f"""({_LABELED_DESCRIPTION}) NOT IN (
  SELECT {_LABELED_DESCRIPTION} FROM tasks WHERE user_id = :unlike_running_of AND end_time IS NULL
)"""

SELECT_LAST_STARTED_OF_ENDED = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE user_id BETWEEN :user_id AND :user_id AND {_UNLIKE_RUNNING}
AND end_time IS NOT NULL
ORDER BY user_id DESC, start_time DESC LIMIT 1
"""

# No index is ordered by end time. But among finished tasks, the latest end is not before the latest start. So the task
# with the latest end starts at most 24 h before the latest start, or is one of the few longer tasks.
SELECT_LAST_ENDED_OF_USER = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE user_id = :user_id AND start_time >= :earliest AND end_time IS NOT NULL AND {_UNLIKE_RUNNING}
UNION ALL
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time - start_time > 86400000000 AND user_id = :user_id AND start_time < :earliest AND {_UNLIKE_RUNNING}
ORDER BY end_time DESC, id DESC LIMIT 1
"""

# Three disjoint parts, each of which reads a short range of an index, however many tasks there are: tasks that start in
# the window or up to 24 h before it, longer tasks that start earlier, and running tasks that start before the window.
SELECT_OVERLAPPING = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE start_time >= :earliest AND start_time < :window_end
AND (start_time >= :window_start OR end_time > :window_start)
{FILTER_PLACEHOLDER}
UNION ALL
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time - start_time > 86400000000 AND start_time < :earliest AND end_time > :window_start
{FILTER_PLACEHOLDER}
UNION ALL
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time IS NULL AND start_time < :window_start AND CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT)
{FILTER_PLACEHOLDER}
ORDER BY start_time, id
"""


# Each MIN and MAX is one index lookup; there are few tokens to scan.
SELECT_LOWEST_AND_HIGHEST_USERS = """
SELECT MIN(user_id) FROM tasks UNION ALL SELECT MAX(user_id) FROM tasks
UNION ALL SELECT MIN(user_id) FROM commands UNION ALL SELECT MAX(user_id) FROM commands
UNION ALL SELECT MIN(user_id) FROM tokens UNION ALL SELECT MAX(user_id) FROM tokens
"""


def get_task(connection: Connection, task_id: int) -> Task:
    """Return the task with this ID, or raise TaskNotFound if it does not exist."""
    if task := find_task(connection, task_id):
        return task
    raise TaskNotFound(task_id)


def find_task(connection: Connection, task_id: int) -> Task | None:
    """Return the task with this ID, or None if it does not exist."""
    return find_one(connection, SELECT_TASK, {"id": task_id}, row_to_task)


def get_tasks(connection: Connection, ids: Sequence[int]) -> list[Task]:
    """Return the tasks with these IDs, in the order of `ids`, leaving out those that do not exist."""
    tasks = {row[0]: row_to_task(row) for row in rows_of_ids(connection, SELECT_TASKS, ids)}
    return [tasks[task_id] for task_id in ids if task_id in tasks]


def rows_of_ids(
    connection: Connection, statement: str, ids: Sequence[int], *, at_once: int = IDS_AT_ONCE, **parameters: int
) -> Iterator[Row]:
    """Run a statement with the placeholders `IDS` for each batch of up to `at_once` IDs, and yield its rows."""
    for start in range(0, len(ids), at_once):
        batch = ids[start : start + at_once]
        padded = [*batch, *[0] * (at_once - len(batch))]
        numbered = {f"id{place}": task_id for place, task_id in enumerate(padded)}
        yield from connection.execute(statement, {**numbered, **parameters})


def running_tasks(connection: Connection, user_id: int | None, *, limit: int | None = None) -> list[Task]:
    """Return the running tasks, or at most `limit` of them, sorted by start time, then by ID."""
    rows = connection.execute(for_user(SELECT_RUNNING, user_id), {"user_id": user_id})
    return [row_to_task(row) for row in islice(rows, limit)]


def find_last_task(connection: Connection, user_id: int, *, other_than: int = 0) -> Task | None:
    """Return a user's most recently started task, except the one with the ID `other_than`, or None if none exists.

    Of several tasks with the same start, return the one with the highest ID.
    """
    return find_one(connection, SELECT_LAST_OF_USER, {"user_id": user_id, "other_than": other_than}, row_to_task)


def find_last_ended(connection: Connection, user_id: int, *, unlike_running: bool = False) -> Task | None:
    """Return a user's most recently ended task, or None if no task has ended.

    With `unlike_running`, skip tasks with the same description, project and tags as one of the user's running tasks.
    """
    user = {"user_id": user_id, "unlike_running_of": user_id if unlike_running else 0}
    # On PostgreSQL, another transaction can delete the found task before the second statement runs: if so, retry.
    while started := query_tasks(connection, SELECT_LAST_STARTED_OF_ENDED, user):
        earliest = to_microseconds(started[0].start_time) - LONG_TASK_THRESHOLD // MICROSECOND
        if task := find_one(connection, SELECT_LAST_ENDED_OF_USER, {**user, "earliest": earliest}, row_to_task):
            return task
    return None


def overlapping_tasks(
    connection: Connection, window: Window, *, user_id: int | None, now: datetime, limit: int | None = None
) -> list[Task]:
    """Return the tasks that overlap a window, sorted by start time, then by ID; running tasks extend to `now`."""
    if not window.duration:
        return []
    parameters = {"user_id": user_id, **overlap_parameters(window, now)}
    rows = connection.execute(for_user(SELECT_OVERLAPPING, user_id), parameters)
    return [row_to_task(row) for row in islice(rows, limit)]


def overlap_parameters(window: Window, now: datetime) -> dict[str, int]:
    """Return the parameters, except `user_id`, of the statements that select the tasks overlapping a window."""
    start = to_microseconds(window.start)
    return {
        "earliest": start - LONG_TASK_THRESHOLD // MICROSECOND,
        "window_start": start,
        "window_end": to_microseconds(window.end),
        "now": to_microseconds(now),
    }


def some_users(connection: Connection) -> set[int]:
    """Return the lowest and highest user IDs of each table, which show whether there are no, one or several users."""
    return {user_id for (user_id,) in connection.execute(SELECT_LOWEST_AND_HIGHEST_USERS, {}) if user_id is not None}


def query_tasks(connection: Connection, statement: str, parameters: Parameters) -> list[Task]:
    """Run a statement that selects `TASK_COLUMNS`, and return the tasks."""
    return [row_to_task(row) for row in connection.execute(statement, parameters)]


def find_one(
    connection: Connection, statement: str, parameters: Parameters, convert: "Callable[[Row], Result]"
) -> "Result | None":
    """Run a statement and return its first row, converted with `convert`, or None if there are no rows."""
    rows = list(connection.execute(statement, parameters))
    return convert(rows[0]) if rows else None


def to_microseconds(instant: datetime) -> int:
    """Convert an instant to its stored form, the number of whole microseconds since 1970-01-01T00:00Z."""
    return (instant - _EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """Convert a stored number of microseconds since 1970-01-01T00:00Z to an instant in UTC."""
    return _EPOCH + timedelta(0, 0, microseconds)


def row_to_task(row: Row) -> Task:
    """Convert a row of `TASK_COLUMNS` to a task, or raise Unavailable if the row contains invalid values."""
    task_id, user_id, text, start, end, project, tags, note = row
    if (
        type(task_id) is type(user_id) is type(start) is int
        and type(text) is str
        and FIRST <= start < END
        and (end is None or (type(end) is int and start <= end < END))
        and (project is None or type(project) is str)
        and (tags is None or type(tags) is str)
        and (note is None or type(note) is str)
    ):
        return Task(
            task_id,
            user_id,
            text,
            _EPOCH + start * MICROSECOND,  # from_microseconds, inlined because the calls add up over thousands of rows
            None if end is None else _EPOCH + end * MICROSECOND,
            project,
            tuple(tags.split(" ")) if tags else (),
            note,
        )
    raise Unavailable(
        "store-damaged",
        f"the record of task {row[0]} is damaged: {quote_value(str(row[1:]))}",
        context={"task": row[0]},
    )
