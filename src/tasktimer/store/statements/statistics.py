"""Statements that count what a store contains, and summarize the use of projects and tags."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tasktimer.core.label_usage import TaskGroup
from tasktimer.core.store_info import StoreStats
from tasktimer.core.task_filter import TaskFilter
from tasktimer.store.protocols import Connection
from tasktimer.store.statements.completion import distinct_values
from tasktimer.store.statements.conditions import LEADING, Values, find_lead
from tasktimer.store.statements.task_filter import apply_filter
from tasktimer.store.statements.task_queries import (
    FILTER_PLACEHOLDER,
    FIRST,
    MICROSECOND,
    for_user,
    from_microseconds,
    to_microseconds,
)

# COUNT(DISTINCT …) would read every task, although there are few users, projects and tags.
SELECT_COUNTS = f"""
WITH RECURSIVE {distinct_values("users", "user_id", "tasks", "1 = 1")},
{distinct_values("projects", "project", "tasks", "project IS NOT NULL")},
{distinct_values("labels", "tag", "task_tags", "1 = 1")}
SELECT (SELECT COUNT(*) FROM tasks),
(SELECT COUNT(*) FROM tasks WHERE end_time IS NULL),
(SELECT COUNT(value) FROM users),
(SELECT COUNT(value) FROM projects),
(SELECT COUNT(value) FROM labels),
(SELECT COUNT(*) FROM commands)
"""


# Looks up distinct values one by one, like SELECT_COUNTS; there are few tokens to scan.
SELECT_USERS = f"""
WITH RECURSIVE {distinct_values("owners", "user_id", "tasks", "1 = 1")},
{distinct_values("authors", "user_id", "commands", "1 = 1")}
SELECT value FROM owners WHERE value IS NOT NULL
UNION SELECT value FROM authors WHERE value IS NOT NULL
UNION SELECT user_id FROM tokens
ORDER BY 1
"""

SELECT_COUNT = f"""
SELECT COUNT(*) FROM tasks
WHERE 1 = 1
{FILTER_PLACEHOLDER}
"""

# The length of a task between its start and its end, each truncated to units such as seconds. Division truncates
# towards zero, so times are counted from the first valid instant, to avoid negative numbers.
_END = "CASE WHEN end_time IS NULL THEN CAST(:now AS BIGINT) ELSE end_time END"
_WORKED = (
    f"CASE WHEN {_END} > start_time THEN ({_END} + {-FIRST}) / CAST(:unit AS BIGINT) "
    f"- (start_time + {-FIRST}) / CAST(:unit AS BIGINT) ELSE 0 END"
)


def _usage_statement(column: str) -> str:
    """Return the statement that selects each value of a column, followed by the other fields of its `TaskGroup`."""
    # COALESCE prevents SQLite from using the index on projects: fetching the rows one by one would take three times as
    # long as a scan.
    return f"""
SELECT COALESCE({column}, ''), COUNT(*), MAX(start_time), CAST(SUM({_WORKED}) AS BIGINT)
FROM tasks
WHERE 1 = 1
{FILTER_PLACEHOLDER}
GROUP BY COALESCE({column}, '')
"""


SELECT_PROJECTS = _usage_statement("project")
SELECT_TAGS = _usage_statement("tags")  # by combination of tags, so that each task is counted once


def store_stats(connection: Connection) -> StoreStats:
    """Return the number of tasks, running tasks, users, projects, tags and journal entries."""
    ((*counts,),) = connection.execute(SELECT_COUNTS, {})
    return StoreStats(*counts)


def count_tasks(connection: Connection, task_filter: TaskFilter, *, user_id: int | None, now: datetime) -> int:
    """Return the number of tasks that match a filter; running tasks extend to `now`."""
    statement, values = _filtered(SELECT_COUNT, task_filter, user_id, now)
    ((count,),) = connection.execute(statement, values)
    return int(count)


def users(connection: Connection) -> list[int]:
    """Return the users who have a task, a journal entry or a token, in ascending order."""
    return [user_id for (user_id,) in connection.execute(SELECT_USERS, {})]


def projects(
    connection: Connection, task_filter: TaskFilter, *, user_id: int | None, unit: timedelta, now: datetime
) -> Iterator[TaskGroup]:
    """Yield the usage of each project in matching tasks, and that of tasks without one.

    Assume that running tasks end at `now`, and truncate starts and ends to the unit.
    """
    for name, count, last, worked in _usages(
        connection, SELECT_PROJECTS, task_filter, user_id=user_id, unit=unit, now=now
    ):
        yield [name] if name else [], count, last, worked


def tags(
    connection: Connection, task_filter: TaskFilter, *, user_id: int | None, unit: timedelta, now: datetime
) -> Iterator[TaskGroup]:
    """Like `projects`, but yield the usage of each combination of tags, and that of tasks without tags."""
    for names, count, last, worked in _usages(
        connection, SELECT_TAGS, task_filter, user_id=user_id, unit=unit, now=now
    ):
        yield names.split(" ") if names else [], count, last, worked


def _usages(
    connection: Connection,
    statement: str,
    task_filter: TaskFilter,
    *,
    user_id: int | None,
    unit: timedelta,
    now: datetime,
) -> Iterator[tuple[str, int, datetime, timedelta]]:
    statement, values = _filtered(statement, task_filter, user_id, now)
    values |= {"now": to_microseconds(now), "unit": unit // MICROSECOND}
    for name, count, last, length in connection.execute(statement, values):
        yield name, count, from_microseconds(last), length * unit


def _filtered(statement: str, task_filter: TaskFilter, user_id: int | None, now: datetime) -> tuple[str, Values]:
    lead = find_lead(task_filter, LEADING)
    statement, values = apply_filter(
        for_user(statement, user_id), task_filter, now, lead=lead, of_user=user_id is not None
    )
    return statement, {**values, "user_id": user_id}
