"""Services that list and prune the history."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from tasktimer.core.journal import Change, JournalEntry
from tasktimer.core.task import MAX_INTEGER, Actor
from tasktimer.errors import TaskOfOtherUser
from tasktimer.services.transaction import retry_on_conflict
from tasktimer.store.protocols import Store
from tasktimer.store.statements import history as statements
from tasktimer.store.statements import journal, task_queries


def list_entries(
    store: Store,
    actor: Actor,
    task_id: int | None = None,
    *,
    before: int = MAX_INTEGER,
    limit: int,
    max_changes: int = journal.CHANGES_PAGE,
) -> list[JournalEntry]:
    """Return the `limit` most recent journal entries that the actor may access, oldest first.

    With `task_id`, return only entries that changed this task. With `before`, return only entries with lower IDs. Each
    entry contains at most `max_changes` of its changes; `changes_of` yields all of them.
    """
    with store.read() as connection:
        user_id = actor.tasks_of_user
        entries = statements.list_entries(
            connection, user_id=user_id, task_id=task_id, before=before, limit=limit, most_changes=max_changes
        )
        if task_id is not None and not entries:
            task_queries.get_task(connection, task_id)  # raises TaskNotFound if the task does not exist
        return entries


def without_tasks_of_others(entries: Iterable[JournalEntry], user_id: int) -> list[JournalEntry]:
    """Return the entries without their changes to tasks of users other than this one."""
    return [
        entry._replace(changes=tuple(change for change in entry.changes if _owner(change) == user_id))
        for entry in entries
    ]


def list_entries_of_task(
    store: Store, actor: Actor, task_id: int, *, before: int = MAX_INTEGER, limit: int
) -> list[JournalEntry]:
    """Return the `limit` most recent entries that changed a task, oldest first, each with its change to this task only.

    Raises:
        TaskNotFound: if neither the task nor an entry about it exists.
        TaskOfOtherUser: if the actor may not access the task.
    """
    with store.read() as connection:
        entries = statements.list_entries_of_task(connection, task_id, before=before, limit=limit)
        owners = {_owner(change) for entry in entries for change in entry.changes}
        if not owners:
            owners = {task_queries.get_task(connection, task_id).user_id}
        if actor.tasks_of_user is not None and (others := owners - {actor.tasks_of_user}):
            raise TaskOfOtherUser(task_id, owner=min(others), selected=actor.tasks_of_user)
        return entries


def _owner(change: Change) -> int:
    return next(task.user_id for task in (change.before, change.after) if task is not None)


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
        return statements.count_entries(connection, before, actor.tasks_of_user)


@retry_on_conflict
def prune_history(store: Store, actor: Actor, before: datetime) -> int:
    """Delete the journal entries recorded before a time and return their number; they can no longer be undone."""
    with store.write() as connection:
        return statements.delete_entries(connection, before, actor.tasks_of_user)
