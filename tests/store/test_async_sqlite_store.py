"""The file that a server keeps open: its journal mode, its lock, and its replacement."""

import asyncio
import os
import sqlite3
import threading
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.commits import connect_with, error_of
from tests.store.serving import NINE, NOON, journal_mode, run, tracking

from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.errors import TaskNotFound, Unavailable
from tasktimer.services.queries import get_task
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import stop
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store
from tasktimer.store.savepoint import SavepointStore
from tasktimer.store.sqlite.async_store import AsyncSqliteStore


def test_file_uses_wal_only_while_served(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> None:
        await served.write(tracking("x"))
        assert journal_mode(path) == "wal"
        with open_store(path).write():  # a command beside it leaves the mode
            pass
        assert journal_mode(path) == "wal"

    run(path, work)
    assert journal_mode(path) == "delete"
    assert os.listdir(path.parent) == ["tasks.db"]


def test_file_is_complete_soon_after_the_last_write(path: Path, tmp_path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> None:
        await served.write(tracking("x"))
        await asyncio.sleep(0.1)
        (tmp_path / "copy.db").write_bytes(path.read_bytes())

    run(path, work, checkpoint_delay=0.01)
    assert get_task(open_store(tmp_path / "copy.db"), Actor(None, ALL_USERS), 1).description == "x"


def count_tasks(store: Store) -> int:
    with store.read() as connection:
        return sum(1 for _ in connection.execute("SELECT id FROM tasks", {}))


def test_other_services_run_during_read_in_thread(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> tuple[int, int]:
        loop, started, finish = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

        def read(store: Store) -> int:
            with store.read() as connection:
                loop.call_soon_threadsafe(started.set)
                finish.wait()
                return count_tasks(SavepointStore(connection))

        await served.write(tracking("before"))
        reading = asyncio.create_task(served.read_in_thread(read))
        await started.wait()
        try:
            await served.write(tracking("meanwhile"))
            seen = await served.read(count_tasks)
        finally:
            finish.set()
        return seen, await reading

    assert run(path, work) == (2, 1)
    assert journal_mode(path) == "delete"


def test_long_services_wait_for_a_thread_for_a_limited_time(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> list[str]:
        finish = threading.Event()

        def wait(_: Store) -> str:
            finish.wait()
            return "done"

        await served.write(tracking("x"))
        reads = [asyncio.create_task(served.read_in_thread(wait)) for _ in range(4)]
        write = asyncio.create_task(served.write_in_thread(wait))
        await asyncio.sleep(0)
        codes = []
        for run_in_thread in (served.read_in_thread, served.write_in_thread):
            with pytest.raises(Unavailable) as raised:
                await run_in_thread(wait)
            codes.append(raised.value.code)
        finish.set()
        return codes + await asyncio.gather(*reads, write) + [await served.read_in_thread(wait)]

    assert run(path, work, lock_timeout=0.2) == ["store-busy"] * 2 + ["done"] * 6


def test_write_waits_for_write_in_thread(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> tuple[int, int]:
        loop, started, finish = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

        def write(store: Store) -> Task:
            with store.write() as connection:
                loop.call_soon_threadsafe(started.set)
                finish.wait()
                return tracking("long")(SavepointStore(connection))

        await served.write(tracking("before"))
        long = asyncio.create_task(served.write_in_thread(write))
        await started.wait()
        short = asyncio.create_task(served.write(tracking("short")))
        seen = await served.read(count_tasks)
        assert not short.done()
        finish.set()
        return seen, len({(await long).id, (await short).id})

    assert run(path, work) == (1, 2)
    assert journal_mode(path) == "delete"


def test_read_in_thread_of_missing_file_creates_nothing(tmp_path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> int:
        return await served.read_in_thread(count_tasks)

    assert run(tmp_path / "tasks.db", work) == 0
    assert os.listdir(tmp_path) == []


def test_only_first_task_creates_served_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "tasks.db"

    async def work(served: AsyncSqliteStore) -> None:
        with pytest.raises(TaskNotFound):
            await served.read(partial(get_task, actor=Actor(1, 1), task_id=1))
        with pytest.raises(TaskNotFound):
            await served.write(partial(stop, actor=Actor(1, 1), ids=[1], now=NOON))
        assert not path.parent.exists()
        assert (await served.write(tracking("x"))).id == 1

    run(path, work)
    assert path.stat().st_mode & 0o777 == 0o600


def test_replaced_file_is_reopened(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "backup.db"
    start_task(open_store(other), Actor(7, 7), NewTask("from the backup", start_time=NINE), now=NOON)

    async def work(served: AsyncSqliteStore) -> None:
        await served.write(tracking("x"))
        other.replace(path)
        assert (await served.read(partial(get_task, actor=Actor(7, 7), task_id=1))).description == "from the backup"
        other.write_bytes(path.read_bytes())
        other.replace(path)
        assert (await served.write(tracking("y"))).id == 2

    run(path, work)
    assert [get_task(open_store(path), Actor(None, ALL_USERS), number).description for number in (1, 2)] == [
        "from the backup",
        "y",
    ]


def test_replacement_by_foreign_file_is_rejected(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> None:
        await served.write(tracking("x"))
        path.unlink()
        path.write_text("not ours" * 100)
        for attempt in (served.read(partial(get_task, actor=Actor(1, 1), task_id=1)), served.write(tracking("y"))):
            with pytest.raises(Unavailable, match="not a tasktimer file"):
                await attempt

    run(path, work)
    assert path.read_text() == "not ours" * 100


def test_older_schema_is_not_served(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")

    async def work(served: AsyncSqliteStore) -> None:
        for attempt in (served.read(count_tasks), served.read_in_thread(count_tasks), served.write(tracking("y"))):
            with pytest.raises(Unavailable, match="this version of tasktimer requires schema"):
                await attempt

    run(path, work)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_second_server_is_rejected(path: Path) -> None:
    async def work(served: AsyncSqliteStore) -> None:
        await served.write(tracking("x"))
        second = AsyncSqliteStore(path, lock_timeout=1)
        for attempt in (second.read(partial(get_task, actor=Actor(1, 1), task_id=1)), second.write(tracking("y"))):
            with pytest.raises(Unavailable, match="another process is serving"):
                await attempt
        await second.close()
        assert (await served.write(tracking("y"))).description == "y"

    run(path, work)
    run(path, work)
    assert os.listdir(path.parent) == ["tasks.db"]


def test_file_is_served_without_wal_if_unavailable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class WithoutWal(sqlite3.Connection):
        def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
            if statement == "PRAGMA journal_mode = WAL":
                raise error_of("attempt to write a readonly database", sqlite3.SQLITE_READONLY)
            return super().execute(statement, *parameters)

    connect_with(monkeypatch, WithoutWal)

    async def work(served: AsyncSqliteStore) -> list[Task]:
        tasks = await asyncio.gather(*(served.write(tracking(str(number))) for number in range(8)))
        for task in tasks:
            assert await served.read(partial(get_task, actor=Actor(1, 1), task_id=task.id)) == task
        return tasks

    assert len(run(path, work)) == 8
    assert journal_mode(path) == "delete"
