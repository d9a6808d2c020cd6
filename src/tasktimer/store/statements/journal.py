"""The statements that find what the journal tells, and mark what was taken back."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from tasktimer.core.journal import Change, JournalEntry
from tasktimer.core.task import Task
from tasktimer.store import Connection, Parameters
from tasktimer.store.statements.task_queries import from_microseconds, row_to_task, to_microseconds

SELECT_UNDOABLE = """
SELECT id, user_id, name, given_time, undone, reverses FROM commands
WHERE user_id = :user_id AND undone = 0 AND reverses IS NULL
ORDER BY id DESC LIMIT :limit
"""

# All that can be redone was taken back since the user's last command that was neither an undo nor a redo.
SELECT_REDOABLE = """
SELECT c.id, c.user_id, c.name, c.given_time, c.undone, c.reverses FROM commands AS c LEFT JOIN (
SELECT reverses, MAX(id) AS last_id FROM commands
WHERE user_id = :user_id AND reverses IS NOT NULL AND id > COALESCE(
(SELECT id FROM commands WHERE user_id = :user_id AND reverses IS NULL ORDER BY id DESC LIMIT 1), 0)
GROUP BY reverses
) AS reversals ON reversals.reverses = c.id
WHERE c.user_id = :user_id AND c.undone = 1 AND c.reverses IS NULL
ORDER BY COALESCE(last_id, 0) DESC, c.id LIMIT :limit
"""

SELECT_ENTRY = """
SELECT id, user_id, name, given_time, undone, reverses FROM commands WHERE id = :id
"""

# Of two that take the same command back at once, the second waits here for the first, and then changes nothing.
UPDATE_UNDONE = """
UPDATE commands SET undone = :undone WHERE id = :id AND undone = :before
RETURNING id
"""

# A command may have changed a million tasks: its states are read in pages.
SELECT_STATES = """
SELECT is_after, task_id, user_id, description, start_time, end_time, project, tags, note FROM changes
WHERE command_id = :command_id AND task_id > :after
ORDER BY task_id, is_after LIMIT :limit
"""

SELECT_TASK_IDS = """
SELECT DISTINCT task_id FROM changes
WHERE command_id = :command_id AND task_id > :after
ORDER BY task_id LIMIT :limit
"""

SELECT_COUNT_OF_TASKS = """
SELECT COUNT(DISTINCT task_id) FROM changes WHERE command_id = :command_id
"""

SELECT_LAST_CHANGE = """
SELECT c.id, c.user_id, c.name, c.given_time, c.undone, c.reverses FROM changes JOIN commands AS c ON c.id = command_id
WHERE task_id = :task_id AND command_id > :command_id
ORDER BY command_id DESC LIMIT 1
"""

SELECT_CHANGES_SINCE = """
SELECT c.id, c.user_id, c.name, c.given_time, c.undone, c.reverses,
  s.is_after, s.task_id, s.user_id, s.description, s.start_time, s.end_time, s.project, s.tags, s.note
FROM changes AS s JOIN commands AS c ON c.id = s.command_id
WHERE s.task_id = :task_id AND s.command_id > :command_id
ORDER BY s.command_id DESC, s.is_after
"""

SELECT_LAST_ENTRY = """
SELECT id, user_id, name, given_time, undone, reverses FROM commands
WHERE reverses IS NULL AND undone = 0
ORDER BY id DESC LIMIT 1
"""

SELECT_ENTRIES = """
SELECT id, user_id, name, given_time, undone, reverses FROM commands
ORDER BY id DESC LIMIT :limit
"""

SELECT_ENTRIES_OF_USER = """
SELECT id, user_id, name, given_time, undone, reverses FROM commands
WHERE user_id = :user_id
ORDER BY id DESC LIMIT :limit
"""

# Not a join: most commands have two states of a task, before and after.
SELECT_ENTRIES_OF_TASK = """
SELECT id, user_id, name, given_time, undone, reverses FROM commands
WHERE id IN (SELECT command_id FROM changes WHERE task_id = :task_id)
ORDER BY id DESC LIMIT :limit
"""

SELECT_COUNT_BEFORE = """
SELECT COUNT(*) FROM commands
WHERE given_time < :before AND (CAST(:user_id AS BIGINT) IS NULL OR user_id = :user_id)
"""

# The ids are for counting: a Connection gives rows, and not how many it changed.
DELETE_ENTRIES = """
DELETE FROM commands WHERE id IN (
SELECT id FROM commands WHERE given_time < :before AND id > :after ORDER BY id LIMIT :limit
) RETURNING id
"""

DELETE_ENTRIES_OF_USER = """
DELETE FROM commands WHERE id IN (
SELECT id FROM commands WHERE user_id = :user_id AND given_time < :before AND id > :after ORDER BY id LIMIT :limit
) RETURNING id
"""

# So many changes are read at a time.
CHANGES_PAGE = 500
_IDS_AT_ONCE = 1_000


def undoable_entries(connection: Connection, user_id: int, limit: int) -> list[JournalEntry]:
    """The last commands of a user that have not been taken back, the last one first, without their changes."""
    return _all(connection, SELECT_UNDOABLE, {"user_id": user_id, "limit": limit})


def undoable_entries_summary(connection: Connection, user_id: int, limit: int) -> list[JournalEntry]:
    """The same commands, each with the first of its changes alone."""
    found = undoable_entries(connection, user_id, limit)
    return [command._replace(changes=changes_page(connection, command.id, most=1)[0]) for command in found]


def redoable_entries(connection: Connection, user_id: int, limit: int) -> list[JournalEntry]:
    """The commands that a user took back, unless another one came since, the one taken back last first."""
    return _all(connection, SELECT_REDOABLE, {"user_id": user_id, "limit": limit})


def find_entry(connection: Connection, command_id: int) -> JournalEntry | None:
    """The command of a number, without its changes."""
    return _first(connection, SELECT_ENTRY, {"id": command_id})


def last_change_since(connection: Connection, task_id: int, command_id: int) -> JournalEntry | None:
    """The last command that changed a task after another one did."""
    return _first(connection, SELECT_LAST_CHANGE, {"task_id": task_id, "command_id": command_id})


def entries_since(connection: Connection, task_id: int, command_id: int) -> list[JournalEntry]:
    """The commands that changed a task after another one did, each with this change alone; the last one first."""
    rows = connection.execute(SELECT_CHANGES_SINCE, {"task_id": task_id, "command_id": command_id})
    of_one = groupby(rows, key=lambda row: row[:6])
    return [_row_to_entry(row)._replace(changes=changes_in(state[6:] for state in states)) for row, states in of_one]


def last_entry(connection: Connection) -> JournalEntry | None:
    """The last command of anybody that has not been taken back."""
    return _first(connection, SELECT_LAST_ENTRY, {})


def mark_undone(connection: Connection, command_id: int, *, undone: bool) -> bool:
    """Say whether a command is taken back; False when somebody else was quicker to do so."""
    parameters = {"id": command_id, "undone": int(undone), "before": int(not undone)}
    return bool(list(connection.execute(UPDATE_UNDONE, parameters)))


def changes_page(
    connection: Connection, command_id: int, after: int = 0, most: int = CHANGES_PAGE
) -> tuple[tuple[Change, ...], bool]:
    """Some of what a command changed, by task, from behind a task on; and whether there is more."""
    # A task has two states, or one: of one more there is a state at least.
    parameters = {"command_id": command_id, "after": after, "limit": 2 * most + 1}
    changes = changes_in(connection.execute(SELECT_STATES, parameters))
    return changes[:most], len(changes) > most


def task_ids(connection: Connection, command_id: int) -> Iterator[int]:
    """The tasks that a command changed."""
    parameters = {"command_id": command_id, "after": 0, "limit": _IDS_AT_ONCE}
    while ids := [task_id for (task_id,) in connection.execute(SELECT_TASK_IDS, parameters)]:
        yield from ids
        parameters["after"] = ids[-1]


def count_changes(connection: Connection, command_id: int) -> int:
    """How many tasks a command changed."""
    ((count,),) = connection.execute(SELECT_COUNT_OF_TASKS, {"command_id": command_id})
    return int(count)


def list_entries(
    connection: Connection, *, user_id: int | None, task_id: int | None, limit: int, most_changes: int
) -> list[JournalEntry]:
    """The last commands, of a user or (None) of all, or those that changed a task; the last one last.

    Each with its first so many changes.
    """
    parameters: dict[str, int] = {"limit": limit}
    statement = SELECT_ENTRIES
    if task_id is not None:
        statement, parameters["task_id"] = SELECT_ENTRIES_OF_TASK, task_id
    elif user_id is not None:
        statement, parameters["user_id"] = SELECT_ENTRIES_OF_USER, user_id
    found = _all(connection, statement, parameters)
    return [_with_some(connection, command, most_changes) for command in reversed(found)]


def count_entries(connection: Connection, before: datetime, user_id: int | None) -> int:
    """How many commands were given before an instant, by a user or (None) by all."""
    parameters: dict[str, int | str | None] = {"before": to_microseconds(before), "user_id": user_id}
    ((count,),) = connection.execute(SELECT_COUNT_BEFORE, parameters)
    return int(count)


def delete_entries(connection: Connection, before: datetime, user_id: int | None) -> int:
    """Forget the commands given before an instant, of a user or (None) of all; gives how many."""
    parameters: dict[str, int] = {"before": to_microseconds(before), "after": 0, "limit": _IDS_AT_ONCE}
    statement = DELETE_ENTRIES
    if user_id is not None:
        statement, parameters["user_id"] = DELETE_ENTRIES_OF_USER, user_id
    count = 0
    while ids := [command_id for (command_id,) in connection.execute(statement, parameters)]:
        count += len(ids)
        parameters["after"] = max(ids)
    return count


def _with_some(connection: Connection, command: JournalEntry, most: int) -> JournalEntry:
    """The command with its first changes, and how many more there are."""
    changes, has_more = changes_page(connection, command.id, most=most)
    more = count_changes(connection, command.id) - most if has_more else 0
    return command._replace(changes=changes, omitted_changes=more)


def changes_in(rows: Iterable[tuple[Any, ...]]) -> tuple[Change, ...]:
    """The changes that rows of states tell of."""
    states: dict[int, list[Task | None]] = {}
    for is_after, *row in rows:
        task = row_to_task(tuple(row))
        states.setdefault(task.id, [None, None])[is_after] = task
    return tuple(Change(task_id, before, after) for task_id, (before, after) in states.items())


def _all(connection: Connection, statement: str, parameters: Parameters) -> list[JournalEntry]:
    return [_row_to_entry(row) for row in connection.execute(statement, parameters)]


def _first(connection: Connection, statement: str, parameters: Parameters) -> JournalEntry | None:
    rows = list(connection.execute(statement, parameters))
    return _row_to_entry(rows[0]) if rows else None


def _row_to_entry(row: tuple[Any, ...]) -> JournalEntry:
    command_id, user_id, name, given, undone, reverted_entry_id = row
    return JournalEntry(command_id, user_id, name, from_microseconds(given), bool(undone), reverted_entry_id)
