"""Statements that count what a store contains, and summarize the use of projects and tags."""

from collections.abc import Iterator
from datetime import datetime

from tasktimer.core.label_usage import LabelUsage
from tasktimer.core.store_info import StoreStats
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.store.protocols import Connection
from tasktimer.store.statements.completion import distinct_values
from tasktimer.store.statements.conditions import LEADING, find_lead
from tasktimer.store.statements.task_filter import apply_filter
from tasktimer.store.statements.task_queries import (
    FILTER_PLACEHOLDER,
    LENGTH,
    MICROSECOND,
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


# By steps, like SELECT_COUNTS; there are few tokens to scan.
SELECT_USERS = f"""
WITH RECURSIVE {distinct_values("owners", "user_id", "tasks", "1 = 1")},
{distinct_values("authors", "user_id", "commands", "1 = 1")}
SELECT value FROM owners WHERE value IS NOT NULL
UNION SELECT value FROM authors WHERE value IS NOT NULL
UNION SELECT user_id FROM tokens
ORDER BY 1
"""


def _usage_statement(label: str, source: str) -> str:
    """Return the statement that selects the fields of `LabelUsage`, in order, for each label."""
    return f"""
SELECT {label}, COUNT(*), MAX(start_time), CAST(SUM({LENGTH}) AS BIGINT)
FROM {source}
{FILTER_PLACEHOLDER}
GROUP BY {label}
ORDER BY {label}
"""


_TAGGED_TASKS = "task_tags JOIN tasks ON tasks.id = task_id"

# COALESCE prevents SQLite from using the index on projects: fetching the rows one by one would take three times as long
# as a scan.
SELECT_PROJECTS = _usage_statement("project", "tasks WHERE COALESCE(project, '') <> ''")
SELECT_PROJECTS_OF_USER = _usage_statement("project", "tasks WHERE project IS NOT NULL AND user_id = :user_id")
SELECT_TAGS = _usage_statement("tag", _TAGGED_TASKS)
SELECT_TAGS_OF_USER = _usage_statement("tag", f"{_TAGGED_TASKS} WHERE task_tags.user_id = :user_id")


def store_stats(connection: Connection) -> StoreStats:
    """Return the number of tasks, running tasks, users, projects, tags and journal entries."""
    ((*counts,),) = connection.execute(SELECT_COUNTS, {})
    return StoreStats(*counts)


def users(connection: Connection) -> list[int]:
    """Return the users who have a task, a journal entry or a token, in ascending order."""
    return [user_id for (user_id,) in connection.execute(SELECT_USERS, {})]


def projects(
    connection: Connection, task_filter: TaskFilter = NO_FILTER, *, user_id: int | None, now: datetime
) -> list[LabelUsage]:
    """Return the usage of each project in matching tasks, sorted by name; assume that running tasks end at `now`."""
    statement = SELECT_PROJECTS if user_id is None else SELECT_PROJECTS_OF_USER
    return list(_usages(connection, statement, task_filter, user_id=user_id, now=now))


def tags(
    connection: Connection, task_filter: TaskFilter = NO_FILTER, *, user_id: int | None, now: datetime
) -> list[LabelUsage]:
    """Return the usage of each tag in matching tasks, sorted by name; assume that running tasks end at `now`."""
    statement = SELECT_TAGS if user_id is None else SELECT_TAGS_OF_USER
    return list(_usages(connection, statement, task_filter, user_id=user_id, now=now))


def _usages(
    connection: Connection, statement: str, task_filter: TaskFilter, *, user_id: int | None, now: datetime
) -> Iterator[LabelUsage]:
    lead = find_lead(task_filter, LEADING)
    statement, values = apply_filter(statement, task_filter, now, lead=lead, of_user=user_id is not None)
    values |= {"now": to_microseconds(now), "user_id": user_id}
    for name, count, last, length in connection.execute(statement, values):
        yield LabelUsage(name, count, from_microseconds(last), length * MICROSECOND)
