"""Statements that list and prune the history."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from tasktimer.core.journal import IMPORT, Change, JournalEntry
from tasktimer.store.protocols import Connection, Row
from tasktimer.store.statements.journal import (
    ENTRY_COLUMNS,
    STATE_COLUMNS,
    changes_in,
    changes_page,
    query_entries,
    with_page,
)
from tasktimer.store.statements.sources import imported_changes
from tasktimer.store.statements.task_queries import IDS, for_user, rows_of_ids, to_microseconds

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

_ENTRIES_AT_ONCE = 21  # what the table of `history` needs by default

# Each part reads at most `limit` rows of an entry; a window function would read all of them.
SELECT_FIRST_CHANGES = "UNION ALL".join(
    f"""
SELECT * FROM (
SELECT command_id, {STATE_COLUMNS} FROM changes
WHERE command_id = :id{place}
ORDER BY task_id, is_after LIMIT :limit) AS entry{place}
"""
    for place in range(_ENTRIES_AT_ONCE)
)

SELECT_CHANGES_OF_TASK = f"""
SELECT command_id, {STATE_COLUMNS} FROM changes
WHERE task_id = :task_id AND command_id IN ({IDS})
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
    pages = _first_pages(connection, [entry.id for entry in entries if entry.name != IMPORT], most_changes)
    return [
        with_page(connection, entry, pages.get(entry.id) or changes_page(connection, entry, most=most_changes))
        for entry in reversed(entries)
    ]


def list_entries_of_task(connection: Connection, task_id: int, *, before: int, limit: int) -> list[JournalEntry]:
    """Return the most recent entries that changed a task, oldest first, each with its change to this task only."""
    parameters = {"task_id": task_id, "before": before, "limit": limit}
    entries = query_entries(connection, SELECT_ENTRIES_OF_TASK, parameters)
    rows = rows_of_ids(connection, SELECT_CHANGES_OF_TASK, [entry.id for entry in entries], task_id=task_id)
    changes = _changes_by_entry(rows)
    return [
        # An import lists the tasks that it added only in their sources.
        entry._replace(changes=changes.get(entry.id) or imported_changes(connection, entry.id, task_id - 1, 1))
        for entry in reversed(entries)
    ]


def _first_pages(connection: Connection, ids: Sequence[int], most: int) -> dict[int, tuple[tuple[Change, ...], bool]]:
    """Return what `recorded_changes_page` returns for each of these entries, keyed by their IDs."""
    pages: dict[int, tuple[tuple[Change, ...], bool]] = {}
    for start in range(0, len(ids), _ENTRIES_AT_ONCE):
        batch = ids[start : start + _ENTRIES_AT_ONCE]
        # A change has at most two states, so if more changes follow, the last row belongs to another change.
        rows = rows_of_ids(connection, SELECT_FIRST_CHANGES, batch, at_once=_ENTRIES_AT_ONCE, limit=2 * most + 1)
        changes = dict.fromkeys(batch, ()) | _changes_by_entry(rows)
        pages |= {command_id: (found[:most], len(found) > most) for command_id, found in changes.items()}
    return pages


def _changes_by_entry(rows: Iterable[Row]) -> dict[int, tuple[Change, ...]]:
    """Combine rows of a command's ID and `STATE_COLUMNS` into one change per task, keyed by the command's ID."""
    in_order = sorted(rows, key=itemgetter(0, 2, 1))  # by command, task and is_after
    groups = groupby(in_order, key=itemgetter(0))
    return {command_id: changes_in(state[1:] for state in states) for command_id, states in groups}


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
