"""What others do in PostgreSQL while a command waits for its turn: nothing that was acknowledged is lost."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from tests.conftest import NOW

from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.services.edit import delete, edit
from tasktimer.services.queries import get_task
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.undo import redo, undo
from tasktimer.services.undo_conflict import UndoConflict
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.protocols import Connection, Parameters
from tasktimer.store.statements import task_writes


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(postgres_url)) as store:
        yield store


class Interrupted:
    """A connection on which something happens once, just before and just after a change waits for locks."""

    def __init__(self, connection: Connection, happens: Iterator[Callable[[], object]]) -> None:
        self._connection = connection
        self._happens = happens

    def execute(self, statement: str, parameters: Parameters, /) -> Iterable[tuple[Any, ...]]:
        return self._connection.execute(statement, parameters)

    def executemany(self, statement: str, rows: Sequence[Parameters], /) -> None:
        next(self._happens, int)()
        self._connection.executemany(statement, rows)
        next(self._happens, int)()


class InterruptedStore:
    """A store with interrupted transactions."""

    def __init__(self, store: PostgresStore, before: Callable[[], object], after: Callable[[], object] = int) -> None:
        self.read = store.read
        self._store = store
        self._happens = iter([before, after])

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[Connection]:
        with self._store.write(create=create) as connection:
            yield Interrupted(connection, self._happens)


def test_task_restored_during_wait_is_locked(store: PostgresStore, postgres_url: str) -> None:
    ids = [start_task(store, Actor(1, 1), NewTask("write", start_time=NOW), now=NOW).id for _ in range(2)]
    delete(store, Actor(1, ALL_USERS), ids[:1], now=NOW)
    with closing(PostgresStore(postgres_url)) as other, store.write() as connection:
        interrupted = Interrupted(connection, iter([int, lambda: undo(other, Actor(1, 1), now=NOW)]))
        assert sorted(task_writes.lock_tasks(interrupted, ids)) == ids
        with psycopg.connect(postgres_url) as third, pytest.raises(psycopg.errors.LockNotAvailable):
            third.execute("SELECT 1 FROM tasktimer.tasks WHERE id = 1 FOR UPDATE NOWAIT")


def test_redo_keeps_concurrent_change(store: PostgresStore, postgres_url: str) -> None:
    task = start_task(store, Actor(1, 1), NewTask("write", start_time=NOW), now=NOW)
    edit(store, Actor(1, ALL_USERS), [task.id], {"project": "acme"}, now=NOW)
    undo(store, Actor(1, 1), now=NOW)
    with closing(PostgresStore(postgres_url)) as other:

        def bring_back() -> None:
            redo(other, Actor(1, 1), now=NOW)
            edit(other, Actor(2, ALL_USERS), [task.id], {"note": "of user 2"}, now=NOW)

        interrupted = InterruptedStore(store, lambda: undo(other, Actor(1, 1), now=NOW), bring_back)
        with pytest.raises(UndoConflict):
            redo(interrupted, Actor(1, 1), now=NOW)
    assert get_task(store, Actor(None, ALL_USERS), task.id).note == "of user 2"


def test_undo_after_wait_reverses_last_command(store: PostgresStore, postgres_url: str) -> None:
    task = start_task(store, Actor(1, 1), NewTask("write", start_time=NOW), now=NOW)
    with closing(PostgresStore(postgres_url)) as other:
        actor = Actor(1, ALL_USERS)
        interrupted = InterruptedStore(store, lambda: edit(other, actor, [task.id], {"project": "acme"}, now=NOW))
        assert [command.name for command in undo(interrupted, Actor(1, 1), now=NOW)] == ["edit"]
    assert get_task(store, Actor(None, ALL_USERS), task.id) == task
