"""A file that a server keeps open: many requests, one commit, beside commands, whatever happens to the file."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Coroutine
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tasktimer.core.task import Task
from tasktimer.errors import InTheFuture, StoreMissing, TaskNotFound, Unavailable
from tasktimer.store import Store, served_file
from tasktimer.store.opening import open_store
from tasktimer.store.served_file import ServedFile
from tasktimer.tracker.looking import show
from tasktimer.tracker.stopping import stop
from tasktimer.tracker.tracking import track

NINE = datetime(2023, 7, 16, 9, tzinfo=UTC)
NOON = datetime(2023, 7, 16, 12, tzinfo=UTC)


def tracking(description: str) -> Callable[[Store], Task]:
    return lambda store: track(store, user_id=1, description=description, start_time=NINE, now=NOON)


def run(path: Path, work: Callable[[ServedFile], Coroutine[Any, Any, Any]], *, patience: float = 2) -> Any:
    """Do something with a served file, then let go of it."""

    async def whole() -> Any:
        served = ServedFile(path, patience=patience)
        try:
            return await work(served)
        finally:
            await served.close()

    return asyncio.run(whole())


def journal_mode(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tasks.db"
    open_store(path).upgrade()
    return path


def test_writes_that_wait_together_share_one_commit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commits = []
    commit = ServedFile._commit

    def counted(served: ServedFile, connection: sqlite3.Connection) -> None:
        commits.append(connection)
        commit(served, connection)

    monkeypatch.setattr(ServedFile, "_commit", counted)

    async def work(served: ServedFile) -> list[Task]:
        return await asyncio.gather(*(served.write(tracking(str(number))) for number in range(64)))

    tasks = run(path, work)
    assert [task.description for task in tasks] == [str(number) for number in range(64)]
    assert sorted(task.id for task in tasks) == list(range(1, 65))
    assert len(commits) == 1


def test_one_that_is_refused_leaves_the_others_alone(path: Path) -> None:
    def future(store: Store) -> Task:
        track(store, user_id=1, description="undone", start_time=NINE, now=NOON)
        return track(store, user_id=1, description="x", start_time=NOON, now=NINE)

    def broken(store: Store) -> Task:
        track(store, user_id=1, description="undone", start_time=NINE, now=NOON)
        raise ZeroDivisionError

    async def work(served: ServedFile) -> list[Any]:
        verbs = [tracking("a"), future, tracking("b"), broken, tracking("c")]
        return await asyncio.gather(*map(served.write, verbs), return_exceptions=True)

    outcomes = run(path, work)
    assert [type(outcome) for outcome in outcomes] == [Task, InTheFuture, Task, ZeroDivisionError, Task]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT description FROM tasks").fetchall() == [("a",), ("b",), ("c",)]


def test_what_is_acknowledged_is_seen_by_others_and_reads_see_it(path: Path) -> None:
    async def work(served: ServedFile) -> None:
        task = await served.write(tracking("x"))
        assert await served.read(partial(show, task_id=task.id)) == task
        assert show(open_store(path), task.id) == task
        stop(open_store(path), [task.id], by=1, now=NOON)
        assert not (await served.read(partial(show, task_id=task.id))).running

    run(path, work)


def test_the_file_is_in_wal_mode_while_it_is_served_and_returns_to_rest(path: Path) -> None:
    async def work(served: ServedFile) -> None:
        await served.write(tracking("x"))
        assert journal_mode(path) == "wal"
        with open_store(path).write():  # a command beside it leaves the mode
            pass
        assert journal_mode(path) == "wal"

    run(path, work)
    assert journal_mode(path) == "delete"
    assert os.listdir(path.parent) == ["tasks.db"]


def test_soon_after_the_last_write_the_file_alone_is_the_whole(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_file, "_SECONDS_TO_REST", 0.01)

    async def work(served: ServedFile) -> None:
        await served.write(tracking("x"))
        await asyncio.sleep(0.1)
        (tmp_path / "copy.db").write_bytes(path.read_bytes())

    run(path, work)
    assert show(open_store(tmp_path / "copy.db"), 1).description == "x"


def test_acknowledged_means_synced(path: Path) -> None:
    async def work(served: ServedFile) -> object:
        await served.write(tracking("x"))
        return served._writer.execute("PRAGMA synchronous").fetchone()

    assert run(path, work) == (3,)


def test_a_write_waits_for_a_command_while_reads_go_on(path: Path) -> None:
    async def work(served: ServedFile) -> None:
        await served.write(tracking("x"))
        with closing(sqlite3.connect(path, isolation_level=None)) as command:
            command.execute("BEGIN IMMEDIATE")
            waiting = asyncio.create_task(served.write(tracking("y")))
            for _ in range(10):
                await asyncio.sleep(0.01)
                assert (await served.read(partial(show, task_id=1))).description == "x"
            assert not waiting.done()
            command.execute("ROLLBACK")
            assert (await waiting).id == 2

    run(path, work)


def test_a_command_that_does_not_end_is_told_of(path: Path) -> None:
    async def work(served: ServedFile) -> None:
        await served.write(tracking("x"))
        with closing(sqlite3.connect(path, isolation_level=None)) as command:
            command.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable, match="locked"):
                await served.write(tracking("y"))
        assert (await served.write(tracking("z"))).id == 2

    run(path, work, patience=0.05)


def test_a_file_is_created_by_the_first_task_and_by_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "new" / "tasks.db"

    async def work(served: ServedFile) -> None:
        with pytest.raises(StoreMissing):
            await served.read(partial(show, task_id=1))
        with pytest.raises(TaskNotFound):
            await served.write(partial(stop, ids=[1], by=1, now=NOON))
        assert not path.parent.exists()
        assert (await served.write(tracking("x"))).id == 1

    run(path, work)
    assert path.stat().st_mode & 0o777 == 0o600


def test_another_file_in_its_place_is_the_one_that_is_used(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "backup.db"
    track(open_store(other), user_id=7, description="from the backup", start_time=NINE, now=NOON)

    async def work(served: ServedFile) -> None:
        await served.write(tracking("x"))
        other.replace(path)
        assert (await served.read(partial(show, task_id=1))).description == "from the backup"
        other.write_bytes(path.read_bytes())
        other.replace(path)
        assert (await served.write(tracking("y"))).id == 2

    run(path, work)
    assert [show(open_store(path), number).description for number in (1, 2)] == ["from the backup", "y"]


def test_a_file_of_another_program_in_its_place_is_refused_and_left(path: Path) -> None:
    async def work(served: ServedFile) -> None:
        await served.write(tracking("x"))
        path.unlink()
        path.write_text("not ours" * 100)
        for attempt in (served.read(partial(show, task_id=1)), served.write(tracking("y"))):
            with pytest.raises(Unavailable, match="not a tasktimer file"):
                await attempt

    run(path, work)
    assert path.read_text() == "not ours" * 100


def test_a_full_disk_fails_those_who_wait_and_nobody_else(path: Path) -> None:
    async def work(served: ServedFile) -> None:
        await served.write(tracking("x"))
        (pages,) = served._writer.execute("PRAGMA page_count").fetchone()
        served._writer.execute(f"PRAGMA max_page_count = {pages}")
        attempts = await asyncio.gather(*(served.write(tracking("y" * 9000)) for _ in range(4)), return_exceptions=True)
        assert {type(attempt) for attempt in attempts} == {Unavailable}
        served._writer.execute("PRAGMA max_page_count = 100000")
        assert (await served.write(tracking("z"))).description == "z"

    run(path, work)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT description FROM tasks").fetchall() == [("x",), ("z",)]


def test_an_older_file_is_not_served(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")

    async def work(served: ServedFile) -> None:
        for attempt in (served.read(partial(show, task_id=1)), served.write(tracking("y"))):
            with pytest.raises(Unavailable, match="schema of an older tasktimer"):
                await attempt

    run(path, work)


def test_closing_finishes_what_was_begun(path: Path) -> None:
    async def work(served: ServedFile) -> list[asyncio.Task[Task]]:
        writes = [asyncio.create_task(served.write(tracking(str(number)))) for number in range(8)]
        await asyncio.sleep(0)
        return writes

    writes = run(path, work)
    assert [write.result().description for write in writes] == [str(number) for number in range(8)]


def test_the_loop_goes_on_while_the_disk_is_waited_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()
    commit = ServedFile._commit
    monkeypatch.setattr(ServedFile, "_commit", lambda self, connection: held.wait(5) and commit(self, connection))

    async def work(served: ServedFile) -> None:
        write = asyncio.create_task(served.write(tracking("x")))
        await asyncio.sleep(0.05)
        assert not write.done()
        with pytest.raises(TaskNotFound):
            await served.read(partial(show, task_id=1))  # what is not on the disk yet is not seen
        held.set()
        assert (await write).id == 1

    run(path, work)


def test_one_process_serves_a_file(path: Path) -> None:
    async def work(served: ServedFile) -> None:
        await served.write(tracking("x"))
        second = ServedFile(path, patience=1)
        for attempt in (second.read(partial(show, task_id=1)), second.write(tracking("y"))):
            with pytest.raises(Unavailable, match="another process serves"):
                await attempt
        await second.close()
        assert (await served.write(tracking("y"))).description == "y"

    run(path, work)
    run(path, work)
    assert os.listdir(path.parent) == ["tasks.db"]


def test_where_wal_cannot_be_had_it_is_served_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: ServedFile, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = DELETE")

    monkeypatch.setattr(ServedFile, "_use_wal", refused)

    async def work(served: ServedFile) -> list[Task]:
        tasks = await asyncio.gather(*(served.write(tracking(str(number))) for number in range(8)))
        for task in tasks:
            assert await served.read(partial(show, task_id=task.id)) == task
        return tasks

    assert len(run(path, work)) == 8
