"""The statements that change tasks, each beside the function that runs it; tags are kept in a table, too."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from tasktimer.core.task import Task, fold
from tasktimer.errors import TaskNotFound
from tasktimer.store import Connection
from tasktimer.store.queries import to_microseconds, to_task

INSERT_TASK = """
INSERT INTO tasks (user_id, description, start_time, end_time, project, tags, note, folded)
VALUES (:user_id, :description, :start_time, :end_time, :project, :tags, :note, :folded)
RETURNING id
"""

INSERT_TASK_AGAIN = """
INSERT INTO tasks (id, user_id, description, start_time, end_time, project, tags, note, folded)
VALUES (:id, :user_id, :description, :start_time, :end_time, :project, :tags, :note, :folded)
"""

# Nobody else can change the row until the transaction ends; "FOR UPDATE" is not in SQLite's language.
LOCK_TASK = """
UPDATE tasks SET note = note WHERE id = :id
RETURNING id, user_id, description, start_time, end_time, project, tags, note
"""

UPDATE_TASK = """
UPDATE tasks SET description = :description, start_time = :start_time, end_time = :end_time,
  project = :project, tags = :tags, note = :note, folded = :folded
WHERE id = :id
"""

UPDATE_END = """
UPDATE tasks SET end_time = :end_time WHERE id = :id
"""

DELETE_TASK = """
DELETE FROM tasks WHERE id = :id
"""

INSERT_TAG = """
INSERT INTO task_tags (task_id, user_id, tag) VALUES (:task_id, :user_id, :tag)
"""

DELETE_TAGS = """
DELETE FROM task_tags WHERE task_id = :task_id
"""


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
    """Store a task; its id was never used before."""
    values = (user_id, description, start_time, end_time, project, tags, note)
    ((task_id,),) = connection.execute(INSERT_TASK, _parameters(Task(0, *values)))
    task = Task(task_id, *values)
    _insert_tags(connection, task)
    return task


def restore_task(connection: Connection, task: Task) -> None:
    """Store a task that was deleted, with the id it had."""
    connection.execute(INSERT_TASK_AGAIN, {**_parameters(task), "id": task.id})
    _insert_tags(connection, task)


def lock_task(connection: Connection, task_id: int) -> Task:
    """The task of an id, which nobody else can change until the transaction ends.

    Raises:
        TaskNotFound: there is none.
    """
    task = find_locked_task(connection, task_id)
    if task is None:
        raise TaskNotFound(task_id)
    return task


def find_locked_task(connection: Connection, task_id: int) -> Task | None:
    """The same, or None where there is no such task."""
    rows = list(connection.execute(LOCK_TASK, {"id": task_id}))
    return to_task(rows[0]) if rows else None


def update_task(connection: Connection, before: Task, after: Task) -> None:
    """Give a task other values; its id and its user stay."""
    if after == replace(before, end_time=after.end_time):  # the one change that is made all day
        end_time = None if after.end_time is None else to_microseconds(after.end_time)
        connection.execute(UPDATE_END, {"id": after.id, "end_time": end_time})
        return
    connection.execute(UPDATE_TASK, {**_parameters(after), "id": after.id})
    if after.tags != before.tags:
        connection.execute(DELETE_TAGS, {"task_id": after.id})
        _insert_tags(connection, after)


def delete_task(connection: Connection, task_id: int) -> None:
    """Delete a task, its tags with it."""
    connection.execute(DELETE_TASK, {"id": task_id})


def folded(description: str, note: str | None) -> str | None:
    """The text in which a task is searched, as `fold` has it; None where that is its description."""
    text = fold(description if note is None else f"{description}\n{note}")
    return None if text == description else text


def columns_of(task: Task) -> dict[str, Any]:
    """The values of the columns that a task and its states in the journal share."""
    return {
        "user_id": task.user_id,
        "description": task.description,
        "start_time": to_microseconds(task.start_time),
        "end_time": None if task.end_time is None else to_microseconds(task.end_time),
        "project": task.project,
        "tags": " ".join(task.tags) or None,
        "note": task.note,
    }


def _parameters(task: Task) -> dict[str, Any]:
    return {**columns_of(task), "folded": folded(task.description, task.note)}


def _insert_tags(connection: Connection, task: Task) -> None:
    for tag in task.tags:
        connection.execute(INSERT_TAG, {"task_id": task.id, "user_id": task.user_id, "tag": tag})
