"""Statements that count the content of a store, and summarize the use of projects and tags."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tasktimer.core.label_usage import TaskGroup
from tasktimer.core.store_info import StoreStats
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.store.protocols import Connection
from tasktimer.store.statements.completion import distinct_values
from tasktimer.store.statements.task_filter import apply_filter
from tasktimer.store.statements.task_queries import (
    FILTER_PLACEHOLDER,
    LENGTH,
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


SELECT_COUNT = f"""
SELECT COUNT(*) FROM tasks
WHERE 1 = 1
{FILTER_PLACEHOLDER}
"""


def _usage_statement(column: str) -> str:
    """Return the statement that selects the fields of `TaskGroup` for each value of a column, which is first."""
    # COALESCE prevents SQLite from using the index on projects: fetching the rows one by one would take three times as
    # long as a scan.
    return f"""
SELECT COALESCE({column}, ''), COUNT(*), MAX(start_time), CAST(SUM({LENGTH}) AS BIGINT)
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
    statement, values = apply_filter(for_user(SELECT_COUNT, user_id), task_filter, now)
    ((count,),) = connection.execute(statement, {**values, "user_id": user_id})
    return int(count)


def projects(
    connection: Connection, task_filter: TaskFilter = NO_FILTER, *, user_id: int | None, now: datetime
) -> Iterator[TaskGroup]:
    """Yield the usage of each project, and of none, by tasks that match a filter; running tasks count up to `now`."""
    for name, count, last, worked in _usages(connection, SELECT_PROJECTS, task_filter, user_id=user_id, now=now):
        yield [name] if name else [], count, last, worked


def tags(
    connection: Connection, task_filter: TaskFilter = NO_FILTER, *, user_id: int | None, now: datetime
) -> Iterator[TaskGroup]:
    """Yield the usage of each combination of tags by tasks that match a filter; running tasks count up to `now`."""
    for names, count, last, worked in _usages(connection, SELECT_TAGS, task_filter, user_id=user_id, now=now):
        yield names.split(" ") if names else [], count, last, worked


def _usages(
    connection: Connection, statement: str, task_filter: TaskFilter, *, user_id: int | None, now: datetime
) -> Iterator[tuple[str, int, datetime, timedelta]]:
    statement, values = apply_filter(for_user(statement, user_id), task_filter, now)
    values |= {"now": to_microseconds(now), "user_id": user_id}
    for name, count, last, length in connection.execute(statement, values):
        yield name, count, from_microseconds(last), length * MICROSECOND
