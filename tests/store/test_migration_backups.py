"""Backups of a file: a snapshot while others write, verified, or no file at all."""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.commits import connect_with
from tests.conftest import NOW
from tests.store.test_migrations import old_file

from tasktimer.core.task import Actor
from tasktimer.errors import Conflict, Unavailable
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import SCHEMA_VERSION
from tasktimer.store.sqlite import backup


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tasks.db"
    for number in range(3):
        start_task(open_store(path), Actor(1, 1), NewTask(f"task {number}", start_time=NOW), now=NOW)
    return path


def ids(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        return [number for (number,) in connection.execute("SELECT id FROM tasks ORDER BY id")]


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_backup_is_a_snapshot_while_others_write(path: Path, tmp_path: Path, mode: str) -> None:
    ended = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=60)) as connection:
            connection.execute(f"PRAGMA journal_mode = {mode}")
            while not ended.is_set():
                with connection:
                    connection.execute("INSERT INTO tasks (user_id, description, start_time) VALUES (1, 'x', 0)")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [backup.back_up(path, tmp_path / f"copy{number}.db", numbered=False) for number in range(5)]
    finally:
        ended.set()
        writer.join()
    for copy, tasks in copies:
        assert ids(copy) == list(range(1, tasks + 1))
    assert copies[-1][1] > copies[0][1] >= 3


def test_backup_of_served_file_includes_wal(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as server:
        server.execute("PRAGMA journal_mode = WAL")
        with server:
            server.execute("INSERT INTO tasks (user_id, description, start_time) VALUES (1, 'in the WAL', 0)")
        copy, tasks = backup.back_up(path, tmp_path / "copies.db", numbered=False)
    assert (tasks, ids(copy)) == (4, [1, 2, 3, 4])
    assert copy.read_bytes()[18:20] == b"\1\1"  # no WAL
    assert sorted(os.listdir(tmp_path)) == ["copies.db", "tasks.db"]


def test_backup_keeps_older_schema(tmp_path: Path) -> None:
    source = old_file(tmp_path / "old.db", 1)
    copy, tasks = backup.back_up(source, tmp_path / "copy.db", numbered=False)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,) != (SCHEMA_VERSION,)
        assert connection.execute("SELECT count(*) FROM tasks").fetchone() == (tasks,)
    assert sorted(os.listdir(tmp_path)) == ["copy.db", "old.db"]


def test_damaged_file_is_not_copied(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'tasks_by_project'").fetchone()
    with path.open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xff" * 4096)
    with pytest.raises(Unavailable) as error:
        backup.back_up(path, tmp_path / "copy.db", numbered=False)
    assert error.value.code == "store-damaged"
    assert os.listdir(tmp_path) == ["tasks.db"]


def test_incomplete_backup_is_discarded(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lossy(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **options: Any) -> None:
            super().backup(target, **options)
            target.execute("DELETE FROM tasks WHERE id = 2")

    connect_with(monkeypatch, Lossy)
    with pytest.raises(Unavailable, match="a copy of it is incomplete"):
        backup.back_up(path, tmp_path / "copy.db", numbered=False)
    assert os.listdir(tmp_path) == ["tasks.db"]


def test_concurrent_file_with_the_name_is_kept(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def link_later(private: Path, target: Path) -> None:
        if not target.exists():
            target.write_text("mine")
        link(private, target)

    monkeypatch.setattr(os, "link", link_later)
    with pytest.raises(Conflict, match=r"copy\.db already exists"):
        backup.back_up(path, tmp_path / "copy.db", numbered=False)
    assert (tmp_path / "copy.db").read_text() == "mine"
    monkeypatch.undo()
    assert backup.back_up(path, tmp_path / "copy.db", numbered=True)[0] == tmp_path / "copy-2.db"
