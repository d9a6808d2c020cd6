"""Reversing commands of the journal, page by page: of all that they changed, few tasks are in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any

from tasktimer.core.journal import Change, JournalEntry
from tasktimer.core.task import Task
from tasktimer.errors import ConcurrentUpdate, Conflict
from tasktimer.services import batches
from tasktimer.services.transaction import ChangeRecorder
from tasktimer.store import Connection, Store
from tasktimer.store.statements import journal, task_writes

Find = Callable[[Connection, int, int], list[JournalEntry]]
_Pairs = dict[int, tuple[Task | None, Task | None]]  # each task as it was, and as it is

_States = tuple[Task | None, Task | None]  # as a command left a task, and as it is

_FEW = 20


class NothingToUndo(Conflict):
    """The user has not given, or taken back, as many commands as are asked for."""


class NotEnoughEntries(NothingToUndo):
    """There are so many commands, and more are asked for."""

    def __init__(self, name: str, found: int, count: int, *, by: int) -> None:
        self.name, self.found, self.count = name, found, count
        message = f"user {by} has only {found} to {name}, not {count} commands"
        super().__init__(f"too-few-to-{name}", message, "nothing was done; give a smaller number")


class UndoConflict(Conflict):
    """A task is not as the command that is to be reversed left it."""

    def __init__(self, message: str, context: dict[str, Any]) -> None:
        super().__init__("changed-since", message, context=context)


def undo_conflict(
    connection: Connection,
    command: JournalEntry,
    states: _States,
    reversing: set[int | None],
    *,
    in_order: bool,
) -> UndoConflict:
    """The refusal for a command, with the two states of a task: as the command left it, and as it is.

    `reversing` are the numbers of all commands that were to be reversed; `sort_ids` where it was to be the last one.
    """
    (task_id,) = {task.id for task in states if task is not None}
    later = (since for since in journal.entries_since(connection, task_id, command.id) if _stands(since, command.id))
    causes = (
        since for since in later if _caused(since, states) and not {since.id, since.reverted_entry_id} & reversing
    )
    cause = next(causes, None)
    by = "" if cause is None else f", by {cause.name} of user {cause.user_id} (command {cause.id})"
    differences = _differences(*states) if cause is None else _caused(cause, states)
    is_own = cause is not None and cause.user_id == command.user_id
    return UndoConflict(
        f"task {task_id} has changed since {command.name} (command {command.id}): {_told(differences, states)}{by}",
        {
            "id": task_id,
            "user": None if cause is None or is_own else cause.user_id,  # who else can take back what changed it
            "own": cause if is_own and command.undone else None,  # what can be taken back first
            "in_order": in_order,
        },
    )


def _stands(since: JournalEntry, command_id: int) -> bool:
    """Whether anything is left of a later command."""
    # Of one that was reversed nothing is left, and its reversal did no more than that.
    return not since.undone if since.reverted_entry_id is None else since.reverted_entry_id < command_id


def _caused(since: JournalEntry, states: _States) -> set[str]:
    """What of the differences a later command changed."""
    (change,) = since.changes
    return _differences(change.before, change.after) & _differences(*states)


def _differences(one: Task | None, other: Task | None) -> set[str]:
    if one is None or other is None:
        return {"existence"}
    return {field.name for field in fields(Task) if getattr(one, field.name) != getattr(other, field.name)}


def _told(differences: set[str], states: _States) -> str:
    if None in states:
        return "it was deleted" if states[1] is None else "it is there"
    return f"its {' and '.join(name.removesuffix('_time') for name in sorted(differences))} changed"


def reverse_entries(  # noqa: PLR0913 (what, who, when, and what else could be done)
    store: Store, name: str, find: Find, *, by: int, count: int = 1, now: datetime, in_order: bool = False
) -> list[JournalEntry]:
    """Reverse so many commands, or none where there is none; gives each with the first of its changes."""
    with store.write() as connection:
        commands = find(connection, by, count)
        if commands and len(commands) < count:
            raise NotEnoughEntries(name, len(commands), count, by=by)
        pages = _Pages(connection, commands)
        batches.lock(connection, chain.from_iterable(map(pages.ids, commands)))
        if [command.id for command in find(connection, by, count)] != [command.id for command in commands]:
            raise ConcurrentUpdate  # while it waited for its turn
        _mark_undone(connection, commands, undone=name == "undo")
        refusal = partial(undo_conflict, connection, reversing={found.id for found in commands}, in_order=in_order)
        done: list[JournalEntry] = []
        for command in commands:
            made = ChangeRecorder(connection, name, by=by, now=now, reverted_entry_id=command.id)
            undone = replace(command, undone=name == "undo")
            done.append(_reverse(made, undone, pages, refusal))
        return done


class _Pages:
    """What commands changed, a page at a time; it is read twice, but for the first page of a few."""

    def __init__(self, connection: Connection, commands: Sequence[JournalEntry]) -> None:
        self._connection = connection
        self._first = {command.id: journal.changes_page(connection, command.id) for command in commands[:_FEW]}

    def of(self, command: JournalEntry) -> Iterator[tuple[Change, ...]]:
        """The changes of a command, by task."""
        changes, has_more = self._first_of(command)
        yield changes
        while has_more:
            changes, has_more = journal.changes_page(self._connection, command.id, changes[-1].task_id)
            yield changes

    def ids(self, command: JournalEntry) -> Iterable[int]:
        """The tasks that a command changed."""
        changes, has_more = self._first_of(command)
        return journal.task_ids(self._connection, command.id) if has_more else [change.task_id for change in changes]

    def kept(self, command: JournalEntry) -> tuple[Change, ...]:
        """The first changes of a command that are in memory, if any are."""
        return self._first.get(command.id, ((), True))[0]

    def _first_of(self, command: JournalEntry) -> tuple[tuple[Change, ...], bool]:
        return self._first.get(command.id) or journal.changes_page(self._connection, command.id)


def _mark_undone(connection: Connection, commands: list[JournalEntry], *, undone: bool) -> None:
    """Mark commands as reversed, in the order in which every command takes its locks."""
    for command in sorted(commands, key=lambda command: command.id):
        if not journal.mark_undone(connection, command.id, undone=undone):
            raise ConcurrentUpdate


def _reverse(
    made: ChangeRecorder, command: JournalEntry, pages: _Pages, refusal: Callable[..., UndoConflict]
) -> JournalEntry:
    """Reverse a command; gives it with the first of its changes, where a few are reversed."""
    count = 0
    for page in pages.of(command):
        tasks = task_writes.lock_and_read_tasks(made.connection, [change.task_id for change in page])
        made.put(_pairs(command, page, tasks, refusal))
        count += len(page)
    first = pages.kept(command)
    return replace(command, changes=first, more=count - len(first))


def _pairs(
    command: JournalEntry, page: Iterable[Change], tasks: dict[int, Task], refusal: Callable[..., UndoConflict]
) -> _Pairs:
    """What reversing some changes of a command makes of the tasks."""
    pairs: _Pairs = {}
    for change in page:
        old, new = (change.before, change.after) if command.undone else (change.after, change.before)
        task = tasks.get(change.task_id)
        if task != new:
            raise refusal(command, (new, task))
        pairs[change.task_id] = (new, old)
    return pairs
