"""Undo and redo of the tasks that an import added, which are neither listed in the journal nor read into memory."""

from collections.abc import Callable, Iterator, Sequence

from tasktimer.core.journal import JournalEntry
from tasktimer.core.task import Task
from tasktimer.errors import ConcurrentUpdate
from tasktimer.services.transaction import ChangeRecorder
from tasktimer.services.undo_conflict import UndoConflict
from tasktimer.store.protocols import Connection
from tasktimer.store.statements import journal, sources, task_queries


def reverse_import(recorder: ChangeRecorder, entry: JournalEntry, conflict: Callable[..., UndoConflict]) -> None:
    """Delete the tasks that an import added or, if the entry is no longer undone, add them again."""
    connection = recorder.connection
    if not entry.undone:
        undo_id = journal.find_undo(connection, entry)
        recorder.insert_entry(entry.user_id)
        sources.restore_imported(connection, _copies(connection, undo_id), undo_id)
        return
    if (task_id := sources.find_changed_since(connection, entry.id)) is not None:
        first = journal.entries_since(connection, task_id, entry.id)[-1].changes[0].before
        raise conflict(entry, (first, task_queries.find_task(connection, task_id)))
    sources.remove_imported(connection, entry.id, recorder.insert_entry(entry.user_id))
    if sources.find_changed_since(connection, entry.id) is not None:
        raise ConcurrentUpdate  # another transaction changed a task before this one deleted it


def _copies(connection: Connection, undo_id: int) -> Iterator[Sequence[Task]]:
    """Yield the tasks that an undo of an import deleted, in pages."""
    after, has_more = 0, True
    while has_more:
        changes, has_more = journal.recorded_changes_page(connection, undo_id, after)
        yield [change.before for change in changes if change.before is not None and change.after is None]
        after = changes[-1].task_id if changes else after
