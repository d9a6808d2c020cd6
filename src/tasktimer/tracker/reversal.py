"""Reversing commands of the journal, page by page: of all that they changed, few tasks are in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain

from tasktimer.core.journal import Change, Command
from tasktimer.core.task import Task
from tasktimer.errors import Conflict, Overtaken
from tasktimer.store import Connection, Store, history, mutations
from tasktimer.tracker import many
from tasktimer.tracker.changed import ChangedSince, changed_since
from tasktimer.tracker.command import Changes

Find = Callable[[Connection, int, int], list[Command]]
_Pairs = dict[int, tuple[Task | None, Task | None]]  # each task as it was, and as it is

_FEW = 20


class NothingToReverse(Conflict):
    """The user has not given, or taken back, as many commands as are asked for."""


class TooFew(NothingToReverse):
    """There are so many commands, and more are asked for."""

    def __init__(self, name: str, found: int, count: int, *, by: int) -> None:
        self.name, self.found, self.count = name, found, count
        what = f"user {by} has only {found} to {name}, not {count} commands"
        super().__init__(f"too-few-to-{name}", what, "nothing was done; give a smaller number")


def reverse_many(  # noqa: PLR0913 (what, who, when, and what else could be done)
    store: Store, name: str, find: Find, *, by: int, count: int = 1, now: datetime, in_order: bool = False
) -> list[Command]:
    """Reverse so many commands, or none where there is none; gives each with the first of its changes."""
    with store.write() as connection:
        commands = find(connection, by, count)
        if commands and len(commands) < count:
            raise TooFew(name, len(commands), count, by=by)
        pages = _Pages(connection, commands)
        many.lock(connection, chain.from_iterable(map(pages.ids, commands)))
        if [command.id for command in find(connection, by, count)] != [command.id for command in commands]:
            raise Overtaken  # while it waited for its turn
        _claim(connection, commands, undone=name == "undo")
        refusal = partial(changed_since, connection, reversing={found.id for found in commands}, in_order=in_order)
        done: list[Command] = []
        for command in commands:
            made = Changes(connection, name, by=by, now=now, reverses=command.id)
            undone = replace(command, undone=name == "undo")
            done.append(_reverse(made, undone, pages, refusal))
        return done


class _Pages:
    """What commands changed, a page at a time; it is read twice, but for the first page of a few."""

    def __init__(self, connection: Connection, commands: Sequence[Command]) -> None:
        self._connection = connection
        self._first = {command.id: history.page(connection, command.id) for command in commands[:_FEW]}

    def of(self, command: Command) -> Iterator[tuple[Change, ...]]:
        """The changes of a command, by task."""
        changes, has_more = self._first_of(command)
        yield changes
        while has_more:
            changes, has_more = history.page(self._connection, command.id, changes[-1].task_id)
            yield changes

    def ids(self, command: Command) -> Iterable[int]:
        """The tasks that a command changed."""
        changes, has_more = self._first_of(command)
        return history.task_ids(self._connection, command.id) if has_more else [change.task_id for change in changes]

    def kept(self, command: Command) -> tuple[Change, ...]:
        """The first changes of a command that are in memory, if any are."""
        return self._first.get(command.id, ((), True))[0]

    def _first_of(self, command: Command) -> tuple[tuple[Change, ...], bool]:
        return self._first.get(command.id) or history.page(self._connection, command.id)


def _claim(connection: Connection, commands: list[Command], *, undone: bool) -> None:
    """Mark commands as reversed, in the order in which every command takes its locks."""
    for command in sorted(commands, key=lambda command: command.id):
        if not history.mark_undone(connection, command.id, undone=undone):
            raise Overtaken


def _reverse(made: Changes, command: Command, pages: _Pages, refusal: Callable[..., ChangedSince]) -> Command:
    """Reverse a command; gives it with the first of its changes, where a few are reversed."""
    count = 0
    for page in pages.of(command):
        tasks = mutations.read_locked_tasks(made.connection, [change.task_id for change in page])
        made.put(_pairs(command, page, tasks, refusal))
        count += len(page)
    first = pages.kept(command)
    return replace(command, changes=first, more=count - len(first))


def _pairs(
    command: Command, page: Iterable[Change], tasks: dict[int, Task], refusal: Callable[..., ChangedSince]
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
