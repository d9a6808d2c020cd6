"""Concurrent writes to a served file share one commit."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.commits import After, connect_with, fail
from tests.store.serving import NINE, NOON, run, tracking

from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.errors import TaskNotFound, TimeInFuture, Unavailable
from tasktimer.services.queries import get_task
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import stop
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store
from tasktimer.store.sqlite.async_store import AsyncSqliteStore


def test_concurrent_writes_share_one_commit(path: Path, after_commits: After) -> None:
    commits: list[None] = []
    after_commits(lambda: commits.append(None))

    async def work(served: AsyncSqliteStore) -> list[Task]:
        return await asyncio.gather(*(served.write(tracking(str(number))) for number in range(64)))

    tasks = run(path, work)
    assert [task.description for task in tasks] == [str(number) for number in range(64)]
    assert sorted(task.id for task in tasks) == list(range(1, 65))
    assert len(commits) == 1


def test_failed_write_does_not_affect_others(path: Path) -> None:
    def future(store: Store) -> Task:
        start_task(store, Actor(1, 1), NewTask("undone", start_time=NINE), now=NOON)
        return start_task(store, Actor(1, 1), NewTask("x", start_time=NOON), now=NINE)

    def broken(store: Store) -> Task:
        start_task(store, Actor(1, 1), NewTask("undone", start_time=NINE), now=NOON)
        raise ZeroDivisionError

    async def work(served: AsyncSqliteStore) -> list[Any]:
        verbs = [tracking("a"), future, tracking("b"), broken, tracking("c")]
        return await asyncio.gather(*map(served.write, verbs), return_exceptions=True)

    outcomes = run(path, work)
    assert [type(outcome) for outcome in outcomes] == [Task, TimeInFuture, Task, ZeroDivisionError, Task]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT description FROM tasks").fetchall() == [("a",), ("b",), ("c",)]


def test_acknowledged_write_is_visible_to_all(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> None:
        task = await served.write(tracking("x"))
        assert await served.read(partial(get_task, actor=Actor(1, 1), task_id=task.id)) == task
        assert get_task(open_store(path), Actor(None, ALL_USERS), task.id) == task
        stop(open_store(path), Actor(1, ALL_USERS), [task.id], now=NOON)
        assert not (await served.read(partial(get_task, actor=Actor(1, 1), task_id=task.id))).running

    run(path, work)


def pragma(statement: str) -> Callable[[Store], list[tuple[int, ...]]]:
    """Return a service that runs a PRAGMA on the connection that writes."""

    def service(store: Store) -> list[tuple[int, ...]]:
        with store.write() as connection:
            return list(connection.execute(f"PRAGMA {statement}", {}))

    return service


def test_acknowledged_write_is_synced(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> object:
        await served.write(tracking("x"))
        return await served.write(pragma("synchronous"))

    assert run(path, work) == [(3,)]


def test_reads_continue_while_write_waits_for_command(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> None:
        await served.write(tracking("x"))
        with closing(sqlite3.connect(path, isolation_level=None)) as command:
            command.execute("BEGIN IMMEDIATE")
            waiting = asyncio.create_task(served.write(tracking("y")))
            for _ in range(10):
                await asyncio.sleep(0.01)
                assert (await served.read(partial(get_task, actor=Actor(1, 1), task_id=1))).description == "x"
            assert not waiting.done()
            command.execute("ROLLBACK")
            assert (await waiting).id == 2

    run(path, work)


def test_write_reports_lock_timeout(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> None:
        await served.write(tracking("x"))
        with closing(sqlite3.connect(path, isolation_level=None)) as command:
            command.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="locked"):
                await served.write(tracking("y"))
        assert (await served.write(tracking("z"))).id == 2

    run(path, work, lock_timeout=0.05)


def test_full_disk_fails_waiting_writes_only(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> None:
        await served.write(tracking("x"))
        ((pages,),) = await served.write(pragma("page_count"))
        await served.write(pragma(f"max_page_count = {pages}"))
        attempts = await asyncio.gather(*(served.write(tracking("y" * 9000)) for _ in range(4)), return_exceptions=True)
        assert {type(attempt) for attempt in attempts} == {Unavailable}
        await served.write(pragma("max_page_count = 100000"))
        assert (await served.write(tracking("z"))).description == "z"

    run(path, work)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT description FROM tasks").fetchall() == [("x",), ("z",)]


def test_close_finishes_pending_writes(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> list[asyncio.Task[Task]]:
        writes = [asyncio.create_task(served.write(tracking(str(number)))) for number in range(8)]
        await asyncio.sleep(0)
        return writes

    writes = run(path, work)
    assert [write.result().description for write in writes] == [str(number) for number in range(8)]


def test_event_loop_runs_during_commit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()

    class SlowDisk(sqlite3.Connection):
        def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
            if statement == "COMMIT" and self.total_changes:
                assert held.wait(5)
            return super().execute(statement, *parameters)

    connect_with(monkeypatch, SlowDisk)

    async def work(served: AsyncSqliteStore) -> None:
        write = asyncio.create_task(served.write(tracking("x")))
        await asyncio.sleep(0.05)
        assert not write.done()
        with pytest.raises(TaskNotFound):
            await served.read(
                partial(get_task, actor=Actor(1, 1), task_id=1)
            )  # what is not on the disk yet is not seen
        held.set()
        assert (await write).id == 1

    run(path, work)


def test_error_after_commit_point_is_uncertain(path: Path, after_commits: After) -> None:
    after_commits(fail)

    async def work(served: AsyncSqliteStore) -> list[Any]:
        return await asyncio.gather(*(served.write(tracking(name)) for name in "ab"), return_exceptions=True)

    outcomes = run(path, work)
    assert [outcome.code for outcome in outcomes] == ["commit-uncertain", "commit-uncertain"]
    assert "may or may not have been stored" in outcomes[0].message
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT description FROM tasks").fetchall() == [("a",), ("b",)]
