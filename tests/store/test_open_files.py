"""No descriptor of a database file is closed while a connection of this process to it is open."""

import errno
import multiprocessing
import os
import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.commits import connect_with
from tests.store.test_stale_journals import is_locked

from tasktimer import open_tracker
from tasktimer.errors import Unavailable
from tasktimer.store.factory import open_store
from tasktimer.store.sqlite import new_file
from tasktimer.store.sqlite.backup import back_up
from tasktimer.store.sqlite.open_files import held, identity_of

forking = threading.Event()
os.register_at_fork(before=forking.set)  # runs before the hook of the program, which waits

LOCKS = Path("/proc/locks")
LOCKED = 17  # an exit code of nothing else
FORK_TIMEOUT = 10  # seconds that a fork waits for transactions
needs_locks = pytest.mark.skipif(not LOCKS.exists(), reason="only Linux lists the locks of files")

USES = {
    "read": lambda path: open_tracker(path).running_tasks(),
    "write": lambda path: open_tracker(path).tokens(),
    "info": lambda path: open_tracker(path).info(),
    "back up": lambda path: back_up(path, path.with_name("copy.db"), numbered=True),
    "create": new_file.create,
}


@contextmanager
def transaction(path: Path) -> Iterator[None]:
    """Hold a write lock in another thread until the block ends."""
    begun, ended = threading.Event(), threading.Event()

    def write() -> None:
        with open_store(path).write():
            begun.set()
            ended.wait()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        begun.wait()
        try:
            yield
        finally:
            ended.set()
        writing.result()


def locks_on(path: Path) -> set[str]:
    """Return the POSIX locks of this process on a file, as listed by the kernel."""
    inode = str(path.stat().st_ino)
    held_locks = (line.split() for line in LOCKS.read_text(encoding="ascii").splitlines())
    return {
        " ".join(words[3:4] + words[6:])
        for words in held_locks
        if words[1] == "POSIX" and words[4] == str(os.getpid()) and words[5].rpartition(":")[2] == inode
    }


@needs_locks
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_lock_survives_other_threads(path: Path, use: Callable[[Path], object]) -> None:
    with transaction(path):
        before = locks_on(path)
        assert len(before) >= 2  # a shared and a reserved one
        use(path)
        assert locks_on(path) == before


def test_other_process_cannot_write_while_thread_reads(path: Path) -> None:
    with transaction(path):
        open_tracker(path).running_tasks()
        other = multiprocessing.get_context("spawn").Process(target=_begin, args=(path,))
        other.start()
        other.join()
        assert other.exitcode == LOCKED


def _begin(path: Path) -> None:
    try:
        sqlite3.connect(path, timeout=0).execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        sys.exit(LOCKED if error.sqlite_errorcode == sqlite3.SQLITE_BUSY else 1)


@needs_locks
def test_creating_file_keeps_locks_of_other_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tasks.db"
    link = os.link

    def link_and_write(private: Path, target: Path) -> None:
        link(private, target)
        stack.enter_context(transaction(path))
        before.update(locks_on(path))

    before: set[str] = set()
    monkeypatch.setattr(os, "link", link_and_write)
    with ExitStack() as stack:
        new_file.create(path)
        assert len(before) >= 2
        assert locks_on(path) == before


def descriptors_of(path: Path) -> list[str]:
    return [name for name in os.listdir("/proc/self/fd") if Path(f"/proc/self/fd/{name}").resolve() == path]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists the open files")
def test_holders_share_one_descriptor_until_last_is_done(path: Path) -> None:
    with held(path) as first:
        with held(path) as second:
            assert second is first
        assert len(descriptors_of(path)) == 1
        assert first.read(16) == b"SQLite format 3\0"
    assert descriptors_of(path) == []


def test_replacement_is_a_different_file(path: Path) -> None:
    with held(path) as first:
        path.rename(path.with_name("old.db"))
        open_store(path).upgrade()
        assert first.identity != identity_of(path)
        with held(path) as second:
            assert second is not first
            assert second.identity == identity_of(path)


def in_child(action: Callable[[], object]) -> int:
    """Call a function in a forked child and return its exit code."""
    child = os.fork()
    if not child:
        try:
            action()
        except BaseException:  # noqa: BLE001 (the child must not go on with the tests)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_fork_waits_for_transactions_of_other_threads(path: Path) -> None:
    """The child would inherit SQLite's record of their locks, but not the locks."""
    forking.clear()
    with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        stack.enter_context(transaction(path))

        def end_the_transaction() -> None:
            forking.wait()
            stack.close()

        ending = pool.submit(end_the_transaction)
        assert in_child(lambda: open_tracker(path, user=1).track("in the child")) == 0
        ending.result()
    assert [task.description for task in open_tracker(path).running_tasks()] == ["in the child"]


def test_child_of_server_cannot_use_its_file(path: Path) -> None:
    def use() -> None:
        with pytest.raises(Unavailable, match="was open when this process was forked") as raised:
            open_tracker(path).running_tasks()
        assert raised.value.code == "store-forked"

    with held(path, lasting=True):
        assert in_child(use) == 0
        assert open_tracker(path).running_tasks() == []


def test_fork_does_not_wait_for_thread_without_lock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread opens the file again while it waits; a waiting fork must not block it."""
    waits = threading.Event()

    class Waiting(sqlite3.Connection):
        def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
            if statement == "PRAGMA database_list" and not waits.is_set():  # it looks for the file to which it waits
                waits.set()
                forking.wait()
            return super().execute(statement, *parameters)

    forking.clear()
    connect_with(monkeypatch, Waiting)
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    with ThreadPoolExecutor(2) as pool, held(path, lasting=True), closing(holder):
        holder.execute("BEGIN IMMEDIATE")
        waiting = pool.submit(lambda: open_tracker(path, user=1).track("waited"))
        waits.wait()

        def end_the_transaction() -> None:
            forking.wait()
            holder.execute("ROLLBACK")

        ending = pool.submit(end_the_transaction)
        started = time.monotonic()
        assert in_child(lambda: None) == 0
        assert time.monotonic() - started < FORK_TIMEOUT
        ending.result()
        assert waiting.result().id == 1


def test_forked_child_does_not_hold_folder_lock(tmp_path: Path) -> None:
    source, sink = os.pipe()
    with new_file.locked(tmp_path):
        child = os.fork()
        if not child:
            os.close(sink)
            os.read(source, 1)  # until the parent closes its end
            os._exit(0)
    assert not is_locked(tmp_path)
    os.close(sink)
    os.close(source)
    os.waitpid(child, 0)


def test_disk_error_while_reading_header_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pread(*_: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "pread", pread)
    with pytest.raises(Unavailable, match="cannot be read") as raised:
        open_tracker(path).running_tasks()
    assert raised.value.code == "store-io-error"
