"""Undo and redo of an import, whose tasks are neither listed in the journal nor read into memory."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from tasktimer.core.journal import JournalEntry
from tasktimer.core.task import Task
from tasktimer.errors import ConcurrentUpdate
from tasktimer.services.undo_conflict import UndoConflict
from tasktimer.store.protocols import Connection
from tasktimer.store.statements import journal, sources, task_queries, task_writes


def reverse_import(
    connection: Connection, entry: JournalEntry, name: str, conflict: Callable[..., UndoConflict], *, now: datetime
) -> None:
    """Undo or redo an import; `name` is "undo" or "redo"."""
    insert_entry = task_writes.insert_entry
    undo_id = journal.find_undo(connection, entry) if name == "redo" else None
    entry_id = insert_entry(connection, name, user_id=entry.user_id, given_time=now, reverted_entry_id=entry.id)
    if undo_id is not None:
        sources.restore_imported(connection, _copies(connection, undo_id), undo_id)
        return
    if (task_id := sources.find_changed_since(connection, entry.id)) is not None:
        first = journal.entries_since(connection, task_id, entry.id)[-1].changes[0].before
        raise conflict(entry, (first, task_queries.find_task(connection, task_id)))
    sources.remove_imported(connection, entry.id, entry_id)
    if sources.find_changed_since(connection, entry.id) is not None:
        raise ConcurrentUpdate  # another transaction changed a task before this one deleted it


def _copies(connection: Connection, undo_id: int) -> Iterator[Sequence[Task]]:
    """Yield the tasks that an undo of an import deleted, in pages."""
    after, has_more = 0, True
    while has_more:
        changes, has_more = journal.changes_page(connection, undo_id, after)
        yield [change.before for change in changes if change.before is not None]
        after = changes[-1].task_id if changes else after
