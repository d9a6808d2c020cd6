"""The statements that give names in use and recent tasks: a few steps along an index, however long the history is."""

from collections.abc import Iterable
from typing import Any

from tasktimer.core.task import Task
from tasktimer.store import Connection
from tasktimer.store.statements.task_queries import row_to_task

# From each name the index leads to the next: as many steps as there are names, however many tasks have each.
SELECT_PROJECT_NAMES = """
WITH RECURSIVE names (name) AS (
SELECT name FROM (SELECT project AS name FROM tasks
WHERE project IS NOT NULL AND project >= :first ORDER BY project LIMIT 1) AS least
UNION ALL
SELECT (SELECT project FROM tasks WHERE project IS NOT NULL AND project > names.name ORDER BY project LIMIT 1)
FROM names WHERE names.name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL LIMIT :limit
"""

SELECT_PROJECT_NAMES_OF_USER = """
WITH RECURSIVE names (name) AS (
SELECT name FROM (SELECT project AS name FROM tasks
WHERE project IS NOT NULL AND user_id = :user_id AND project >= :first ORDER BY project LIMIT 1) AS least
UNION ALL
SELECT (SELECT project FROM tasks
WHERE project IS NOT NULL AND user_id = :user_id AND project > names.name ORDER BY project LIMIT 1)
FROM names WHERE names.name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL LIMIT :limit
"""

SELECT_TAG_NAMES = """
WITH RECURSIVE names (name) AS (
SELECT name FROM (SELECT tag AS name FROM task_tags WHERE tag >= :first ORDER BY tag LIMIT 1) AS least
UNION ALL
SELECT (SELECT tag FROM task_tags WHERE tag > names.name ORDER BY tag LIMIT 1)
FROM names WHERE names.name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL LIMIT :limit
"""

SELECT_TAG_NAMES_OF_USER = """
WITH RECURSIVE names (name) AS (
SELECT name FROM (SELECT tag AS name FROM task_tags
WHERE user_id = :user_id AND tag >= :first ORDER BY tag LIMIT 1) AS least
UNION ALL
SELECT (SELECT tag FROM task_tags WHERE user_id = :user_id AND tag > names.name ORDER BY tag LIMIT 1)
FROM names WHERE names.name IS NOT NULL
)
SELECT name FROM names WHERE name IS NOT NULL LIMIT :limit
"""

SELECT_RECENT = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
ORDER BY start_time DESC, id DESC LIMIT :limit
"""

SELECT_RECENT_OF_USER = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE user_id = :user_id
ORDER BY start_time DESC, id DESC LIMIT :limit
"""

SELECT_LAST_ID = """
SELECT MAX(id) FROM tasks
"""

SELECT_BETWEEN = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE id BETWEEN :first AND :last
ORDER BY id DESC LIMIT :limit
"""

# Among the last of many ids alone: a user may have few of a team's million tasks, or none.
SELECT_BETWEEN_OF_USER = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM (
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE id BETWEEN :first AND :last
ORDER BY id DESC LIMIT :most_read
) AS newest WHERE user_id = :user_id
ORDER BY id DESC LIMIT :limit
"""

_MOST_READ = 1000


def project_names(connection: Connection, user_id: int | None, beginning: str, limit: int) -> list[str]:
    """The first projects, by name, that begin so, of tasks of one user or (None) of all."""
    parameters: dict[str, int | str] = {"first": beginning, "limit": limit}
    if user_id is None:
        return _names(connection.execute(SELECT_PROJECT_NAMES, parameters), beginning)
    return _names(connection.execute(SELECT_PROJECT_NAMES_OF_USER, {**parameters, "user_id": user_id}), beginning)


def tag_names(connection: Connection, user_id: int | None, beginning: str, limit: int) -> list[str]:
    """The first tags, by name, that begin so, of tasks of one user or (None) of all."""
    parameters: dict[str, int | str] = {"first": beginning, "limit": limit}
    if user_id is None:
        return _names(connection.execute(SELECT_TAG_NAMES, parameters), beginning)
    return _names(connection.execute(SELECT_TAG_NAMES_OF_USER, {**parameters, "user_id": user_id}), beginning)


def recent_tasks(connection: Connection, user_id: int | None, limit: int) -> list[Task]:
    """The tasks that started last, the last one first, of one user or (None) of all."""
    if user_id is None:
        return [row_to_task(row) for row in connection.execute(SELECT_RECENT, {"limit": limit})]
    parameters = {"user_id": user_id, "limit": limit}
    return [row_to_task(row) for row in connection.execute(SELECT_RECENT_OF_USER, parameters)]


def tasks_by_id_prefix(connection: Connection, user_id: int | None, beginning: int, limit: int) -> list[Task]:
    """The task of this id, and of those whose ids have more digits the last ones of each length; of a user or all.

    `limit` is how many of each length.
    """
    ((last_id,),) = connection.execute(SELECT_LAST_ID, {})
    tasks: list[Task] = []
    first, size = beginning, 1
    while first <= (last_id or 0):
        parameters = {"first": first, "last": min(first + size - 1, last_id), "limit": limit}
        if user_id is None:
            rows = connection.execute(SELECT_BETWEEN, parameters)
        else:
            of_user = {**parameters, "user_id": user_id, "most_read": _MOST_READ}
            rows = connection.execute(SELECT_BETWEEN_OF_USER, of_user)
        tasks += [row_to_task(row) for row in rows]
        first, size = first * 10, size * 10  # the ids that begin so and have one digit more
    return tasks


def _names(rows: Iterable[tuple[Any, ...]], beginning: str) -> list[str]:
    # The index goes on to names that begin otherwise; and another program may have stored what is no text.
    return [name for (name,) in rows if type(name) is str and name.startswith(beginning)]
