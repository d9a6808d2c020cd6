"""The statements that read some tasks by their ids, of many whose ids are all that is in memory."""

from collections.abc import Iterator, Sequence
from typing import Any

from tasktimer.core.journal import Change
from tasktimer.core.task import Task
from tasktimer.store import Connection
from tasktimer.store.statements.journal import changes_in
from tasktimer.store.statements.task_queries import row_to_task
from tasktimer.store.statements.task_writes import IDS, IDS_AT_ONCE, id_parameters

SELECT_TASKS = f"""
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE id IN (SELECT column1 FROM (VALUES {IDS}) AS wanted)
"""  # noqa: S608 (no text of a user)

SELECT_TASK_STATES = f"""
SELECT is_after, task_id, user_id, description, start_time, end_time, project, tags, note FROM changes
WHERE command_id = :command_id AND task_id IN (SELECT column1 FROM (VALUES {IDS}) AS wanted)
ORDER BY is_after
"""  # noqa: S608 (no text of a user)


def get_tasks(connection: Connection, ids: Sequence[int]) -> list[Task]:
    """Those of these tasks that there are, in the order asked for."""
    found = {row[0]: row_to_task(row) for row in _rows(connection, SELECT_TASKS, ids, {})}
    return [found[task_id] for task_id in ids if task_id in found]


def get_changes(connection: Connection, command_id: int, ids: Sequence[int]) -> list[Change]:
    """What a command changed with these tasks, in the order asked for."""
    rows = _rows(connection, SELECT_TASK_STATES, ids, {"command_id": command_id})
    found = {change.task_id: change for change in changes_in(rows)}
    return [found[task_id] for task_id in ids if task_id in found]


def _rows(
    connection: Connection, statement: str, ids: Sequence[int], parameters: dict[str, int]
) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(ids), IDS_AT_ONCE):
        yield from connection.execute(statement, {**parameters, **id_parameters(ids[start : start + IDS_AT_ONCE])})
