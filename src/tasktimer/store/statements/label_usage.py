"""The statements about projects and tags, each beside the function that runs it."""

from collections.abc import Iterator
from datetime import datetime

from tasktimer.core.label_usage import LabelUsage
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.store import Connection
from tasktimer.store.statements.task_filter import apply_filter
from tasktimer.store.statements.task_queries import LENGTH, MICROSECOND, from_microseconds, to_microseconds

# What Usage tells of a name, in its order.
_USAGE_COLUMNS = f"COUNT(*), MAX(start_time), CAST(SUM({LENGTH}) AS BIGINT)"

# COALESCE keeps the index of projects out: it would lead to the rows one by one, three times as slow as reading all.
SELECT_PROJECTS = f"""
SELECT project, {_USAGE_COLUMNS}
FROM tasks
WHERE COALESCE(project, '') <> ''
/* AND filter */
GROUP BY project
ORDER BY project
"""  # noqa: S608 (no text of a user)

SELECT_PROJECTS_OF_USER = f"""
SELECT project, {_USAGE_COLUMNS}
FROM tasks
WHERE project IS NOT NULL AND user_id = :user_id
/* AND filter */
GROUP BY project
ORDER BY project
"""  # noqa: S608 (no text of a user)

SELECT_TAGS = f"""
SELECT tag, {_USAGE_COLUMNS}
FROM task_tags JOIN tasks ON tasks.id = task_id
/* AND filter */
GROUP BY tag
ORDER BY tag
"""  # noqa: S608

SELECT_TAGS_OF_USER = f"""
SELECT tag, {_USAGE_COLUMNS}
FROM task_tags JOIN tasks ON tasks.id = task_id
WHERE task_tags.user_id = :user_id
/* AND filter */
GROUP BY tag
ORDER BY tag
"""  # noqa: S608


def projects(
    connection: Connection, task_filter: TaskFilter = NO_FILTER, *, user_id: int | None, now: datetime
) -> list[LabelUsage]:
    """The projects of what a filter leaves, of one user or (None) of all, by name; running tasks up to now."""
    statement = SELECT_PROJECTS if user_id is None else SELECT_PROJECTS_OF_USER
    return list(_usages(connection, statement, task_filter, user_id=user_id, now=now))


def tags(
    connection: Connection, task_filter: TaskFilter = NO_FILTER, *, user_id: int | None, now: datetime
) -> list[LabelUsage]:
    """The tags of what a filter leaves, of one user or (None) of all, by name; running tasks up to now."""
    statement = SELECT_TAGS if user_id is None else SELECT_TAGS_OF_USER
    return list(_usages(connection, statement, task_filter, user_id=user_id, now=now))


def _usages(
    connection: Connection, statement: str, task_filter: TaskFilter, *, user_id: int | None, now: datetime
) -> Iterator[LabelUsage]:
    statement, values = apply_filter(statement, task_filter, now)
    values["now"] = to_microseconds(now)
    if user_id is not None:
        values["user_id"] = user_id
    for name, count, last, length in connection.execute(statement, values):
        yield LabelUsage(name, count, from_microseconds(last), length * MICROSECOND)
