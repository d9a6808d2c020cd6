"""Transactions that change tasks and record the changes in the journal."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from tasktimer.core.task import DEFAULT_USER, Actor, Task
from tasktimer.errors import ClockBeforeStart, ConcurrentUpdate, StoreMissing, TaskNotFound
from tasktimer.store.protocols import LOCK_TIMEOUT, Connection, Store
from tasktimer.store.statements import task_queries, task_writes

_Service = TypeVar("_Service", bound=Callable[..., Any])


def retry_on_conflict(service: _Service) -> _Service:
    """Decorate a service so that it is retried whenever a concurrent update makes it fail."""

    @wraps(service)
    def run(*args: Any, **kwargs: Any) -> Any:
        while True:  # terminates, because another command succeeds in each round
            with suppress(ConcurrentUpdate):
                return service(*args, **kwargs)

    return cast("_Service", run)


@contextmanager
def journaled(
    store: Store, actor: Actor, name: str, *, now: datetime, create: bool = False
) -> Iterator["ChangeRecorder"]:
    """Open a transaction and record its changes as one journal entry; roll back if the block raises an exception."""
    with store.write(create=create) as connection:
        recorder = ChangeRecorder(connection, resolve_user(connection, actor), name, now=now)
        yield recorder
        recorder.record()


@contextmanager
def journaled_on_tasks(
    store: Store, actor: Actor, name: str, ids: Sequence[int], *, now: datetime
) -> Iterator[tuple["ChangeRecorder", list[Task]]]:
    """Open a journaled transaction and lock tasks; yield its recorder, and the tasks in the order of `ids`."""
    try:
        with journaled(store, actor, name, now=now) as recorder:
            yield recorder, recorder.lock_all(ids)
    except StoreMissing:
        raise TaskNotFound(ids[0]) from None


def resolve_user(connection: Connection, actor: Actor) -> Actor:
    """Return the actor, replacing the default user with the store's only user, or with user 1 if the store has none.

    Raises:
        InvalidValue: if the actor is the default user and the store has several users.
    """
    if actor.tasks_of != DEFAULT_USER:
        return actor
    found = task_queries.some_users(connection) or {1}
    if len(found) > 1:
        from tasktimer.services.multiple_users import multiple_users_error  # lazy: only errors need this import

        raise multiple_users_error(connection)
    (user_id,) = found
    return Actor(user_id, user_id)


class ChangeRecorder:
    """A recorder that applies changes to tasks immediately, and writes them to the journal at the end.

    For an undo or a redo, `reverted_entry_id` is the ID of the journal entry that is undone or redone.
    """

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        name: str,
        *,
        now: datetime,
        reverted_entry_id: int | None = None,
    ) -> None:
        self.connection = connection
        self.actor = actor
        self.entry_id: int | None = None  # set once a change has been recorded
        self._name = name
        self._now = now
        self._reverted_entry_id = reverted_entry_id
        self._before: dict[int, Task | None] = {}
        self._after: dict[int, Task | None] = {}

    def lock_all(self, ids: Sequence[int]) -> list[Task]:
        """Lock the tasks with these IDs and return them in the order of `ids`, without duplicates."""
        locked = task_writes.lock_tasks(self.connection, ids)
        return [self.check(task_id, locked.get(task_id)) for task_id in dict.fromkeys(ids)]

    def check(self, task_id: int, task: Task | None) -> Task:
        """Return the task found for an ID; raise TaskNotFound if it is None, or TaskOfOtherUser if access is denied."""
        task = self.check_exists(task_id, task)
        self.actor.check_access(task)
        return task

    def check_exists(self, task_id: int, task: Task | None) -> Task:
        """Return the task found for an ID, regardless of its user; raise TaskNotFound if it is None."""
        if task is None:
            # Imported lazily: only errors need this module, and importing it takes 4 million CPU instructions.
            from tasktimer.services.task_not_found import task_not_found_error

            raise task_not_found_error(self.connection, self.actor, task_id)
        return task

    def lock_until_stable(self, find: Callable[[], Sequence[Task]]) -> list[Task]:
        """Lock the tasks that a query finds, repeating the query until all results are locked, and return them."""
        locked: set[int] = set()
        tasks = find()
        while new := {task.id for task in tasks} - locked:
            locked |= set(task_writes.lock_tasks(self.connection, list(new)))
            tasks = find()
        return list(tasks)

    def add(self, **values: Any) -> Task:
        """Insert a task and return it; `values` are the arguments of `task_writes.insert_task`."""
        task = task_writes.insert_task(self.connection, **values)
        self._note(task.id, None, task)
        return task

    def copy(self, task: Task, **values: Any) -> Task:
        """Insert a copy of a task, with the fields in `values` replaced, and return the copy."""
        fields = ("user_id", "description", "start_time", "end_time", "project", "tags", "note")
        return self.add(**{name: getattr(task, name) for name in fields} | values)

    def change(self, task: Task, **values: Any) -> Task:
        """Update a locked task and return the updated task; `values` must not change its ID or its user."""
        changed = task._replace(**values)
        if changed != task:
            task_writes.update_task(self.connection, task, changed)
            self._note(task.id, task, changed)
        return changed

    def remove(self, task: Task) -> None:
        """Delete a locked task."""
        task_writes.delete_task(self.connection, task.id)
        self._note(task.id, task, None)

    def put(self, states: Mapping[int, tuple[Task | None, Task | None]]) -> None:
        """Change locked tasks; `states` maps each ID to the states before and after, None if the task does not exist.

        Record the changes immediately, so that no task is kept in memory. Pass each task at most once.
        """
        task_writes.apply_changes(self.connection, list(states.values()))
        self._record(states.values())

    def changes(self) -> list[tuple[Task | None, Task | None]]:
        """Return each changed task before and after all its changes; None means that the task does not exist."""
        pairs = ((before, self._after[task_id]) for task_id, before in self._before.items())
        return [(before, after) for before, after in pairs if before != after]

    def record(self) -> None:
        """Write the journal entry, unless nothing has changed."""
        self._record(self.changes())

    def _record(self, pairs: Iterable[tuple[Task | None, Task | None]]) -> None:
        states = [pair for pair in pairs if pair[0] != pair[1]]
        if not states:
            return
        task_writes.insert_states(self.connection, self.insert_entry(_owner(states[0])), states)

    def insert_entry(self, owner: int) -> int:
        """Insert the journal entry, unless that was done, and return its ID; it is the actor's, or else the owner's."""
        if self.entry_id is None:
            self.entry_id = task_writes.insert_entry(
                self.connection,
                self._name,
                user_id=self.actor.user_id or owner,
                given_time=self._now,
                reverted_entry_id=self._reverted_entry_id,
            )
        return self.entry_id

    def _note(self, task_id: int, before: Task | None, after: Task | None) -> None:
        # If a task changes more than once, the entry contains only its first and its last state.
        self._before.setdefault(task_id, before)
        self._after[task_id] = after


def _owner(states: tuple[Task | None, Task | None]) -> int:
    """Return the owner of a task, given its states before and after a change, at most one of which is None."""
    return next(task.user_id for task in states if task is not None)


def end_by_clock(task: Task, now: datetime) -> datetime:
    """Return the UTC end time for stopping a running task now; raise ClockBeforeStart if the clock was set back."""
    # If the start is in the future by at most the lock timeout, the task may have started while this command waited
    # for the lock; otherwise, the clock was set back.
    if task.start_time - now > timedelta(seconds=LOCK_TIMEOUT):
        raise ClockBeforeStart(task.id, task.start_time, now)
    return max(now.astimezone(UTC), task.start_time)
