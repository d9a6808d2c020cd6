"""The verbs that take commands back, bring them again, and tell what was done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from tasktimer.core.journal import Command
from tasktimer.core.task import Task
from tasktimer.errors import Conflict, NotFound, Overtaken, StoreMissing, TaskNotFound
from tasktimer.store import Connection, Store, history, mutations, queries
from tasktimer.tracker.changed import ChangedSince, changed_since
from tasktimer.tracker.command import Changes, retried

_Pairs = dict[int, tuple[Task | None, Task | None]]  # each task as it was, and as it is
_Find = Callable[[Connection, int, int], list[Command]]


class NothingToReverse(Conflict):
    """The user has not given, or taken back, as many commands as are asked for."""


class TooFew(NothingToReverse):
    """There are so many commands, and more are asked for."""

    def __init__(self, name: str, found: int, count: int, *, by: int) -> None:
        self.name, self.found, self.count = name, found, count
        what = f"user {by} has only {found} to {name}, not {count} commands"
        super().__init__(f"too-few-to-{name}", what, "nothing was done; give a smaller number")


@retried
def undo(store: Store, *, by: int, count: int = 1, now: datetime) -> list[Command]:
    """Take back a user's last commands, the last one first; all of them or none.

    Raises:
        NothingToReverse: the user has given none, or (TooFew) not so many.
        ChangedSince: a task has changed since.
    """
    commands = _reverse_many(store, "undo", history.last_standing, by=by, count=count, now=now, in_order=True)
    if commands:
        return commands
    with store.read() as connection:
        raise _nothing_to_undo(connection, by)


@retried
def undo_one(store: Store, command_id: int, *, by: int, now: datetime) -> Command:
    """Take back one command of a user, whatever was done since to other tasks.

    Raises:
        NotFound: there is no such command.
        NothingToReverse: it is another user's, is taken back already, or is an undo or a redo itself.
        ChangedSince: a task has changed since.
    """

    def find(connection: Connection, user_id: int, _count: int) -> list[Command]:
        return [_command_to_undo(connection, command_id, user_id)]

    return _reverse_many(store, "undo", find, by=by, now=now)[0]


@retried
def redo(store: Store, *, by: int, count: int = 1, now: datetime) -> list[Command]:
    """Do again what a user took back, what was taken back last first; all or nothing.

    Raises:
        NothingToReverse: none, or (TooFew) not so many were taken back, or another command came since.
        ChangedSince: a task has changed since.
    """
    commands = _reverse_many(store, "redo", history.first_redoable, by=by, count=count, now=now)
    if commands:
        return commands
    raise NothingToReverse(
        "nothing-to-redo",
        f"there is nothing that user {by} took back",
        "what undo took can be brought back until another command changes tasks",
    )


def past(
    store: Store, *, user_id: int | None, task_id: int | None = None, limit: int, most_changes: int | None = None
) -> list[Command]:
    """The last commands that changed tasks, of a user or (None) of all, or those about one task; the last one last.

    Each is told with its first so many changes, and how many more there are, or (None) with all.

    Raises:
        TaskNotFound: there is no such task, and never was since the journal began.
    """
    try:
        with store.read() as connection:
            found = history.commands(
                connection, user_id=user_id, task_id=task_id, limit=limit, most_changes=most_changes
            )
            if task_id is not None and not found:
                queries.get_task(connection, task_id)  # it may be older than the journal
            return found
    except StoreMissing:
        if task_id is None:
            raise
        raise TaskNotFound(task_id) from None


def count_before(store: Store, *, before: datetime, user_id: int | None) -> int:
    """How many commands `forget` would forget."""
    with store.read() as connection:
        return history.count_commands(connection, before, user_id)


@retried
def forget(store: Store, *, before: datetime, user_id: int | None) -> int:
    """Forget the commands given before an instant, of a user or (None) of all: they cannot be taken back any more."""
    with store.write() as connection:
        return history.forget_commands(connection, before, user_id)


def _reverse_many(  # noqa: PLR0913 (what, who, when, and what else could be done)
    store: Store, name: str, find: _Find, *, by: int, count: int = 1, now: datetime, in_order: bool = False
) -> list[Command]:
    """Reverse so many commands, or none where there is none."""
    with store.write() as connection:
        commands = find(connection, by, count)
        if commands and len(commands) < count:
            raise TooFew(name, len(commands), count, by=by)
        tasks = _lock_tasks(connection, commands)
        if [command.id for command in find(connection, by, count)] != [command.id for command in commands]:
            raise Overtaken  # while it waited for its turn
        _claim(connection, commands, undone=name == "undo")
        refusal = partial(changed_since, connection, reversing={found.id for found in commands}, in_order=in_order)
        commands = [replace(command, undone=name == "undo") for command in commands]
        for command in commands:
            made = Changes(connection, by)
            made.put(_reverse(command, tasks, refusal))
            made.record(name, now=now, reverses=command.id)
        return commands


def _lock_tasks(connection: Connection, commands: list[Command]) -> dict[int, Task | None]:
    """The tasks that commands changed, as they are (None: absent), which nobody else can change any more."""
    ids = sorted({change.task_id for command in commands for change in command.changes})
    locked = mutations.find_locked_tasks(connection, ids)
    return {task_id: locked.get(task_id) for task_id in ids}


def _claim(connection: Connection, commands: list[Command], *, undone: bool) -> None:
    """Mark commands as reversed, in the order in which every command takes its locks."""
    for command in sorted(commands, key=lambda command: command.id):
        if not history.mark_undone(connection, command.id, undone=undone):
            raise Overtaken


def _reverse(command: Command, tasks: dict[int, Task | None], refusal: Callable[..., ChangedSince]) -> _Pairs:
    """What reversing a command changes with the tasks, which are kept as they are then."""
    pairs: _Pairs = {}
    for change in command.changes:
        old, new = (change.before, change.after) if command.undone else (change.after, change.before)
        task = tasks[change.task_id]
        if task != new:
            raise refusal(command, (new, task))
        pairs[change.task_id] = (new, old)
        tasks[change.task_id] = old
    return pairs


def _command_to_undo(connection: Connection, command_id: int, user_id: int) -> Command:
    command = history.find_command(connection, command_id)
    if command is None:
        raise NotFound("command-not-found", f"there is no command {command_id}")
    name = f"command {command_id} ({command.name})"
    if command.user_id != user_id:
        what = f"{name} is one of user {command.user_id}, not of user {user_id}"
        raise NothingToReverse("command-of-other-user", what, "only one's own commands can be taken back")
    if command.reverses is not None:
        what = f"{name} is itself about command {command.reverses}, and cannot be taken back"
        raise NothingToReverse("command-is-reversal", what, facts={"name": command.name, "reverses": command.reverses})
    if command.undone:
        raise NothingToReverse("already-undone", f"{name} is already taken back")
    return command


def _nothing_to_undo(connection: Connection, user_id: int) -> NothingToReverse:
    other = history.last_command(connection)
    is_own = other is None or other.user_id == user_id
    facts = {} if other is None or is_own else {"user": other.user_id, "command": other.name}
    return NothingToReverse("nothing-to-undo", f"there is nothing of user {user_id} to undo", facts=facts)
