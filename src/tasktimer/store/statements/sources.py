"""Statements that add imported tasks with their sources, and undo and redo an import."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from tasktimer.core.journal import Change
from tasktimer.core.task import Task
from tasktimer.store.protocols import Connection
from tasktimer.store.statements import task_queries, task_writes
from tasktimer.store.statements.task_queries import IDS, TASK_VALUES, from_microseconds, rows_of_ids, to_microseconds

SELECT_ANY_SOURCE = "SELECT task_id FROM sources WHERE user_id = :user_id LIMIT 1"

# A row whose import was undone is new again. An entry that was pruned cannot be undone.
SELECT_SEEN = f"""
SELECT identity, CASE WHEN tasks.id IS NULL THEN 0 ELSE 1 END
FROM sources LEFT JOIN commands ON commands.id = command_id LEFT JOIN tasks ON tasks.id = task_id
WHERE sources.user_id = :user_id AND identity IN ({IDS}) AND COALESCE(undone, 0) = 0
"""

# The tasks of rows that had no end, unless a later import has ended them: that has a change to the task, and a source.
SELECT_RUNNING_SOURCES = f"""
SELECT identity, sources.task_id
FROM sources LEFT JOIN commands ON commands.id = command_id
WHERE sources.user_id = :user_id AND identity IN ({IDS}) AND COALESCE(undone, 0) = 0 AND NOT EXISTS (
SELECT 1 FROM changes JOIN sources AS ended ON ended.command_id = changes.command_id AND ended.task_id = changes.task_id
JOIN commands AS c ON c.id = changes.command_id
WHERE changes.task_id = sources.task_id AND c.undone = 0)
"""

SELECT_TIMES = f"""
SELECT start_time, end_time FROM tasks
WHERE user_id = :user_id AND start_time IN ({IDS}) AND id < :first_id
"""

INSERT_SOURCE = """
INSERT INTO sources (user_id, identity, task_id, command_id) VALUES (:user_id, :identity, :task_id, :command_id)
ON CONFLICT (user_id, identity) DO UPDATE SET task_id = excluded.task_id, command_id = excluded.command_id
"""

# AUTOINCREMENT raises this number when a row is inserted with a higher ID.
SELECT_LAST_TASK_ID = "SELECT seq FROM sqlite_sequence WHERE name = 'tasks'"

# An import has a change only to a task that it has not added, but ended.
_ADDED = """command_id = :command_id
AND task_id NOT IN (SELECT task_id FROM changes WHERE command_id = :command_id)"""

SELECT_IMPORTED_IDS = f"""
SELECT task_id FROM sources
WHERE {_ADDED} AND task_id > :after
ORDER BY task_id LIMIT :limit
"""

SELECT_COUNT_OF_IMPORTED = f"SELECT COUNT(*) FROM sources WHERE {_ADDED}"

# The first state of each task after its import is the state before its first change, if it has changed.
SELECT_FIRST_STATES = f"""
SELECT task_id, {TASK_VALUES} FROM changes
WHERE is_after = 0 AND task_id IN ({IDS}) AND command_id = (
SELECT MIN(command_id) FROM changes AS later WHERE later.task_id = changes.task_id AND later.command_id > :command_id)
"""

# Changes that were undone do not count, nor do their undos.
SELECT_CHANGED_SINCE = """
SELECT sources.task_id FROM sources
JOIN changes ON changes.task_id = sources.task_id AND changes.command_id > sources.command_id
JOIN commands ON commands.id = changes.command_id
WHERE sources.command_id = :command_id AND undone = 0 AND reverses IS NULL
LIMIT 1
"""

# The copies exist only while the import is undone.
COPY_TASKS = f"""
INSERT INTO changes (command_id, task_id, is_after, {TASK_VALUES})
SELECT CAST(:undo_id AS BIGINT), id, 0, {TASK_VALUES} FROM tasks
WHERE id IN (SELECT task_id FROM sources WHERE {_ADDED})
"""

DELETE_TASKS = f"DELETE FROM tasks WHERE id IN (SELECT task_id FROM sources WHERE {_ADDED})"

DELETE_COPIES = """
DELETE FROM changes
WHERE command_id = :command_id
AND task_id NOT IN (SELECT task_id FROM changes WHERE command_id = :command_id AND is_after = 1)
"""


class NewSource(NamedTuple):
    """The identity of an imported row, and its task."""

    identity: int
    task: Task


@runtime_checkable
class _Concurrent(Protocol):
    """A connection to a database with several writers at a time."""

    def lock_imports(self, user_id: int | None) -> None:
        """Wait for other imports for a user, or for any user if None, and make later ones wait for this transaction."""

    def reserve_ids(self, count: int) -> Sequence[int]:
        """Return unused IDs of tasks, which no other transaction will use."""


def lock_imports(connection: Connection, user_id: int | None) -> None:
    """Wait for other imports for a user, or for any user if None, so that no two of them add the same rows."""
    if isinstance(connection, _Concurrent):
        connection.lock_imports(user_id)


def has_sources(connection: Connection, user_id: int) -> bool:
    """Return whether the user has imported anything."""
    return bool(list(connection.execute(SELECT_ANY_SOURCE, {"user_id": user_id})))


def find_seen(connection: Connection, user_id: int, identities: Sequence[int]) -> dict[int, bool]:
    """Return which rows were imported before, unless that was undone, and whether their tasks still exist."""
    return {row[0]: bool(row[1]) for row in rows_of_ids(connection, SELECT_SEEN, identities, user_id=user_id)}


def find_running(connection: Connection, user_id: int, identities: Sequence[int]) -> dict[int, int]:
    """Return the IDs of the tasks that were added for rows without an end, and that no later import has ended."""
    return dict(rows_of_ids(connection, SELECT_RUNNING_SOURCES, identities, user_id=user_id))


def find_times(
    connection: Connection, user_id: int, starts: Sequence[datetime], *, first_id: int
) -> set[tuple[datetime, datetime | None]]:
    """Return the start and end of the user's tasks with these starts, and with IDs below `first_id`."""
    values = [to_microseconds(start) for start in starts]
    rows = rows_of_ids(connection, SELECT_TIMES, values, user_id=user_id, first_id=first_id)
    return {(from_microseconds(start), None if end is None else from_microseconds(end)) for start, end in rows}


def reserve_ids(connection: Connection, count: int) -> Sequence[int]:
    """Return unused IDs of tasks, in ascending order."""
    if isinstance(connection, _Concurrent):
        return connection.reserve_ids(count)
    ((last,),) = list(connection.execute(SELECT_LAST_TASK_ID, {})) or [(0,)]
    return range(last + 1, last + 1 + count)


def insert_sources(connection: Connection, command_id: int, sources: Iterable[NewSource]) -> None:
    """Insert the sources of tasks, so that they are not imported again."""
    connection.executemany(
        INSERT_SOURCE,
        [
            {"user_id": task.user_id, "identity": identity, "task_id": task.id, "command_id": command_id}
            for identity, task in sources
        ],
    )


def imported_changes(connection: Connection, command_id: int, after: int, limit: int) -> tuple[Change, ...]:
    """Return the tasks that an import added, with IDs above `after`, as it added them."""
    parameters = {"command_id": command_id, "after": after, "limit": limit}
    ids = [task_id for (task_id,) in connection.execute(SELECT_IMPORTED_IDS, parameters)]
    tasks = {task.id: task for task in task_queries.get_tasks(connection, ids)}
    changed = rows_of_ids(connection, SELECT_FIRST_STATES, ids, command_id=command_id)
    tasks.update({row[0]: task_queries.row_to_task(row) for row in changed})
    return tuple(Change(task_id, None, tasks[task_id]) for task_id in ids if task_id in tasks)


def count_imported(connection: Connection, command_id: int) -> int:
    """Return the number of tasks that an import added."""
    ((count,),) = connection.execute(SELECT_COUNT_OF_IMPORTED, {"command_id": command_id})
    return int(count)


def find_changed_since(connection: Connection, command_id: int) -> int | None:
    """Return the ID of a task that a command has changed since its import, or None."""
    rows = connection.execute(SELECT_CHANGED_SINCE, {"command_id": command_id})
    return next((task_id for (task_id,) in rows), None)


def remove_imported(connection: Connection, command_id: int, undo_id: int) -> None:
    """Delete the tasks that an import added, keeping their states as changes of the journal entry `undo_id`."""
    connection.execute(COPY_TASKS, {"command_id": command_id, "undo_id": undo_id})
    connection.execute(DELETE_TASKS, {"command_id": command_id})


def restore_imported(connection: Connection, pages: Iterable[Sequence[Task]], undo_id: int) -> None:
    """Insert tasks that `remove_imported` deleted, and delete the states that it kept."""
    for tasks in pages:
        task_writes.apply_changes(connection, [(None, task) for task in tasks])
    connection.execute(DELETE_COPIES, {"command_id": undo_id})
