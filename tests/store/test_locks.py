"""File systems without locks, and files that another program has locked."""

import errno
import fcntl
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tasktimer.errors import Unavailable
from tasktimer.store.sqlite.connection import execute_with_retry, opened
from tasktimer.store.sqlite.open_files import refuses_locks
from tasktimer.store.sqlite.server_lock import ServerLock


def reject_locks(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def lock(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, name, lock)


def test_waiting_for_lock_keeps_other_locks(path: Path) -> None:
    with opened(path) as (holder, _):
        holder.execute("BEGIN EXCLUSIVE")
        assert not refuses_locks(path)
        with closing(sqlite3.connect(path, timeout=0)) as other, pytest.raises(sqlite3.OperationalError):
            other.execute("SELECT count(*) FROM tasks")


def test_file_system_without_locks_fails_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reject_locks(monkeypatch, "lockf")
    deadline = time.monotonic() + 120
    with opened(path) as (holder, _), opened(path) as (other, _):
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            execute_with_retry(other, "BEGIN IMMEDIATE", deadline)
    assert time.monotonic() < deadline


def test_server_on_file_system_without_locks_fails(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reject_locks(monkeypatch, "flock")
    with pytest.raises(Unavailable, match="does not support file locks"):
        ServerLock(path).acquire()
