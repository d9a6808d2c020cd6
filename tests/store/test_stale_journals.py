"""A journal that outlived its file is never applied to another file with the same name."""

import errno
import fcntl
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.conftest import Run

from tasktimer import open_tracker
from tasktimer.errors import Unavailable
from tasktimer.store.sqlite import new_file
from tasktimer.store.sqlite.open_files import journals_of


@pytest.fixture(params=["-journal", "-wal"])
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def left_behind(path: Path, suffix: str) -> Path:
    """A folder with only the journals that a killed command or server left beside a file."""
    with open_tracker(path, user=1) as tracker:
        for number in range(40):
            tracker.track(f"task {number}")
    folder = path.parent / "crashed"
    folder.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if suffix == "-wal":
            connection.execute("PRAGMA journal_mode = WAL")
        else:
            connection.execute("PRAGMA cache_size = 1")  # so that pages reach the disk before the commit
            connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE tasks SET description = description || ' again'")
        for journal in journals_of(path):
            shutil.copy(journal, folder)
    assert (folder / f"tasks.db{suffix}").stat().st_size > 0
    return folder


def is_sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def test_new_file_ignores_journal_of_deleted_file(run: Run, left_behind: Path) -> None:
    new = left_behind / "tasks.db"
    assert run("--database", str(new), "track", "first").out == "1\n"
    assert run("--database", str(new), "list", "--running").exit_code == 0
    assert is_sound(new)
    assert [path.name for path in left_behind.iterdir()] == ["tasks.db"]


def test_backup_ignores_journal_of_deleted_file(run: Run, path: Path, left_behind: Path) -> None:
    assert run("--database", str(path), "backup", str(left_behind / "tasks.db")).exit_code == 0
    assert len(open_tracker(left_behind / "tasks.db").running_tasks()) == 40
    assert is_sound(left_behind / "tasks.db")


def test_existing_file_keeps_journal(left_behind: Path, suffix: str) -> None:
    taken = left_behind / "tasks.db"
    taken.touch()
    new_file.create(taken)
    assert (left_behind / f"tasks.db{suffix}").exists()
    assert taken.stat().st_size == 0


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))  # as NFS says of a folder

    monkeypatch.setattr(fcntl, "flock", flock)


def test_stale_journal_is_kept_without_folder_lock(
    monkeypatch: pytest.MonkeyPatch, left_behind: Path, suffix: str
) -> None:
    without_locks(monkeypatch)
    new = left_behind / "tasks.db"
    with pytest.raises(Unavailable, match="belongs to an earlier file") as raised:
        open_tracker(new, user=1).track("first")
    assert raised.value.hint == f"make sure that no program is using it, then remove it: rm {new}{suffix}"
    assert not new.exists()
    for journal in journals_of(new):
        journal.unlink()
    assert open_tracker(new, user=1).track("first").id == 1


def is_locked(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@pytest.mark.parametrize("has_links", [True, False])
def test_new_file_is_renamed_under_folder_lock(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, has_links: bool
) -> None:
    link, rename = os.link, Path.rename
    was_locked = []

    def link_if_it_can(source: Path, target: Path) -> None:
        if not has_links:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        was_locked.append(is_locked(tmp_path))
        link(source, target)

    def look_and_rename(source: Path, target: Path) -> Path:
        was_locked.append(is_locked(tmp_path))
        return rename(source, target)

    monkeypatch.setattr(os, "link", link_if_it_can)
    monkeypatch.setattr(Path, "rename", look_and_rename)
    new_file.create(tmp_path / "tasks.db")
    assert was_locked == [True]
    assert open_tracker(tmp_path / "tasks.db").running_tasks() == []
    assert not is_locked(tmp_path)
