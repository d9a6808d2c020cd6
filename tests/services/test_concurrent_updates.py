"""What others do in PostgreSQL while a command waits for its turn: nothing that was acknowledged is lost."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

import psycopg
import pytest
from tests.conftest import NOW

from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.services.edit import delete, edit
from tasktimer.services.queries import get_task
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.undo import UndoConflict, redo, undo
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.protocols import Connection, Parameters
from tasktimer.store.statements import task_writes


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(postgres_url)) as store:
        yield store


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let something happen just before a command locks its tasks, and just after."""

    def arrange(before: Callable[[], object], after: Callable[[], object] = lambda: None) -> None:
        lock = task_writes.wait_for_task_locks

        def interrupted(connection: Connection, ids: Sequence[int]) -> None:
            monkeypatch.setattr(task_writes, "wait_for_task_locks", lock)
            before()
            lock(connection, ids)
            after()

        monkeypatch.setattr(task_writes, "wait_for_task_locks", interrupted)

    return arrange


class Interrupted:
    """A connection on which something happens after what waits for others."""

    def __init__(self, connection: Connection, happens: Callable[[], object]) -> None:
        self._connection = connection
        self._happens = happens

    def execute(self, statement: str, parameters: Parameters, /) -> Iterable[tuple[Any, ...]]:
        return self._connection.execute(statement, parameters)

    def executemany(self, statement: str, rows: Sequence[Parameters], /) -> None:
        self._connection.executemany(statement, rows)
        self._happens()


def test_a_task_that_is_brought_back_while_others_are_locked_is_locked_too(
    store: PostgresStore, postgres_url: str
) -> None:
    ids = [start_task(store, Actor(1, 1), NewTask("write", start_time=NOW), now=NOW).id for _ in range(2)]
    delete(store, Actor(1, ALL_USERS), ids[:1], now=NOW)
    with closing(PostgresStore(postgres_url)) as other, store.write() as connection:
        interrupted = Interrupted(connection, lambda: undo(other, Actor(1, 1), now=NOW))
        assert sorted(task_writes.lock_tasks(interrupted, ids)) == ids
        with psycopg.connect(postgres_url) as third, pytest.raises(psycopg.errors.LockNotAvailable):
            third.execute("SELECT 1 FROM tasktimer.tasks WHERE id = 1 FOR UPDATE NOWAIT")


def test_redo_keeps_concurrent_change(store: PostgresStore, postgres_url: str, meanwhile: Callable[..., None]) -> None:
    task = start_task(store, Actor(1, 1), NewTask("write", start_time=NOW), now=NOW)
    edit(store, Actor(1, ALL_USERS), [task.id], {"project": "acme"}, now=NOW)
    undo(store, Actor(1, 1), now=NOW)
    with closing(PostgresStore(postgres_url)) as other:

        def bring_back() -> None:
            redo(other, Actor(1, 1), now=NOW)
            edit(other, Actor(2, ALL_USERS), [task.id], {"note": "of user 2"}, now=NOW)

        meanwhile(lambda: undo(other, Actor(1, 1), now=NOW), bring_back)
        with pytest.raises(UndoConflict):
            redo(store, Actor(1, 1), now=NOW)
    assert get_task(store, Actor(None, ALL_USERS), task.id).note == "of user 2"


def test_undo_takes_back_what_was_done_last_also_when_it_had_to_wait(
    store: PostgresStore, postgres_url: str, meanwhile: Callable[..., None]
) -> None:
    task = start_task(store, Actor(1, 1), NewTask("write", start_time=NOW), now=NOW)
    with closing(PostgresStore(postgres_url)) as other:
        meanwhile(lambda: edit(other, Actor(1, ALL_USERS), [task.id], {"project": "acme"}, now=NOW))
        assert [command.name for command in undo(store, Actor(1, 1), now=NOW)] == ["edit"]
    assert get_task(store, Actor(None, ALL_USERS), task.id) == task
