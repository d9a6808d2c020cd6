"""The verbs that take commands back, bring them again, and tell what was done."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from tasktimer.core.journal import Change, Command
from tasktimer.errors import NotFound, StoreMissing, TaskNotFound
from tasktimer.services.reversal import NothingToReverse, reverse_many
from tasktimer.services.transaction import retried
from tasktimer.store import Connection, Store
from tasktimer.store.statements import journal, task_queries


@retried
def undo(store: Store, *, by: int, count: int = 1, now: datetime) -> list[Command]:
    """Take back a user's last commands, the last one first; all of them or none.

    Raises:
        NothingToReverse: the user has given none, or (TooFew) not so many.
        ChangedSince: a task has changed since.
    """
    commands = reverse_many(store, "undo", journal.last_standing, by=by, count=count, now=now, in_order=True)
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

    return reverse_many(store, "undo", find, by=by, now=now)[0]


@retried
def redo(store: Store, *, by: int, count: int = 1, now: datetime) -> list[Command]:
    """Do again what a user took back, what was taken back last first; all or nothing.

    Raises:
        NothingToReverse: none, or (TooFew) not so many were taken back, or another command came since.
        ChangedSince: a task has changed since.
    """
    commands = reverse_many(store, "redo", journal.first_redoable, by=by, count=count, now=now)
    if commands:
        return commands
    raise NothingToReverse(
        "nothing-to-redo",
        f"there is nothing that user {by} took back",
        "what undo took can be brought back until another command changes tasks",
    )


def past(
    store: Store, *, user_id: int | None, task_id: int | None = None, limit: int, most_changes: int = journal.PAGE
) -> list[Command]:
    """The last commands that changed tasks, of a user or (None) of all, or those about one task; the last one last.

    Each has its first so many changes, and says how many more there are: `changes_of` gives all.

    Raises:
        TaskNotFound: there is no such task, and never was since the journal began.
    """
    try:
        with store.read() as connection:
            found = journal.commands(
                connection, user_id=user_id, task_id=task_id, limit=limit, most_changes=most_changes
            )
            if task_id is not None and not found:
                task_queries.get_task(connection, task_id)  # it may be older than the journal
            return found
    except StoreMissing:
        if task_id is None:
            raise
        raise TaskNotFound(task_id) from None


def changes_of(store: Store, command: Command) -> Iterator[Change]:
    """All that a command changed, by task, read page by page: nobody has to wait meanwhile."""
    yield from command.changes
    after, has_more = (command.changes[-1].task_id if command.changes else 0), command.more > 0
    while has_more:
        with store.read() as connection:
            changes, has_more = journal.page(connection, command.id, after)
        yield from changes
        after = changes[-1].task_id if changes else after


def with_first(store: Store, command: Command, most: int) -> Command:
    """The command with the first of its changes, so many at least, where a reversal left them out."""
    if command.changes or not command.more:
        return command
    changes = tuple(islice(changes_of(store, command), most))
    return replace(command, changes=changes, more=command.more - len(changes))


def count_before(store: Store, *, before: datetime, user_id: int | None) -> int:
    """How many commands `forget` would forget."""
    with store.read() as connection:
        return journal.count_commands(connection, before, user_id)


@retried
def forget(store: Store, *, before: datetime, user_id: int | None) -> int:
    """Forget the commands given before an instant, of a user or (None) of all: they cannot be taken back any more."""
    with store.write() as connection:
        return journal.forget_commands(connection, before, user_id)


def _command_to_undo(connection: Connection, command_id: int, user_id: int) -> Command:
    command = journal.find_command(connection, command_id)
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
    other = journal.last_command(connection)
    is_own = other is None or other.user_id == user_id
    facts = {} if other is None or is_own else {"user": other.user_id, "command": other.name}
    return NothingToReverse("nothing-to-undo", f"there is nothing of user {user_id} to undo", facts=facts)
