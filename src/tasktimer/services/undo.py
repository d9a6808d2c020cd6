"""Services that undo and redo commands, reading one page of changes at a time to limit memory use."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain

from tasktimer.core.journal import IMPORT, Change, JournalEntry
from tasktimer.core.task import Actor, Task
from tasktimer.errors import ConcurrentUpdate
from tasktimer.services import batches
from tasktimer.services.transaction import ChangeRecorder, resolve_user, retry_on_conflict
from tasktimer.services.undo_conflict import States, UndoConflict, undo_conflict_error, user_to_name
from tasktimer.services.undo_errors import (
    CommandNotFound,
    CommandOfOtherUser,
    NotEnoughEntries,
    NothingToUndo,
    TasksOfOtherUsers,
)
from tasktimer.services.undo_import import reverse_import
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import history, journal, task_writes

FindOfUser = Callable[[Connection, int, int], list[JournalEntry]]
Find = Callable[[Connection], list[JournalEntry]]

_CACHED_ENTRIES = 20


@retry_on_conflict
def undo(
    store: Store, actor: Actor, count: int = 1, *, only_own_tasks: bool = False, now: datetime
) -> list[JournalEntry]:
    """Undo the user's `count` most recent commands in one transaction, and return their entries, newest first.

    Raises:
        TasksOfOtherUsers: with `only_own_tasks`, if one of these commands changed tasks of other users.
        NothingToUndo: if there is no command to undo.
        NotEnoughEntries: if there are fewer than `count` commands to undo.
        UndoConflict: if a task has changed since one of these commands changed it.
    """
    find = _finder(journal.undoable_entries, actor, count)
    entries = _reverse_entries(store, "undo", find, count=count, only_own_tasks=only_own_tasks, now=now, in_order=True)
    if entries:
        return entries
    with store.read() as connection:
        raise _nothing_to_undo(connection, resolve_user(connection, actor).owner)


@retry_on_conflict
def undo_entry(
    store: Store, actor: Actor, entry_id: int, *, only_own_tasks: bool = False, now: datetime
) -> JournalEntry:
    """Undo a command that the actor may access, even if other tasks have changed since that command.

    Raises:
        TasksOfOtherUsers: with `only_own_tasks`, if the command changed tasks of other users.
        CommandNotFound: if there is no such command.
        NothingToUndo: if the command belongs to another user, has already been undone, or is itself an undo or a redo.
        UndoConflict: if a task has changed since the command changed it.
    """

    def find(connection: Connection) -> list[JournalEntry]:
        return [_get_undoable_entry(connection, entry_id, actor)]

    return _reverse_entries(store, "undo", find, only_own_tasks=only_own_tasks, now=now)[0]


@retry_on_conflict
def redo(
    store: Store, actor: Actor, count: int = 1, *, only_own_tasks: bool = False, now: datetime
) -> list[JournalEntry]:
    """Redo the user's `count` most recently undone commands in one transaction; return the entries, last undone first.

    Raises:
        TasksOfOtherUsers: with `only_own_tasks`, if one of these commands changed tasks of other users.
        NothingToUndo: if no command has been undone, or another command has changed tasks since then.
        NotEnoughEntries: if fewer than `count` commands can be redone.
        UndoConflict: if a task has changed since the undo.
    """
    find = _finder(journal.redoable_entries, actor, count)
    entries = _reverse_entries(store, "redo", find, count=count, only_own_tasks=only_own_tasks, now=now)
    if entries:
        return entries
    with store.read() as connection:
        owner = resolve_user(connection, actor).owner
    raise NothingToUndo(
        "nothing-to-redo",
        f"user {owner} has nothing to redo",
        "use redo directly after undo, before another command changes tasks",
    )


def _finder(find: FindOfUser, actor: Actor, count: int) -> Find:
    """Return a function that finds up to `count` entries of the actor."""
    return lambda connection: find(connection, resolve_user(connection, actor).owner, count)


def _get_undoable_entry(connection: Connection, entry_id: int, actor: Actor) -> JournalEntry:
    entry = journal.find_entry(connection, entry_id)
    if entry is None:
        raise CommandNotFound(entry_id)
    name = f"command {entry_id} ({entry.name})"
    if actor.tasks_of_user not in (None, entry.user_id):
        raise CommandOfOtherUser(entry, selected=actor.owner)
    if entry.reverted_entry_id is not None:
        message = f"{name} reverses command {entry.reverted_entry_id} and cannot itself be undone"
        user = user_to_name(connection, entry.user_id)
        context = {"name": entry.name, "reverses": entry.reverted_entry_id, "user": user}
        raise NothingToUndo("command-is-reversal", message, context=context)
    if entry.undone:
        raise NothingToUndo("already-undone", f"{name} has already been undone")
    return entry


def _nothing_to_undo(connection: Connection, user_id: int) -> NothingToUndo:
    last = journal.last_entry(connection)
    is_own = last is None or last.user_id == user_id
    context = {} if last is None or is_own else {"user": last.user_id, "command": last.name}
    return NothingToUndo("nothing-to-undo", f"user {user_id} has nothing to undo", context=context)


def _reverse_entries(  # noqa: PLR0913 (which commands, and under which conditions)
    store: Store,
    name: str,
    find: Find,
    *,
    count: int = 1,
    only_own_tasks: bool,
    now: datetime,
    in_order: bool = False,
) -> list[JournalEntry]:
    """Undo or redo the entries that `find` returns; return them, each with its first changes if they are cached.

    `in_order` is true if the most recent entries are undone, rather than a single entry selected by ID.
    """
    with store.write() as connection:
        entries = find(connection)
        if entries and len(entries) < count:
            raise NotEnoughEntries(name, len(entries), count, user_id=entries[0].user_id)
        if only_own_tasks:
            _check_only_own_tasks(connection, name, entries)
        pages = _Pages(connection, entries)
        batches.lock(connection, chain.from_iterable(map(pages.ids, entries)))
        if [entry.id for entry in find(connection)] != [entry.id for entry in entries]:
            raise ConcurrentUpdate  # the entries changed while this command waited for the locks
        _mark_undone(connection, entries, undone=name == "undo")
        reversing: set[int | None] = {entry.id for entry in entries}
        conflict = partial(undo_conflict_error, connection, reversing=reversing, in_order=in_order)
        reversed_entries: list[JournalEntry] = []
        for entry in entries:
            marked = entry._replace(undone=name == "undo")
            author = Actor(entry.user_id, entry.user_id)
            recorder = ChangeRecorder(connection, author, name, now=now, reverted_entry_id=entry.id)
            if entry.name == IMPORT:
                reversed_entries.append(journal.with_first_changes(connection, marked))
                _reverse(recorder, marked, pages, conflict)
                reverse_import(recorder, marked, conflict)
            else:
                reversed_entries.append(_reverse(recorder, marked, pages, conflict))
        return reversed_entries


def _check_only_own_tasks(connection: Connection, name: str, entries: Iterable[JournalEntry]) -> None:
    for entry in entries:
        if history.changed_other_users(connection, entry):
            raise TasksOfOtherUsers(entry, name)


class _Pages:
    """The changes in journal entries, page by page, without the tasks that imports added.

    The first pages are cached, because they are read twice.
    """

    def __init__(self, connection: Connection, entries: Sequence[JournalEntry]) -> None:
        self._connection = connection
        cached = entries[:_CACHED_ENTRIES]
        self._first = {entry.id: journal.recorded_changes_page(connection, entry.id) for entry in cached}

    def of(self, entry: JournalEntry) -> Iterator[tuple[Change, ...]]:
        """Yield an entry's changes in pages, sorted by task ID."""
        changes, has_more = self._first_of(entry)
        yield changes
        while has_more:
            changes, has_more = journal.recorded_changes_page(self._connection, entry.id, changes[-1].task_id)
            yield changes

    def ids(self, entry: JournalEntry) -> Iterable[int]:
        """Return the IDs of the tasks that an entry changed."""
        changes, has_more = self._first_of(entry)
        return journal.task_ids(self._connection, entry.id) if has_more else [change.task_id for change in changes]

    def with_first(self, entry: JournalEntry, count: int) -> JournalEntry:
        """Return an entry that changed `count` tasks, with its first page of changes if it is cached."""
        first = self._first.get(entry.id, ((), True))[0]
        return entry._replace(changes=first, omitted_changes=count - len(first))

    def _first_of(self, entry: JournalEntry) -> tuple[tuple[Change, ...], bool]:
        return self._first.get(entry.id) or journal.recorded_changes_page(self._connection, entry.id)


def _mark_undone(connection: Connection, entries: list[JournalEntry], *, undone: bool) -> None:
    # All commands lock entries in ascending order of ID, which prevents deadlocks.
    for entry in sorted(entries, key=lambda entry: entry.id):
        if not journal.mark_undone(connection, entry.id, undone=undone):
            raise ConcurrentUpdate


def _reverse(
    recorder: ChangeRecorder, entry: JournalEntry, pages: _Pages, conflict: Callable[..., UndoConflict]
) -> JournalEntry:
    """Undo or redo an entry and return it, with its first changes if they are cached."""
    count = 0
    for page in pages.of(entry):
        tasks = task_writes.lock_and_read_tasks(recorder.connection, [change.task_id for change in page])
        recorder.put(_states_after_reversal(entry, page, tasks, conflict))
        count += len(page)
    return pages.with_first(entry, count)


def _states_after_reversal(
    entry: JournalEntry, page: Iterable[Change], tasks: dict[int, Task], conflict: Callable[..., UndoConflict]
) -> dict[int, States]:
    """Return the states of each task in a page of changes, before and after the undo or redo, keyed by task ID."""
    states: dict[int, States] = {}
    for change in page:
        old, new = (change.before, change.after) if entry.undone else (change.after, change.before)
        task = tasks.get(change.task_id)
        if task != new:
            raise conflict(entry, (new, task))
        states[change.task_id] = (new, old)
    return states
