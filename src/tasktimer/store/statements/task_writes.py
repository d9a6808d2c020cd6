"""The statements that change tasks, each beside the function that runs it; tags are kept in a table, too."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tasktimer.core.task import Task, search_key
from tasktimer.store import Connection
from tasktimer.store.statements.task_queries import row_to_task, to_microseconds

INSERT_TASK = """
INSERT INTO tasks (user_id, description, start_time, end_time, project, tags, note, folded)
VALUES (:user_id, :description, :start_time, :end_time, :project, :tags, :note, :folded)
RETURNING id
"""

REINSERT_TASK = """
INSERT INTO tasks (id, user_id, description, start_time, end_time, project, tags, note, folded)
VALUES (:id, :user_id, :description, :start_time, :end_time, :project, :tags, :note, :folded)
"""

# Nobody else can change the row until the transaction ends; "FOR UPDATE" is not in SQLite's language.
LOCK_TASK = """
UPDATE tasks SET note = note WHERE id = :id
RETURNING id, user_id, description, start_time, end_time, project, tags, note
"""

# The same of many, which gives nothing back: PostgreSQL is not waited for between one and the next. It only waits for
# whoever has a row, in the order of the ids; what there is then is told by LOCK_SOME.
WAIT_FOR_TASK_LOCK = """
UPDATE tasks SET note = note WHERE id = :id
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

# A table of so many ids, whatever they are, is one statement; where there are fewer, 0 is an id of none.
IDS_AT_ONCE = 100
IDS = ", ".join(f"(CAST(:id{place} AS BIGINT))" for place in range(IDS_AT_ONCE))

# A row that somebody brought back meanwhile is locked here; one that is only read could be changed by others.
LOCK_TASKS = f"""
UPDATE tasks SET note = note WHERE id IN (SELECT column1 FROM (VALUES {IDS}) AS wanted)
RETURNING id, user_id, description, start_time, end_time, project, tags, note
"""  # noqa: S608 (no text of a user)


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


def lock_task(connection: Connection, task_id: int) -> Task | None:
    """The task of an id, which nobody else can change until the transaction ends; None where there is none."""
    rows = list(connection.execute(LOCK_TASK, {"id": task_id}))
    return row_to_task(rows[0]) if rows else None


def lock_tasks(connection: Connection, ids: Sequence[int]) -> dict[int, Task]:
    """Those of these tasks that there are, by id; nobody else can change them until the transaction ends."""
    in_order = sorted(set(ids))  # in one order: two who change the same tasks at once must not wait for each other
    if len(in_order) > 1:
        wait_for_task_locks(connection, in_order)
    return lock_and_read_tasks(connection, in_order)


def wait_for_task_locks(connection: Connection, ids: Sequence[int]) -> None:
    """Wait for whoever changes these tasks, which are in order; from then on only this transaction can."""
    connection.executemany(WAIT_FOR_TASK_LOCK, [{"id": task_id} for task_id in ids])


def lock_and_read_tasks(connection: Connection, ids: Sequence[int]) -> dict[int, Task]:
    """Those that there are of tasks that were awaited, by id; one that was brought back meanwhile is locked now."""
    if len(ids) == 1:
        task = lock_task(connection, ids[0])
        return {} if task is None else {task.id: task}
    found: dict[int, Task] = {}
    for start in range(0, len(ids), IDS_AT_ONCE):
        parameters = id_parameters(ids[start : start + IDS_AT_ONCE])
        found |= {row[0]: row_to_task(row) for row in connection.execute(LOCK_TASKS, parameters)}
    return found


def id_parameters(ids: Sequence[int]) -> dict[str, int]:
    """The parameters of a statement about some tasks, at most as many as it has room for."""
    some = [*ids, *[0] * (IDS_AT_ONCE - len(ids))]
    return {f"id{place}": task_id for place, task_id in enumerate(some)}


def apply_changes(connection: Connection, pairs: Sequence[tuple[Task | None, Task | None]]) -> None:
    """Bring tasks from what they are (None: absent) to other values (None: deleted), each a task of its own."""
    gone = [{"id": before.id} for before, after in pairs if before is not None and after is None]
    back = [after for before, after in pairs if before is None and after is not None]
    kept = [(before, after) for before, after in pairs if before is not None and after is not None]
    tagged = [after for before, after in kept if after.tags != before.tags]
    connection.executemany(DELETE_TASK, gone)
    connection.executemany(REINSERT_TASK, [{**_parameters(task), "id": task.id} for task in back])
    connection.executemany(UPDATE_TASK, [{**_parameters(after), "id": after.id} for _, after in kept])
    connection.executemany(DELETE_TAGS, [{"task_id": task.id} for task in tagged])
    _insert_tags(connection, *back, *tagged)


def update_task(connection: Connection, before: Task, after: Task) -> None:
    """Give a task other values; its id and its user stay."""
    if after == replace(before, end_time=after.end_time):  # the one change that is made all day
        end_time = None if after.end_time is None else to_microseconds(after.end_time)
        connection.execute(UPDATE_END, {"id": after.id, "end_time": end_time})
        return
    apply_changes(connection, [(before, after)])


def delete_task(connection: Connection, task_id: int) -> None:
    """Delete a task, its tags with it."""
    connection.execute(DELETE_TASK, {"id": task_id})


def search_text(description: str, note: str | None) -> str | None:
    """The text in which a task is searched, as `fold` has it; None where that is its description."""
    text = search_key(description if note is None else f"{description}\n{note}")
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
    return {**columns_of(task), "folded": search_text(task.description, task.note)}


def _insert_tags(connection: Connection, *tasks: Task) -> None:
    tags: list[dict[str, Any]] = [
        {"task_id": task.id, "user_id": task.user_id, "tag": tag} for task in tasks for tag in task.tags
    ]
    connection.executemany(INSERT_TAG, tags)
