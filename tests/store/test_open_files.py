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

import pytest
from tests.conftest import wait_until
from tests.store.test_stale_journals import is_locked

from tasktimer import open_tracker
from tasktimer.errors import Unavailable
from tasktimer.store.factory import open_store
from tasktimer.store.sqlite import folders, locks, new_file, open_files
from tasktimer.store.sqlite.backup import back_up
from tasktimer.store.sqlite.open_files import held

LOCKS = Path("/proc/locks")
LOCKED = 17  # an exit code of nothing else
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
    """The POSIX locks that this process holds on a file, as the kernel lists them."""
    inode = str(path.stat().st_ino)
    held_locks = (line.split() for line in LOCKS.read_text(encoding="ascii").splitlines())
    return {
        " ".join(words[3:4] + words[6:])
        for words in held_locks
        if words[1] == "POSIX" and words[4] == str(os.getpid()) and words[5].rpartition(":")[2] == inode
    }


@needs_locks
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_lock_outlasts_what_other_threads_do(path: Path, use: Callable[[Path], object]) -> None:
    with transaction(path):
        before = locks_on(path)
        assert len(before) >= 2  # a shared and a reserved one
        use(path)
        assert locks_on(path) == before


def test_no_other_process_can_write_while_another_thread_reads(path: Path) -> None:
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
def test_a_file_that_is_new_keeps_the_locks_of_other_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tasks.db"
    publish = new_file.link_into_place

    def publish_and_look(private: Path, target: Path) -> bool:
        assert publish(private, target)
        stack.enter_context(transaction(path))
        before.update(locks_on(path))
        return True

    before: set[str] = set()
    monkeypatch.setattr(new_file, "link_into_place", publish_and_look)
    with ExitStack() as stack:
        new_file.create(path)
        assert len(before) >= 2
        assert locks_on(path) == before


def descriptors_of(path: Path) -> list[str]:
    return [name for name in os.listdir("/proc/self/fd") if Path(f"/proc/self/fd/{name}").resolve() == path]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists the open files")
def test_one_descriptor_serves_all_holders_and_is_closed_with_the_last(path: Path) -> None:
    with held(path) as first:
        with held(path) as second:
            assert second is first
        assert len(descriptors_of(path)) == 1
        assert first.read(16) == b"SQLite format 3\0"
    assert descriptors_of(path) == []


def test_a_file_that_took_the_place_of_another_is_another(path: Path) -> None:
    with held(path) as first:
        path.rename(path.with_name("old.db"))
        open_store(path).upgrade()
        assert not first.is_at(path)
        with held(path) as second:
            assert second is not first
            assert second.is_at(path)


def in_child(action: Callable[[], object]) -> int:
    """Do something in a child of this process, and return its exit code."""
    child = os.fork()
    if not child:
        try:
            action()
        except BaseException:  # noqa: BLE001 (the child must not go on with the tests)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_fork_waits_for_the_transactions_of_other_threads(path: Path) -> None:
    """The child would have SQLite's notes on their locks, and not the locks."""
    is_forking = open_files._open_files._admitting.locked
    with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        stack.enter_context(transaction(path))

        def end_the_transaction() -> None:
            wait_until(is_forking)
            stack.close()

        ending = pool.submit(end_the_transaction)
        assert in_child(lambda: open_tracker(path, user=1).track("in the child")) == 0
        ending.result()
    assert [task.description for task in open_tracker(path).running_tasks()] == ["in the child"]


def test_a_child_that_was_forked_by_a_server_cannot_use_its_file(path: Path) -> None:
    def use() -> None:
        with pytest.raises(Unavailable, match="was open when this process was forked") as raised:
            open_tracker(path).running_tasks()
        assert raised.value.code == "store-forked"

    with held(path, lasting=True):
        assert in_child(use) == 0
        assert open_tracker(path).running_tasks() == []


def test_a_fork_does_not_wait_for_a_thread_that_waits_for_a_lock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread looks at the file again while it waits, which a waiting fork must let it do."""
    looked = threading.Event()
    refuses_locks = locks.refuses_locks

    def look(file: Path) -> bool:
        if not looked.is_set():
            looked.set()
            wait_until(open_files._open_files._admitting.locked)  # a fork waits
        return refuses_locks(file)

    monkeypatch.setattr(locks, "refuses_locks", look)
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    with ThreadPoolExecutor(2) as pool, held(path, lasting=True), closing(holder):
        holder.execute("BEGIN IMMEDIATE")
        waiting = pool.submit(lambda: open_tracker(path, user=1).track("waited"))
        looked.wait()

        def end_the_transaction() -> None:
            wait_until(open_files._open_files._admitting.locked)
            holder.execute("ROLLBACK")

        ending = pool.submit(end_the_transaction)
        started = time.monotonic()
        assert in_child(lambda: None) == 0
        assert time.monotonic() - started < open_files._FORK_TIMEOUT
        ending.result()
        assert waiting.result().id == 1


def test_a_folder_is_not_locked_by_a_child_of_a_fork(tmp_path: Path) -> None:
    source, sink = os.pipe()
    with folders.locked(tmp_path):
        child = os.fork()
        if not child:
            os.close(sink)
            os.read(source, 1)  # until the parent closes its end
            os._exit(0)
    assert not is_locked(tmp_path)
    os.close(sink)
    os.close(source)
    os.waitpid(child, 0)


def test_a_disk_that_fails_while_the_first_bytes_are_read_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pread(*_: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "pread", pread)
    with pytest.raises(Unavailable, match="cannot be read") as raised:
        open_tracker(path).running_tasks()
    assert raised.value.code == "store-io"
