"""Statements that read the journal for undo and redo, and mark entries as undone."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from tasktimer.core.journal import IMPORT, Change, JournalEntry
from tasktimer.core.task import Task
from tasktimer.store.protocols import Connection, Parameters, Row
from tasktimer.store.statements import sources
from tasktimer.store.statements.task_queries import (
    IDS,
    TASK_VALUES,
    find_one,
    for_user,
    from_microseconds,
    row_to_task,
    rows_of_ids,
)

ENTRY_COLUMNS = "id, user_id, name, given_time, undone, reverses"  # in the order that _row_to_entry expects
STATE_COLUMNS = f"is_after, task_id, {TASK_VALUES}"  # in the order that changes_in expects


def _qualify(table: str, columns: str) -> str:
    return f"{table}.{columns.replace(', ', f', {table}.')}"


SELECT_UNDOABLE = f"""
SELECT {ENTRY_COLUMNS} FROM commands
WHERE undone = 0 AND reverses IS NULL
ORDER BY id DESC LIMIT :limit
"""

# An entry can be redone only if it was undone after the user's most recent command other than undo and redo.
SELECT_REDOABLE = f"""
SELECT {_qualify("c", ENTRY_COLUMNS)} FROM commands AS c LEFT JOIN (
SELECT reverses, MAX(id) AS last_id FROM commands
WHERE user_id = :user_id AND reverses IS NOT NULL AND id > COALESCE(
(SELECT id FROM commands WHERE user_id = :user_id AND reverses IS NULL ORDER BY id DESC LIMIT 1), 0)
GROUP BY reverses
) AS reversals ON reversals.reverses = c.id
WHERE c.user_id = :user_id AND c.undone = 1 AND c.reverses IS NULL
ORDER BY COALESCE(last_id, 0) DESC, c.id LIMIT :limit
"""

SELECT_ENTRY = f"SELECT {ENTRY_COLUMNS} FROM commands WHERE id = :id"

# If two transactions undo the same entry, the second waits here for the first, and then changes nothing.
UPDATE_UNDONE = """
UPDATE commands SET undone = :undone WHERE id = :id AND undone = :before
RETURNING id
"""

# A command may have changed a million tasks, so states are read in pages.
SELECT_STATES = f"""
SELECT {STATE_COLUMNS} FROM changes
WHERE command_id = :command_id AND task_id > :after
ORDER BY task_id, is_after LIMIT :limit
"""

SELECT_TASK_STATES = f"""
SELECT {STATE_COLUMNS} FROM changes
WHERE command_id = :command_id AND task_id IN ({IDS})
ORDER BY is_after
"""

SELECT_TASK_IDS = """
SELECT DISTINCT task_id FROM changes
WHERE command_id = :command_id AND task_id > :after
ORDER BY task_id LIMIT :limit
"""

SELECT_COUNT_OF_TASKS = "SELECT COUNT(DISTINCT task_id) FROM changes WHERE command_id = :command_id"

SELECT_LAST_CHANGE = f"""
SELECT {_qualify("c", ENTRY_COLUMNS)} FROM changes JOIN commands AS c ON c.id = command_id
WHERE task_id = :task_id AND command_id > :command_id
ORDER BY command_id DESC LIMIT 1
"""

SELECT_CHANGES_SINCE = f"""
SELECT {_qualify("c", ENTRY_COLUMNS)}, {_qualify("s", STATE_COLUMNS)}
FROM changes AS s JOIN commands AS c ON c.id = s.command_id
WHERE s.task_id = :task_id AND s.command_id > :command_id
ORDER BY s.command_id DESC, s.is_after
"""

# An entry can be redone only soon after it was undone, so this reads few of the user's entries.
SELECT_UNDO = """
SELECT id FROM commands
WHERE user_id = :user_id AND reverses = :id AND name = 'undo'
ORDER BY id DESC LIMIT 1
"""

SELECT_LAST_ENTRY = f"""
SELECT {ENTRY_COLUMNS} FROM commands
WHERE reverses IS NULL AND undone = 0
ORDER BY id DESC LIMIT 1
"""

CHANGES_PAGE = 500  # changes in memory at a time
_ROWS_AT_ONCE = 1_000


def undoable_entries(connection: Connection, user_id: int | None, limit: int) -> list[JournalEntry]:
    """Return the most recent entries that can be undone, newest first, without their changes."""
    return query_entries(connection, for_user(SELECT_UNDOABLE, user_id), {"user_id": user_id, "limit": limit})


def undoable_entries_summary(connection: Connection, user_id: int | None, limit: int) -> list[JournalEntry]:
    """Return the entries that `undoable_entries` returns, each with its first change."""
    entries = undoable_entries(connection, user_id, limit)
    return [entry._replace(changes=changes_page(connection, entry, most=1)[0]) for entry in entries]


def redoable_entries(connection: Connection, user_id: int, limit: int) -> list[JournalEntry]:
    """Return the entries that a user can redo, most recently undone first, without their changes."""
    return query_entries(connection, SELECT_REDOABLE, {"user_id": user_id, "limit": limit})


def find_entry(connection: Connection, command_id: int) -> JournalEntry | None:
    """Return the entry with this ID, or None if it does not exist; its changes are not loaded."""
    return find_one(connection, SELECT_ENTRY, {"id": command_id}, _row_to_entry)


def last_change_since(connection: Connection, task_id: int, command_id: int) -> JournalEntry | None:
    """Return the last entry after `command_id` that changed a task, or None; changes are not loaded."""
    parameters = {"task_id": task_id, "command_id": command_id}
    return find_one(connection, SELECT_LAST_CHANGE, parameters, _row_to_entry)


def entries_since(connection: Connection, task_id: int, command_id: int) -> list[JournalEntry]:
    """Return the entries after `command_id` that changed a task, newest first, each with its change to the task."""
    rows = connection.execute(SELECT_CHANGES_SINCE, {"task_id": task_id, "command_id": command_id})
    entries = groupby(rows, key=lambda row: row[:6])
    return [_row_to_entry(row)._replace(changes=changes_in(state[6:] for state in states)) for row, states in entries]


def last_entry(connection: Connection) -> JournalEntry | None:
    """Return the most recent entry across all users that has not been undone, or None; changes are not loaded."""
    return find_one(connection, SELECT_LAST_ENTRY, {}, _row_to_entry)


def find_undo(connection: Connection, entry: JournalEntry) -> int:
    """Return the ID of the entry that undid an entry."""
    ((undo_id,),) = connection.execute(SELECT_UNDO, {"user_id": entry.user_id, "id": entry.id})
    return int(undo_id)


def mark_undone(connection: Connection, command_id: int, *, undone: bool) -> bool:
    """Mark an entry as undone or as not undone; return False if another transaction has already done so."""
    parameters = {"id": command_id, "undone": int(undone), "before": int(not undone)}
    return bool(list(connection.execute(UPDATE_UNDONE, parameters)))


def changes_page(
    connection: Connection, entry: JournalEntry, after: int = 0, most: int = CHANGES_PAGE
) -> tuple[tuple[Change, ...], bool]:
    """Return an entry's changes to the first `most` tasks with IDs above `after`, in order, and whether more follow."""
    changes, has_more = recorded_changes_page(connection, entry.id, after, most)
    if entry.name == IMPORT and not has_more:
        # These have higher IDs than tasks of earlier imports, which are the only ones that an import changes.
        last = changes[-1].task_id if changes else after
        changes += sources.imported_changes(connection, entry.id, last, most + 1 - len(changes))
    return changes[:most], has_more or len(changes) > most


def recorded_changes_page(
    connection: Connection, command_id: int, after: int = 0, most: int = CHANGES_PAGE
) -> tuple[tuple[Change, ...], bool]:
    """Return what `changes_page` does, but without the tasks that an import added."""
    # A change has at most two states, so if more changes follow, the last row belongs to another change.
    parameters = {"command_id": command_id, "after": after, "limit": 2 * most + 1}
    changes = changes_in(connection.execute(SELECT_STATES, parameters))
    return changes[:most], len(changes) > most


def task_ids(connection: Connection, command_id: int) -> Iterator[int]:
    """Yield the IDs of the tasks that an entry changed, in ascending order."""
    parameters = {"command_id": command_id, "after": 0, "limit": _ROWS_AT_ONCE}
    while ids := [task_id for (task_id,) in connection.execute(SELECT_TASK_IDS, parameters)]:
        yield from ids
        parameters["after"] = ids[-1]


def count_changes(connection: Connection, entry: JournalEntry) -> int:
    """Return the number of tasks that an entry changed."""
    ((count,),) = connection.execute(SELECT_COUNT_OF_TASKS, {"command_id": entry.id})
    return int(count) + (sources.count_imported(connection, entry.id) if entry.name == IMPORT else 0)


def get_changes(connection: Connection, command_id: int, ids: Sequence[int]) -> list[Change]:
    """Return an entry's changes to the tasks with these IDs, in the order of `ids`."""
    rows = rows_of_ids(connection, SELECT_TASK_STATES, ids, command_id=command_id)
    changes = {change.task_id: change for change in changes_in(rows)}
    return [changes[task_id] for task_id in ids if task_id in changes]


def with_first_changes(connection: Connection, entry: JournalEntry, most: int = CHANGES_PAGE) -> JournalEntry:
    """Return an entry with its changes to the first `most` tasks."""
    return with_page(connection, entry, changes_page(connection, entry, most=most))


def with_page(connection: Connection, entry: JournalEntry, page: tuple[tuple[Change, ...], bool]) -> JournalEntry:
    """Return an entry with its first changes; `page` is what `changes_page` returns for them."""
    changes, has_more = page
    omitted = count_changes(connection, entry) - len(changes) if has_more else 0
    return entry._replace(changes=changes, omitted_changes=omitted)


def changes_in(rows: Iterable[Row]) -> tuple[Change, ...]:
    """Combine rows of `STATE_COLUMNS` into one change per task."""
    states: dict[int, list[Task | None]] = {}
    for is_after, *row in rows:
        task = row_to_task(tuple(row))
        states.setdefault(task.id, [None, None])[is_after] = task
    return tuple(Change(task_id, before, after) for task_id, (before, after) in states.items())


def query_entries(connection: Connection, statement: str, parameters: Parameters) -> list[JournalEntry]:
    """Run a statement that selects `ENTRY_COLUMNS`, and return the entries without their changes."""
    return [_row_to_entry(row) for row in connection.execute(statement, parameters)]


def _row_to_entry(row: Row) -> JournalEntry:
    command_id, user_id, name, microseconds, undone, reverted_entry_id = row
    return JournalEntry(command_id, user_id, name, from_microseconds(microseconds), bool(undone), reverted_entry_id)
