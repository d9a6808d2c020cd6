"""Statements for shell completion, which find labels and tasks in a few index lookups, however many tasks there are."""

from tasktimer.core.task import Task
from tasktimer.store.protocols import Connection
from tasktimer.store.statements.task_queries import TASK_COLUMNS, for_user, query_tasks


def distinct_values(name: str, column: str, table: str, condition: str, *, first: str | None = None) -> str:
    """Return a recursive table expression `name (value)` that yields a column's distinct values in ascending order.

    Each step looks up the next value in an index, so the number of steps depends on the number of distinct values, not
    on the number of rows. The final value is NULL. `first` is an SQL expression for a lower bound.
    """
    start = condition if first is None else f"{condition} AND {column} >= {first}"
    return f"""{name} (value) AS (
SELECT value FROM (SELECT {column} AS value FROM {table}
WHERE {start} ORDER BY {column} LIMIT 1) AS least
UNION ALL
SELECT (SELECT {column} FROM {table}
WHERE {condition} AND {column} > {name}.value ORDER BY {column} LIMIT 1)
FROM {name} WHERE {name}.value IS NOT NULL
)"""


def _names_statement(column: str, table: str, condition: str) -> str:
    return f"""
WITH RECURSIVE {distinct_values("names", column, table, condition, first=":first")}
SELECT value FROM names WHERE value IS NOT NULL LIMIT :limit
"""


SELECT_PROJECT_NAMES = _names_statement("project", "tasks", "project IS NOT NULL")
SELECT_TAG_NAMES = _names_statement("tag", "task_tags", "1 = 1")

SELECT_RECENT = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE 1 = 1
ORDER BY start_time DESC, id DESC LIMIT :limit
"""

SELECT_LAST_ID = "SELECT MAX(id) FROM tasks"

SELECT_BETWEEN = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE id BETWEEN :first AND :last
ORDER BY id DESC LIMIT :limit
"""

# Searches only the newest tasks in a range of IDs: a user may own few of a million tasks, or none.
SELECT_BETWEEN_OF_USER = f"""
SELECT {TASK_COLUMNS} FROM ({SELECT_BETWEEN.replace(":limit", ":most_read")}) AS newest
WHERE user_id = :user_id
ORDER BY id DESC LIMIT :limit
"""

_MOST_READ = 1000


def project_names(connection: Connection, user_id: int | None, prefix: str, limit: int) -> list[str]:
    """Return the first `limit` project names that start with a prefix, in sorted order."""
    return _names(connection, SELECT_PROJECT_NAMES, user_id, prefix=prefix, limit=limit)


def is_project(connection: Connection, user_id: int | None, name: str) -> bool:
    """Return whether a task has this project, or one below it."""
    # A name sorts before all longer names that start with it.
    below = project_names(connection, user_id, f"{name}/", 1)
    return bool(below) or name in project_names(connection, user_id, name, 1)


def tag_names(connection: Connection, user_id: int | None, prefix: str, limit: int) -> list[str]:
    """Return the first `limit` tags that start with a prefix, in sorted order."""
    return _names(connection, SELECT_TAG_NAMES, user_id, prefix=prefix, limit=limit)


def recent_tasks(connection: Connection, user_id: int | None, limit: int) -> list[Task]:
    """Return the `limit` most recently started tasks, newest first."""
    return query_tasks(connection, for_user(SELECT_RECENT, user_id), {"user_id": user_id, "limit": limit})


def tasks_by_id_prefix(connection: Connection, user_id: int | None, prefix: int, limit: int) -> list[Task]:
    """Return tasks whose IDs start with `prefix`: for each number of digits, the `limit` tasks with the highest IDs."""
    ((last_id,),) = connection.execute(SELECT_LAST_ID, {})
    statement = SELECT_BETWEEN if user_id is None else SELECT_BETWEEN_OF_USER
    tasks: list[Task] = []
    first, size = prefix, 1
    while first <= (last_id or 0):
        values = {"first": first, "last": min(first + size - 1, last_id), "limit": limit}
        tasks += query_tasks(connection, statement, {**values, "user_id": user_id, "most_read": _MOST_READ})
        first, size = first * 10, size * 10  # the IDs with one more digit
    return tasks


def _names(connection: Connection, statement: str, user_id: int | None, *, prefix: str, limit: int) -> list[str]:
    parameters = {"user_id": user_id, "first": prefix, "limit": limit}
    rows = connection.execute(for_user(statement, user_id), parameters)
    # Omit names that follow those with the prefix, and values that are not text, which other programs may have stored.
    return [name for (name,) in rows if type(name) is str and name.startswith(prefix)]
