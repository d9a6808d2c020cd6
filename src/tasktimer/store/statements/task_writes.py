"""Statements that lock and write tasks, and record each command's changes in the journal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tasktimer.core.task import Task
from tasktimer.core.text import search_key
from tasktimer.store.protocols import Connection
from tasktimer.store.statements.task_queries import (
    IDS,
    TASK_COLUMNS,
    TASK_VALUES,
    row_to_task,
    rows_of_ids,
    to_microseconds,
)

_VALUE_PARAMETERS = f":{TASK_VALUES.replace(', ', ', :')}"

INSERT_TASK = f"""
INSERT INTO tasks ({TASK_VALUES}, folded)
VALUES ({_VALUE_PARAMETERS}, :folded)
RETURNING id
"""

REINSERT_TASK = f"""
INSERT INTO tasks (id, {TASK_VALUES}, folded)
VALUES (:id, {_VALUE_PARAMETERS}, :folded)
"""

# Locks the row until the transaction ends. SQLite has no "FOR UPDATE".
LOCK_TASK = f"""
UPDATE tasks SET note = note WHERE id = :id
RETURNING {TASK_COLUMNS}
"""

# Returns no rows, so that psycopg can pipeline the statement for many IDs. It waits for other transactions in the order
# of the IDs; LOCK_TASKS then reads the rows.
WAIT_FOR_TASK_LOCK = "UPDATE tasks SET note = note WHERE id = :id"

# Unlike a SELECT, this also locks rows that another transaction has restored in the meantime.
LOCK_TASKS = f"""
UPDATE tasks SET note = note WHERE id IN ({IDS})
RETURNING {TASK_COLUMNS}
"""

UPDATE_TASK = """
UPDATE tasks SET description = :description, start_time = :start_time, end_time = :end_time,
  project = :project, tags = :tags, note = :note, folded = :folded
WHERE id = :id
"""

UPDATE_END = "UPDATE tasks SET end_time = :end_time WHERE id = :id"
DELETE_TASK = "DELETE FROM tasks WHERE id = :id"
INSERT_TAG = "INSERT INTO task_tags (task_id, user_id, tag) VALUES (:task_id, :user_id, :tag)"
DELETE_TAGS = "DELETE FROM task_tags WHERE task_id = :task_id"

INSERT_ENTRY = """
INSERT INTO commands (user_id, name, given_time, reverses) VALUES (:user_id, :name, :given_time, :reverses)
RETURNING id
"""

INSERT_STATE = f"""
INSERT INTO changes (command_id, task_id, is_after, {TASK_VALUES})
VALUES (:command_id, :task_id, :is_after, {_VALUE_PARAMETERS})
"""

# After a new command, undone commands can no longer be redone.
UPDATE_REDOABLE = "UPDATE commands SET undone = 2 WHERE user_id = :user_id AND undone = 1 AND reverses IS NULL"

# Limits memory use: states take several times as much memory once they are converted to parameters.
_STATES_AT_ONCE = 500


def insert_task(  # noqa: PLR0913 (the columns)
    connection: Connection,
    *,
    user_id: int,
    description: str,
    start_time: datetime,
    end_time: datetime | None,
    project: str | None = None,
    tags: tuple[str, ...] = (),
    note: str | None = None,
) -> Task:
    """Insert a task and return it with its new ID; IDs are never reused."""
    values = (user_id, description, start_time, end_time, project, tags, note)
    ((task_id,),) = connection.execute(INSERT_TASK, task_parameters(Task(0, *values)))
    task = Task(task_id, *values)
    _insert_tags(connection, task)
    return task


def lock_tasks(connection: Connection, ids: Sequence[int]) -> dict[int, Task]:
    """Lock tasks until the transaction ends, and return those that exist, keyed by ID."""
    in_order = sorted(set(ids))  # using the same order in all transactions prevents deadlocks
    if len(in_order) > 1:
        wait_for_task_locks(connection, in_order)
    return lock_and_read_tasks(connection, in_order)


def wait_for_task_locks(connection: Connection, ids: Sequence[int]) -> None:
    """Lock tasks until the transaction ends, waiting for other transactions if necessary; `ids` must be sorted."""
    connection.executemany(WAIT_FOR_TASK_LOCK, [{"id": task_id} for task_id in ids])


def lock_and_read_tasks(connection: Connection, ids: Sequence[int]) -> dict[int, Task]:
    """Lock tasks, including any restored since `wait_for_task_locks`, and return those that exist, keyed by ID."""
    is_one = len(ids) == 1  # a statement with many parameters takes longer
    rows = connection.execute(LOCK_TASK, {"id": ids[0]}) if is_one else rows_of_ids(connection, LOCK_TASKS, ids)
    return {row[0]: row_to_task(row) for row in rows}


def apply_changes(connection: Connection, pairs: Sequence[tuple[Task | None, Task | None]]) -> None:
    """Change each task from the first to the second state of its pair; None means that the task does not exist."""
    deleted = [{"id": before.id} for before, after in pairs if before is not None and after is None]
    restored = [after for before, after in pairs if before is None and after is not None]
    updated = [(before, after) for before, after in pairs if before is not None and after is not None]
    retagged = [after for before, after in updated if after.tags != before.tags]
    connection.executemany(DELETE_TASK, deleted)
    connection.executemany(REINSERT_TASK, [{**task_parameters(task), "id": task.id} for task in restored])
    connection.executemany(UPDATE_TASK, [{**task_parameters(after), "id": after.id} for _, after in updated])
    connection.executemany(DELETE_TAGS, [{"task_id": task.id} for task in retagged])
    _insert_tags(connection, *restored, *retagged)


def update_task(connection: Connection, before: Task, after: Task) -> None:
    """Update a task without changing its ID or its user."""
    if after == before._replace(end_time=after.end_time):  # stopping a task, the most frequent update
        end_time = None if after.end_time is None else to_microseconds(after.end_time)
        connection.executemany(UPDATE_END, [{"id": after.id, "end_time": end_time}])
        return
    apply_changes(connection, [(before, after)])


def delete_task(connection: Connection, task_id: int) -> None:
    """Delete a task; ON DELETE CASCADE deletes its tags."""
    connection.executemany(DELETE_TASK, [{"id": task_id}])


def insert_entry(
    connection: Connection, name: str, *, user_id: int, given_time: datetime, reverted_entry_id: int | None = None
) -> int:
    """Insert a journal entry and return its ID; unless it records an undo or redo, nothing can be redone afterwards."""
    if reverted_entry_id is None:
        connection.executemany(UPDATE_REDOABLE, [{"user_id": user_id}])
    values: dict[str, Any] = {
        "user_id": user_id,
        "name": name,
        "given_time": to_microseconds(given_time),
        "reverses": reverted_entry_id,
    }
    ((command_id,),) = connection.execute(INSERT_ENTRY, values)
    return int(command_id)


def insert_states(connection: Connection, command_id: int, changes: Sequence[tuple[Task | None, Task | None]]) -> None:
    """Insert the states of tasks before and after a command; None means that the task does not exist."""
    for start in range(0, len(changes), _STATES_AT_ONCE):
        states = [
            {"command_id": command_id, "task_id": task.id, "is_after": is_after, **_values(task)}
            for change in changes[start : start + _STATES_AT_ONCE]
            for is_after, task in enumerate(change)
            if task is not None
        ]
        connection.executemany(INSERT_STATE, states)


def search_text(description: str, note: str | None) -> str | None:
    """Return a task's searchable text, converted by `search_key`, or None if the text equals the description."""
    text = search_key(description if note is None else f"{description}\n{note}")
    return None if text == description else text


def _values(task: Task) -> dict[str, Any]:
    """Return a task's values as parameters for the columns in `TASK_VALUES`."""
    return {
        "user_id": task.user_id,
        "description": task.description,
        "start_time": to_microseconds(task.start_time),
        "end_time": None if task.end_time is None else to_microseconds(task.end_time),
        "project": task.project,
        "tags": " ".join(task.tags) or None,
        "note": task.note,
    }


def task_parameters(task: Task) -> dict[str, Any]:
    """Return a task's values as parameters for the columns in `TASK_VALUES` and `folded`."""
    return {**_values(task), "folded": search_text(task.description, task.note)}


def _insert_tags(connection: Connection, *tasks: Task) -> None:
    tags: list[dict[str, Any]] = [
        {"task_id": task.id, "user_id": task.user_id, "tag": tag} for task in tasks for tag in task.tags
    ]
    connection.executemany(INSERT_TAG, tags)
