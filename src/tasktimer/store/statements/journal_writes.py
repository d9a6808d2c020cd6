"""Statements that write the journal: which commands changed tasks, and how."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tasktimer.core.task import Task
from tasktimer.store import Connection
from tasktimer.store.statements.task_queries import TASK_VALUES, to_microseconds
from tasktimer.store.statements.task_writes import VALUE_PARAMETERS, values_of

INSERT_ENTRY = """
INSERT INTO commands (user_id, name, given_time, reverses) VALUES (:user_id, :name, :given_time, :reverses)
RETURNING id
"""

INSERT_STATE = f"""
INSERT INTO changes (command_id, task_id, is_after, {TASK_VALUES})
VALUES (:command_id, :task_id, :is_after, {VALUE_PARAMETERS})
"""

# A new command ends the possibility to redo what the user has undone.
UPDATE_REDOABLE = """
UPDATE commands SET undone = 2 WHERE user_id = :user_id AND undone = 1 AND reverses IS NULL
"""

# As parameters, states take several times their memory.
_STATES_AT_ONCE = 500


def insert_entry(
    connection: Connection, name: str, *, user_id: int, given_time: datetime, reverted_entry_id: int | None = None
) -> int:
    """Insert a journal entry and return its id; one that is not an undo or a redo ends the user's chance to redo."""
    if reverted_entry_id is None:
        connection.execute(UPDATE_REDOABLE, {"user_id": user_id})
    values: dict[str, Any] = {
        "user_id": user_id,
        "name": name,
        "given_time": to_microseconds(given_time),
        "reverses": reverted_entry_id,
    }
    ((command_id,),) = connection.execute(INSERT_ENTRY, values)
    return int(command_id)


def insert_states(connection: Connection, command_id: int, changes: Sequence[tuple[Task | None, Task | None]]) -> None:
    """Insert the states of tasks before and after a journal entry; None means that the task does not exist."""
    for start in range(0, len(changes), _STATES_AT_ONCE):
        states = [
            {"command_id": command_id, "task_id": task.id, "is_after": is_after, **values_of(task)}
            for change in changes[start : start + _STATES_AT_ONCE]
            for is_after, task in enumerate(change)
            if task is not None
        ]
        connection.executemany(INSERT_STATE, states)
