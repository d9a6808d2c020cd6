"""The statements of the journal: the commands that changed tasks, and what they changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tasktimer.core.task import Task
from tasktimer.store import Connection
from tasktimer.store.statements.task_queries import to_microseconds
from tasktimer.store.statements.task_writes import columns_of

INSERT_ENTRY = """
INSERT INTO commands (user_id, name, given_time, reverses) VALUES (:user_id, :name, :given_time, :reverses)
RETURNING id
"""

INSERT_STATE = """
INSERT INTO changes (command_id, task_id, is_after, user_id, description, start_time, end_time, project, tags, note)
VALUES (:command_id, :task_id, :is_after, :user_id, :description, :start_time, :end_time, :project, :tags, :note)
"""

# What was taken back cannot be brought back any more once the user has gone another way.
UPDATE_REDOABLE = """
UPDATE commands SET undone = 2 WHERE user_id = :user_id AND undone = 1 AND reverses IS NULL
"""

# As parameters the states take several times their memory.
_AT_ONCE = 500


def insert_entry(
    connection: Connection, name: str, *, user_id: int, given_time: datetime, reverted_entry_id: int | None = None
) -> int:
    """Journal a command, and give its number."""
    if reverted_entry_id is None:
        connection.execute(UPDATE_REDOABLE, {"user_id": user_id})
    command: dict[str, Any] = {
        "user_id": user_id,
        "name": name,
        "given_time": to_microseconds(given_time),
        "reverses": reverted_entry_id,
    }
    ((command_id,),) = connection.execute(INSERT_ENTRY, command)
    return int(command_id)


def insert_states(connection: Connection, command_id: int, changes: Sequence[tuple[Task | None, Task | None]]) -> None:
    """Journal tasks that a command changed, each before and after."""
    for start in range(0, len(changes), _AT_ONCE):
        states = [
            {"command_id": command_id, "task_id": task.id, "is_after": is_after, **columns_of(task)}
            for change in changes[start : start + _AT_ONCE]
            for is_after, task in enumerate(change)
            if task is not None
        ]
        connection.executemany(INSERT_STATE, states)
