"""Files: created complete and private, locked, synced."""

import fcntl
import os
import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Timer

import pytest

from tasktimer.errors import StoreMissing, Unavailable
from tasktimer.store.sqlite.store import SqliteStore
from tasktimer.store.statements import task_queries, task_writes

NINE = datetime(2023, 7, 16, 9, tzinfo=UTC)


def insert(store: SqliteStore) -> int:
    with store.write(create=True) as connection:
        return task_writes.insert_task(connection, user_id=1, description="write", start_time=NINE, end_time=None).id


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777])
def umask(request: pytest.FixtureRequest) -> object:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_new_file_and_folders_are_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "tasks.db"
    assert insert(SqliteStore(path)) == 1
    assert mode(path) == 0o600
    assert mode(path.parent) == mode(path.parent.parent) == 0o700
    assert os.listdir(path.parent) == ["tasks.db"]


def test_existing_folder_keeps_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    insert(SqliteStore(tmp_path / "tasks.db"))
    assert mode(tmp_path) == 0o755


def test_dangling_symlink_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "synced" / "tasks.db")
    insert(SqliteStore(link))
    assert link.is_symlink()
    assert (tmp_path / "synced" / "tasks.db").is_file()


@pytest.mark.parametrize("name", ["a?b#c%20d.db", "é 🦀.db", "-x.db", "x" * 240])
def test_unusual_file_names_work(tmp_path: Path, name: str) -> None:
    store = SqliteStore(tmp_path / name)
    assert [insert(store), insert(store)] == [1, 2]
    assert os.listdir(tmp_path) == [name]


def test_read_and_stop_create_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "folder" / "tasks.db")
    with store.read() as connection:
        assert task_queries.running_tasks(connection, None) == []
    assert str(store.missing_error()) == f"nothing has been tracked yet: {store.path} does not exist"
    with pytest.raises(StoreMissing), store.write():
        pass
    assert os.listdir(tmp_path) == []
    insert(store)
    assert store.missing_error() is None


def test_concurrently_created_file_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another first command creates the file just before ours is linked."""
    path = tmp_path / "tasks.db"
    fsync = os.fsync

    def too_late(descriptor: int) -> None:  # the new file is brought to the disk before it is linked
        monkeypatch.setattr(os, "fsync", fsync)
        assert insert(SqliteStore(path)) == 1
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", too_late)
    assert insert(SqliteStore(path)) == 2
    assert os.listdir(tmp_path) == ["tasks.db"]


@pytest.mark.parametrize("late", [False, True])
def test_file_is_created_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: bool) -> None:
    path = tmp_path / "tasks.db"

    def no_link(source: Path, target: Path) -> None:
        if late and not path.exists():
            path.write_bytes(b"the winner's")
        raise OSError(95, "Operation not supported", str(source), None, str(target))

    monkeypatch.setattr(os, "link", no_link)
    if late:
        with pytest.raises(Unavailable):
            insert(SqliteStore(path))
        assert path.read_bytes() == b"the winner's"
    else:
        assert insert(SqliteStore(path)) == 1
    assert os.listdir(tmp_path) == ["tasks.db"]


def read_all(store: SqliteStore) -> int:
    with store.read() as connection:
        return len(task_queries.running_tasks(connection, None))


def test_stuck_writer_is_reported(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "tasks.db", lock_timeout=0.3)
    insert(store)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as stuck:
        stuck.execute("BEGIN EXCLUSIVE")
        for use in (insert, read_all):
            with pytest.raises(Unavailable, match="is locked") as error:
                use(store)
            assert error.value.code == "store-locked"
    assert insert(store) == 2


@pytest.mark.parametrize("use", [insert, read_all])
@pytest.mark.parametrize("hold", [["BEGIN EXCLUSIVE"], ["BEGIN", "SELECT * FROM tasks"], ["BEGIN IMMEDIATE"]])
def test_command_waits_for_lock(tmp_path: Path, use: Callable[[SqliteStore], int], hold: list[str]) -> None:
    store = SqliteStore(tmp_path / "tasks.db")
    insert(store)
    with closing(sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)) as other:
        for statement in hold:
            other.execute(statement).fetchall()
        timer = Timer(0.3, other.rollback)
        timer.start()
        use(store)
        timer.join()


def test_write_locks_before_reading(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "tasks.db")
    with (
        store.write(create=True),
        closing(sqlite3.connect(store.path, timeout=0, isolation_level=None)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


def test_read_is_a_snapshot(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "tasks.db", lock_timeout=0.2)
    insert(store)
    with store.read() as connection:
        assert len(task_queries.running_tasks(connection, None)) == 1
        with pytest.raises(Unavailable, match="is locked"):
            insert(store)
        assert len(task_queries.running_tasks(connection, None)) == 1


def test_acknowledged_write_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_mode))
    with SqliteStore(tmp_path / "new" / "tasks.db").write(create=True) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA: the folder, too
        assert connection.execute("PRAGMA fullfsync").fetchone() == (1,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    # The new folder's name in its parent, the new file, and its name in the new folder.
    assert [stat.S_ISDIR(mode) for mode in synced] == [True, False, True]


def test_deleted_working_folder_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    with pytest.raises(Unavailable, match=r"cannot use tasks\.db: No such file"):
        insert(SqliteStore(Path("tasks.db")))


def test_concurrent_creation_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The winner creates the file while the other waits; the other uses it and does not replace it."""

    waiting, flock = Event(), fcntl.flock

    def no_link(source: Path, target: Path) -> None:
        raise OSError(95, "Operation not supported", str(source), None, str(target))

    def wait_for_lock(descriptor: int, operation: int) -> None:
        waiting.set()
        flock(descriptor, operation)

    winner = SqliteStore(tmp_path / "elsewhere" / "tasks.db")
    insert(winner)
    monkeypatch.setattr(os, "link", no_link)
    monkeypatch.setattr(fcntl, "flock", wait_for_lock)
    folder = tmp_path / "folder"
    folder.mkdir()
    turn = os.open(folder, os.O_RDONLY)
    flock(turn, fcntl.LOCK_EX)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(insert, SqliteStore(folder / "tasks.db"))
        assert waiting.wait(120)
        winner.path.rename(folder / "tasks.db")
        os.close(turn)
        assert second.result() == 2
