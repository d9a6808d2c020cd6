"""Statements that list and prune the history."""

from datetime import datetime

from tasktimer.core.journal import Change, JournalEntry
from tasktimer.store.protocols import Connection
from tasktimer.store.statements import sources
from tasktimer.store.statements.journal import ENTRY_COLUMNS, get_changes, query_entries, with_first_changes
from tasktimer.store.statements.task_queries import for_user, to_microseconds

SELECT_ENTRIES = f"""
SELECT {ENTRY_COLUMNS} FROM commands
WHERE id < :before
ORDER BY id DESC LIMIT :limit
"""

# Not a join, which would return most entries twice: once for the state before and once for the state after.
SELECT_ENTRIES_OF_TASK = f"""
SELECT {ENTRY_COLUMNS} FROM commands
WHERE id < :before AND id IN (
SELECT command_id FROM changes WHERE task_id = :task_id
UNION ALL
SELECT id FROM commands AS imports WHERE name = 'import'
AND EXISTS (SELECT 1 FROM sources WHERE command_id = imports.id AND task_id = :task_id))
ORDER BY id DESC LIMIT :limit
"""

# An import lists its tasks only in their sources.
SELECT_OTHER_USER = """
SELECT user_id FROM changes
WHERE command_id = :command_id AND user_id <> :user_id
UNION ALL
SELECT user_id FROM sources
WHERE command_id = :command_id AND user_id <> :user_id
LIMIT 1
"""

SELECT_COUNT_BEFORE = """
SELECT COUNT(*) FROM commands
WHERE given_time < :before AND (CAST(:user_id AS BIGINT) IS NULL OR user_id = :user_id)
"""

# Returns the IDs so that they can be counted: a Connection does not report the number of changed rows.
DELETE_ENTRIES = """
DELETE FROM commands WHERE id IN (
SELECT id FROM commands
WHERE given_time < :before AND id > :after
ORDER BY id LIMIT :limit
) RETURNING id
"""

_ROWS_AT_ONCE = 1_000


def list_entries(
    connection: Connection, *, user_id: int | None, task_id: int | None, before: int, limit: int, most_changes: int
) -> list[JournalEntry]:
    """Return the most recent entries for a user or a task, oldest first, each with at most `most_changes` changes.

    Leave out the entry with the ID `before` and those after it.
    """
    statement = SELECT_ENTRIES_OF_TASK if task_id is not None else for_user(SELECT_ENTRIES, user_id)
    parameters = {"task_id": task_id, "user_id": user_id, "before": before, "limit": limit}
    entries = query_entries(connection, statement, parameters)
    return [with_first_changes(connection, entry, most_changes) for entry in reversed(entries)]


def list_entries_of_task(connection: Connection, task_id: int, *, before: int, limit: int) -> list[JournalEntry]:
    """Return the most recent entries that changed a task, oldest first, each with its change to this task only."""
    parameters = {"task_id": task_id, "before": before, "limit": limit}
    entries = query_entries(connection, SELECT_ENTRIES_OF_TASK, parameters)
    return [entry._replace(changes=_changes_to_task(connection, entry, task_id)) for entry in reversed(entries)]


def _changes_to_task(connection: Connection, entry: JournalEntry, task_id: int) -> tuple[Change, ...]:
    changes = tuple(get_changes(connection, entry.id, [task_id]))
    # An import lists the tasks that it added only in their sources.
    return changes or sources.imported_changes(connection, entry.id, task_id - 1, 1)


def changed_other_users(connection: Connection, entry: JournalEntry) -> bool:
    """Return whether an entry changed tasks of users other than its own."""
    parameters = {"command_id": entry.id, "user_id": entry.user_id}
    return bool(list(connection.execute(SELECT_OTHER_USER, parameters)))


def count_entries(connection: Connection, before: datetime, user_id: int | None) -> int:
    """Return the number of entries recorded before a given time."""
    parameters: dict[str, int | str | None] = {"before": to_microseconds(before), "user_id": user_id}
    ((count,),) = connection.execute(SELECT_COUNT_BEFORE, parameters)
    return int(count)


def delete_entries(connection: Connection, before: datetime, user_id: int | None) -> int:
    """Delete the entries recorded before a given time, and return the number of deleted entries."""
    statement = for_user(DELETE_ENTRIES, user_id)
    values = {"before": to_microseconds(before), "user_id": user_id, "limit": _ROWS_AT_ONCE}
    last = count = 0
    while ids := [command_id for (command_id,) in connection.execute(statement, {**values, "after": last})]:
        count += len(ids)
        last = max(ids)
    return count
