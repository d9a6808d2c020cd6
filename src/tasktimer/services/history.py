"""Services that list and prune the history."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from tasktimer.core.journal import Change, JournalEntry
from tasktimer.core.task import Actor
from tasktimer.services.transaction import retry_on_conflict
from tasktimer.store.protocols import Store
from tasktimer.store.statements import journal, task_queries


def list_entries(
    store: Store, actor: Actor, task_id: int | None = None, *, limit: int, max_changes: int = journal.CHANGES_PAGE
) -> list[JournalEntry]:
    """Return the `limit` most recent journal entries that the actor may access, oldest first.

    With `task_id`, return only entries that changed this task. Each entry contains at most `max_changes` of its
    changes; `changes_of` yields all of them.
    """
    with store.read() as connection:
        entries = journal.list_entries(
            connection, user_id=actor.tasks_of_user, task_id=task_id, limit=limit, most_changes=max_changes
        )
        if task_id is not None and not entries:
            task_queries.get_task(connection, task_id)  # raises TaskNotFound if the task does not exist
        return entries


def changes_of(store: Store, entry: JournalEntry) -> Iterator[Change]:
    """Yield all changes in an entry, sorted by task ID; read them in pages, each in a separate, short transaction."""
    yield from entry.changes
    after, has_more = (entry.changes[-1].task_id if entry.changes else 0), entry.omitted_changes > 0
    while has_more:
        with store.read() as connection:
            changes, has_more = journal.changes_page(connection, entry, after)
        yield from changes
        after = changes[-1].task_id if changes else after


def with_first_changes(store: Store, entry: JournalEntry, count: int) -> JournalEntry:
    """Load an entry's first `count` changes, unless it already contains changes, and return the entry."""
    if entry.changes or not entry.omitted_changes:
        return entry
    changes = tuple(islice(changes_of(store, entry), count))
    return entry._replace(changes=changes, omitted_changes=entry.omitted_changes - len(changes))


def count_entries_before(store: Store, actor: Actor, before: datetime) -> int:
    """Return the number of entries that `prune_history` would delete."""
    with store.read() as connection:
        return journal.count_entries(connection, before, actor.tasks_of_user)


@retry_on_conflict
def prune_history(store: Store, actor: Actor, before: datetime) -> int:
    """Delete the journal entries recorded before a time and return their number; they can no longer be undone."""
    with store.write() as connection:
        return journal.delete_entries(connection, before, actor.tasks_of_user)
