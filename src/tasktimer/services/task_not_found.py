"""The error for a task that does not exist; it names the command that removed the task."""

from tasktimer.core.journal import JournalEntry
from tasktimer.core.task import DEFAULT_USER, Actor
from tasktimer.errors import TaskNotFound
from tasktimer.store.protocols import Connection
from tasktimer.store.statements import journal, task_queries

_REMOVALS = {"cancel": "cancelled it", "delete": "deleted it", "join": "joined it with another task"}
_MOST_CHANGES = 100  # the maximum number to check, with one query each


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
    """Return the undo or redo command that would now restore the task, or None if neither would."""
    command_id = last.reverted_entry_id or last.id
    if last.name == "undo":
        entries = journal.redoable_entries(connection, last.user_id, 1)
        return "redo" if entries and entries[0].id == command_id else None
    entries = journal.undoable_entries(connection, last.user_id, 1)
    if entries and entries[0].id == command_id:
        return "undo"
    return f"undo --command {command_id}" if _is_last_change(connection, last) else None


def _is_last_change(connection: Connection, entry: JournalEntry) -> bool:
    """Return whether no later entry has changed the tasks of an entry; return False if there are too many to check."""
    changes, has_more = journal.changes_page(connection, entry, most=_MOST_CHANGES)
    later = (journal.last_change_since(connection, change.task_id, entry.id) for change in changes)
    return not has_more and not any(later)
