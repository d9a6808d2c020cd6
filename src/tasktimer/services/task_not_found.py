"""The error for a task that does not exist; it names the command that removed the task."""

from tasktimer.core.journal import JournalEntry
from tasktimer.core.task import DEFAULT_USER, Actor
from tasktimer.errors import TaskNotFound
from tasktimer.store.protocols import Connection
from tasktimer.store.statements import journal, task_queries

_REMOVALS = {"cancel": "cancelled it", "delete": "deleted it", "join": "joined it with another task"}


def task_not_found_error(connection: Connection, actor: Actor, task_id: int) -> TaskNotFound:
    """Return the error for a task that does not exist; it names the command that removed the task, if any."""
    last = journal.last_change_since(connection, task_id, 0)
    if last is None:
        return TaskNotFound(task_id)
    user = None if _acts_as(connection, actor, last.user_id) else last.user_id
    context = {"id": task_id, "way_back": _restoring_command(connection, last), "user": user}
    removed = _REMOVALS.get(last.name, f"removed it with {last.name}")
    return TaskNotFound(task_id, f"user {last.user_id} {removed} (command {last.id})", context=context)


def _acts_as(connection: Connection, actor: Actor, user_id: int) -> bool:
    """Return whether the actor acts as this user."""
    return (
        task_queries.some_users(connection) == {user_id} if actor.user_id == DEFAULT_USER else actor.user_id == user_id
    )


def _restoring_command(connection: Connection, last: JournalEntry) -> str | None:
    """Return "undo" or "redo" if running that command next would restore the task, otherwise None."""
    if last.name == "undo":
        name, entries = "redo", journal.redoable_entries(connection, last.user_id, 1)
    else:
        name, entries = "undo", journal.undoable_entries(connection, last.user_id, 1)
    return name if entries and entries[0].id == (last.reverted_entry_id or last.id) else None
