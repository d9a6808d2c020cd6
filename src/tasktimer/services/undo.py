"""Services that undo and redo commands, reading one page of changes at a time to limit memory use."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from tasktimer.core.journal import Change, JournalEntry
from tasktimer.core.task import Actor, Task
from tasktimer.errors import ConcurrentUpdate, Conflict, NotFound
from tasktimer.services import batches
from tasktimer.services.transaction import ChangeRecorder, retry_on_conflict
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import journal, task_writes

Find = Callable[[Connection, int, int], list[JournalEntry]]
_States = tuple[Task | None, Task | None]

_CACHED_ENTRIES = 20


class NothingToUndo(Conflict):
    """The error for a command that does not exist, or that cannot be undone or redone."""


class NotEnoughEntries(NothingToUndo):
    """The error for a request to undo or redo more commands than are available."""

    def __init__(self, name: str, available: int, count: int, *, user_id: int) -> None:
        noun = "command" if available == 1 else "commands"
        message = f"user {user_id} has only {available} {noun} to {name}, not {count}"
        super().__init__("too-few-commands", message, "use a smaller number; nothing was changed")


class UndoConflict(Conflict):
    """The error for an undo or redo that fails because a task has changed in the meantime."""

    def __init__(self, message: str, context: dict[str, Any]) -> None:
        super().__init__("undo-conflict", message, context=context)


@retry_on_conflict
def undo(store: Store, actor: Actor, count: int = 1, *, now: datetime) -> list[JournalEntry]:
    """Undo the user's `count` most recent commands in one transaction, and return their entries, newest first.

    Raises:
        NothingToUndo: if there is no command to undo.
        NotEnoughEntries: if there are fewer than `count` commands to undo.
        UndoConflict: if a task has changed since one of these commands changed it.
    """
    entries = _reverse_entries(store, actor, "undo", journal.undoable_entries, count=count, now=now, in_order=True)
    if entries:
        return entries
    with store.read() as connection:
        raise _nothing_to_undo(connection, actor.owner)


@retry_on_conflict
def undo_entry(store: Store, actor: Actor, entry_id: int, *, now: datetime) -> JournalEntry:
    """Undo one of the user's commands, even if later commands have changed other tasks.

    Raises:
        NotFound: if there is no such command.
        NothingToUndo: if the command belongs to another user, has already been undone, or is itself an undo or a redo.
        UndoConflict: if a task has changed since the command changed it.
    """

    def find(connection: Connection, user_id: int, _count: int) -> list[JournalEntry]:
        return [_get_undoable_entry(connection, entry_id, user_id)]

    return _reverse_entries(store, actor, "undo", find, now=now)[0]


@retry_on_conflict
def redo(store: Store, actor: Actor, count: int = 1, *, now: datetime) -> list[JournalEntry]:
    """Redo the user's `count` most recently undone commands in one transaction; return their entries in that order.

    Raises:
        NothingToUndo: if no command has been undone, or another command has changed tasks since then.
        NotEnoughEntries: if fewer than `count` commands can be redone.
        UndoConflict: if a task has changed since the undo.
    """
    entries = _reverse_entries(store, actor, "redo", journal.redoable_entries, count=count, now=now)
    if entries:
        return entries
    raise NothingToUndo(
        "nothing-to-redo",
        f"user {actor.owner} has nothing to redo",
        "use redo directly after undo, before another command changes tasks",
    )


def _get_undoable_entry(connection: Connection, entry_id: int, user_id: int) -> JournalEntry:
    entry = journal.find_entry(connection, entry_id)
    if entry is None:
        raise NotFound("command-not-found", f"there is no command {entry_id} in the history")
    name = f"command {entry_id} ({entry.name})"
    if entry.user_id != user_id:
        message = f"{name} belongs to user {entry.user_id}, not to user {user_id}"
        raise NothingToUndo("command-of-other-user", message, "undo only your own commands")
    if entry.reverted_entry_id is not None:
        message = f"{name} reverses command {entry.reverted_entry_id} and cannot itself be undone"
        context = {"name": entry.name, "reverses": entry.reverted_entry_id}
        raise NothingToUndo("command-is-reversal", message, context=context)
    if entry.undone:
        raise NothingToUndo("already-undone", f"{name} has already been undone")
    return entry


def _nothing_to_undo(connection: Connection, user_id: int) -> NothingToUndo:
    last = journal.last_entry(connection)
    is_own = last is None or last.user_id == user_id
    context = {} if last is None or is_own else {"user": last.user_id, "command": last.name}
    return NothingToUndo("nothing-to-undo", f"user {user_id} has nothing to undo", context=context)


def _undo_conflict(
    connection: Connection,
    entry: JournalEntry,
    states: _States,
    reversing: set[int | None],
    *,
    in_order: bool,
) -> UndoConflict:
    """Return the error for a task that has changed since an entry; `states` are its state after the entry, and now.

    `reversing` contains the IDs of all entries that are being undone or redone.
    """
    (task_id,) = {task.id for task in states if task is not None}
    later = (since for since in journal.entries_since(connection, task_id, entry.id) if _is_in_effect(since, entry.id))
    causes = (
        since for since in later if _caused(since, states) and not {since.id, since.reverted_entry_id} & reversing
    )
    cause = next(causes, None)
    by = "" if cause is None else f" (command {cause.id}, {cause.name} by user {cause.user_id})"
    differences = _differences(*states) if cause is None else _caused(cause, states)
    is_own = cause is not None and cause.user_id == entry.user_id
    return UndoConflict(
        f"task {task_id} has changed since command {entry.id} ({entry.name}): {_describe(differences, states)}{by}",
        {
            "id": task_id,
            "user": None if cause is None or is_own else cause.user_id,  # the other user who changed the task
            "own": cause if is_own and entry.undone else None,  # the user's own entry to reverse first
            "in_order": in_order,
        },
    )


def _is_in_effect(since: JournalEntry, command_id: int) -> bool:
    """Return whether an entry recorded after a command is still in effect."""
    # An undone entry and its undo cancel each other out, unless the entry precedes the command.
    return not since.undone if since.reverted_entry_id is None else since.reverted_entry_id < command_id


def _caused(since: JournalEntry, states: _States) -> set[str]:
    """Return the names of the fields that a later entry changed and that differ between two states."""
    (change,) = since.changes
    return _differences(change.before, change.after) & _differences(*states)


def _differences(one: Task | None, other: Task | None) -> set[str]:
    if one is None or other is None:
        return {"existence"}
    return {field.name for field in fields(Task) if getattr(one, field.name) != getattr(other, field.name)}


def _describe(differences: set[str], states: _States) -> str:
    if None in states:
        return "it was deleted" if states[1] is None else "it exists again"
    return f"its {' and '.join(name.removesuffix('_time') for name in sorted(differences))} changed"


def _reverse_entries(  # noqa: PLR0913 (what, who, when, and the order)
    store: Store, actor: Actor, name: str, find: Find, *, count: int = 1, now: datetime, in_order: bool = False
) -> list[JournalEntry]:
    """Undo or redo the entries that `find` returns; return them, each with its first changes if they are cached.

    `in_order` is true if the most recent entries are undone, rather than a single entry selected by ID.
    """
    with store.write() as connection:
        entries = find(connection, actor.owner, count)
        if entries and len(entries) < count:
            raise NotEnoughEntries(name, len(entries), count, user_id=actor.owner)
        pages = _Pages(connection, entries)
        batches.lock(connection, chain.from_iterable(map(pages.ids, entries)))
        if [entry.id for entry in find(connection, actor.owner, count)] != [entry.id for entry in entries]:
            raise ConcurrentUpdate  # the entries changed while this command waited for the locks
        _mark_undone(connection, entries, undone=name == "undo")
        conflict = partial(_undo_conflict, connection, reversing={entry.id for entry in entries}, in_order=in_order)
        reversed_entries: list[JournalEntry] = []
        for entry in entries:
            recorder = ChangeRecorder(connection, actor, name, now=now, reverted_entry_id=entry.id)
            marked = entry._replace(undone=name == "undo")
            reversed_entries.append(_reverse(recorder, marked, pages, conflict))
        return reversed_entries


class _Pages:
    """The changes in journal entries, page by page; the first pages are cached, because they are read twice."""

    def __init__(self, connection: Connection, entries: Sequence[JournalEntry]) -> None:
        self._connection = connection
        self._first = {entry.id: journal.changes_page(connection, entry.id) for entry in entries[:_CACHED_ENTRIES]}

    def of(self, entry: JournalEntry) -> Iterator[tuple[Change, ...]]:
        """Yield an entry's changes in pages, sorted by task ID."""
        changes, has_more = self._first_of(entry)
        yield changes
        while has_more:
            changes, has_more = journal.changes_page(self._connection, entry.id, changes[-1].task_id)
            yield changes

    def ids(self, entry: JournalEntry) -> Iterable[int]:
        """Return the IDs of the tasks that an entry changed."""
        changes, has_more = self._first_of(entry)
        return journal.task_ids(self._connection, entry.id) if has_more else [change.task_id for change in changes]

    def kept(self, entry: JournalEntry) -> tuple[Change, ...]:
        """Return the first page of an entry's changes if it is cached, otherwise an empty tuple."""
        return self._first.get(entry.id, ((), True))[0]

    def _first_of(self, entry: JournalEntry) -> tuple[tuple[Change, ...], bool]:
        return self._first.get(entry.id) or journal.changes_page(self._connection, entry.id)


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
    first = pages.kept(entry)
    return entry._replace(changes=first, omitted_changes=count - len(first))


def _states_after_reversal(
    entry: JournalEntry, page: Iterable[Change], tasks: dict[int, Task], conflict: Callable[..., UndoConflict]
) -> dict[int, _States]:
    """Return the states of each task in a page of changes, before and after the undo or redo, keyed by task ID."""
    states: dict[int, _States] = {}
    for change in page:
        old, new = (change.before, change.after) if entry.undone else (change.after, change.before)
        task = tasks.get(change.task_id)
        if task != new:
            raise conflict(entry, (new, task))
        states[change.task_id] = (new, old)
    return states
