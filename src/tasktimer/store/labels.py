"""The statements about projects and tags, each beside the function that runs it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tasktimer.core.usage import Usage
from tasktimer.store import Connection
from tasktimer.store.queries import MICROSECOND, from_microseconds, to_microseconds

# All rows in their order: the index of projects would lead to them one by one, which takes three times as long.
SELECT_PROJECTS = """
SELECT project, COUNT(*), MAX(start_time), CAST(SUM(CASE WHEN end_time IS NOT NULL THEN end_time - start_time
  WHEN CAST(:now AS BIGINT) > start_time THEN CAST(:now AS BIGINT) - start_time ELSE 0 END) AS BIGINT)
FROM tasks
WHERE COALESCE(project, '') <> ''
GROUP BY project
ORDER BY project
"""

SELECT_PROJECTS_OF_USER = """
SELECT project, COUNT(*), MAX(start_time), CAST(SUM(CASE WHEN end_time IS NOT NULL THEN end_time - start_time
  WHEN CAST(:now AS BIGINT) > start_time THEN CAST(:now AS BIGINT) - start_time ELSE 0 END) AS BIGINT)
FROM tasks
WHERE project IS NOT NULL AND user_id = :user_id
GROUP BY project
ORDER BY project
"""

SELECT_TAGS = """
SELECT tag, COUNT(*), MAX(start_time), CAST(SUM(CASE WHEN end_time IS NOT NULL THEN end_time - start_time
  WHEN CAST(:now AS BIGINT) > start_time THEN CAST(:now AS BIGINT) - start_time ELSE 0 END) AS BIGINT)
FROM task_tags JOIN tasks ON tasks.id = task_id
GROUP BY tag
ORDER BY tag
"""

SELECT_TAGS_OF_USER = """
SELECT tag, COUNT(*), MAX(start_time), CAST(SUM(CASE WHEN end_time IS NOT NULL THEN end_time - start_time
  WHEN CAST(:now AS BIGINT) > start_time THEN CAST(:now AS BIGINT) - start_time ELSE 0 END) AS BIGINT)
FROM task_tags JOIN tasks ON tasks.id = task_id
WHERE task_tags.user_id = :user_id
GROUP BY tag
ORDER BY tag
"""


def projects(connection: Connection, user_id: int | None, now: datetime) -> list[Usage]:
    """The projects, of one user or (None) of all, by name; running tasks up to now."""
    return list(_usages(connection, (SELECT_PROJECTS, SELECT_PROJECTS_OF_USER), user_id, now))


def tags(connection: Connection, user_id: int | None, now: datetime) -> list[Usage]:
    """The tags, of one user or (None) of all, by name; running tasks up to now."""
    return list(_usages(connection, (SELECT_TAGS, SELECT_TAGS_OF_USER), user_id, now))


def _usages(connection: Connection, statements: tuple[str, str], user_id: int | None, now: datetime) -> Iterator[Usage]:
    parameters: dict[str, Any] = {"now": to_microseconds(now)}
    statement, of_user = statements
    if user_id is not None:
        statement, parameters["user_id"] = of_user, user_id
    for name, count, last, length in connection.execute(statement, parameters):
        yield Usage(name, count, from_microseconds(last), length * MICROSECOND)
