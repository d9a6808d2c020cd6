"""A restore replaces the content of a file or changes nothing, and keeps a copy of the previous content."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.commits import connect_with, error_of, fail
from tests.conftest import wait_until
from tests.store.test_open_files import transaction

from tasktimer import open_tracker
from tasktimer.cli.hints import hint_for
from tasktimer.core.task import Task
from tasktimer.errors import Conflict, NotFound, TasktimerError, Unavailable
from tasktimer.store.protocols import Interrupts
from tasktimer.store.sqlite.restore import Restore, Restored, preparing
from tasktimer.store.sqlite.server_lock import ServerLock

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
KEPT = "tasks.db.replaced-20260301T123000"
SCHEMAS = Path(__file__).parent / "schemas"


def descriptions(path: Path) -> list[str]:
    with open_tracker(path) as tracker:
        return [task.description for task in tracker.list_tasks()]


def is_sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def restored(copy: Path, path: Path) -> Restored:
    with preparing(copy, path) as ready:
        return ready.carry_out(now=NOW)


@pytest.fixture
def copy(path: Path, copies: Path) -> Path:
    """A backup with one task, of a file that now has two."""
    with open_tracker(path, user=1) as tracker:
        tracker.track("old")
        made = tracker.backup(copies / "copy.db").path
        tracker.track("new")
    return made


def test_restore_replaces_content_and_keeps_copy(path: Path, copy: Path) -> None:
    inode = path.stat().st_ino
    assert restored(copy, path) == Restored(path.with_name(KEPT), [])
    assert path.stat().st_ino == inode
    assert descriptions(path) == ["old"]
    assert descriptions(path.with_name(KEPT)) == ["old", "new"]
    assert descriptions(copy) == ["old"]
    assert sorted(name for name in os.listdir(path.parent) if name != "copies") == ["tasks.db", KEPT]


def test_kept_copy_can_be_restored(path: Path, copy: Path) -> None:
    kept = restored(copy, path).kept
    assert kept is not None
    again = restored(kept, path)
    assert again.kept == path.with_name(f"{KEPT}.2")
    assert descriptions(path) == ["old", "new"]


def test_restore_creates_missing_file(path: Path, copy: Path) -> None:
    path.unlink()
    assert restored(copy, path) == Restored(None, [])
    assert descriptions(path) == ["old"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_older_backup_is_upgraded_by_next_command(path: Path, copies: Path) -> None:
    old = copies / "old.db"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript((SCHEMAS / "sqlite-1.sql").read_text(encoding="utf-8"))
        connection.execute("INSERT INTO tasks (user_id, description, start_time) VALUES (1, 'old', 0)")
        connection.commit()
    restored(old, path)
    assert descriptions(path) == ["old"]


@pytest.mark.parametrize("content", [b"", b"x" * 5000])
@pytest.mark.parametrize("has_journals", [False, True])
@pytest.mark.parametrize("has_links", [False, True])
def test_unreadable_file_is_moved_aside_with_journals(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, has_journals: bool, has_links: bool
) -> None:
    def no_link(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    path.write_bytes(content)
    journals = ["-journal", "-wal"] if has_journals else []
    for suffix in journals:
        path.with_name(f"tasks.db{suffix}").write_bytes(suffix.encode())
    if not has_links:
        monkeypatch.setattr(os, "link", no_link)
    assert restored(copy, path).kept == path.with_name(KEPT)
    assert descriptions(path) == ["old"]
    assert is_sound(path)
    assert path.with_name(KEPT).read_bytes() == content
    for suffix in journals:
        assert path.with_name(f"{KEPT}{suffix}").read_bytes() == suffix.encode()
    names = {"copies", "tasks.db", KEPT, *(f"{KEPT}{suffix}" for suffix in journals)}
    assert set(os.listdir(path.parent)) == names


def test_file_with_damaged_schema_is_moved_aside(path: Path, copy: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3996)  # the rest of the first page, with the schema
    assert restored(copy, path).kept == path.with_name(KEPT)
    assert descriptions(path) == ["old"]


def test_damage_error_names_journal_and_restore(path: Path) -> None:
    path.write_bytes(b"")
    path.with_name("tasks.db-journal").write_bytes(b"journal")
    with pytest.raises(Unavailable) as raised:
        descriptions(path)
    assert raised.value.message == f"{path} is damaged: it is empty (beside it: tasks.db-journal)"
    assert hint_for(raised.value) == f"to restore a backup, run: tasktimer --database {path} restore COPY"


class Killed(BaseException):
    pass


def carry_out_until(ready: Restore, last: int, *, is_late: bool) -> int:
    """Restore in a process that is killed before or after the nth system call; return the number of calls."""
    numbers = count(1)

    def dying(function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: Any, **options: Any) -> object:
            is_last = next(numbers) == last
            if is_last and not is_late:
                raise Killed
            result = function(*arguments, **options)
            if is_last:
                raise Killed
            return result

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("link", "unlink", "replace", "fsync"):
            patch.setattr(os, name, dying(getattr(os, name)))
        ready.carry_out(now=NOW)
    return next(numbers) - 1


def recovers(path: Path, copy: Path) -> bool:
    """Return whether the next command works, or reports damage until the file is restored again."""
    try:
        open_tracker(path, user=1).track("next")
    except Unavailable as error:
        assert error.code in ("store-damaged", "store-unrecognized")
        restored(copy, path)
        return descriptions(path) == ["old"] and is_sound(path)
    return sorted(descriptions(path)) == ["next", "old"] and is_sound(path)


@pytest.mark.parametrize("is_late", [False, True])
def test_restore_of_damaged_file_killed_at_any_step_leaves_no_empty_file(path: Path, copy: Path, is_late: bool) -> None:
    calls = None
    for last in count(1):
        for leftover in path.parent.glob("tasks.db*"):
            leftover.unlink()
        path.write_bytes(b"damaged" * 1000)
        path.with_name("tasks.db-journal").write_bytes(b"journal")
        with suppress(Killed), preparing(copy, path) as ready:
            calls = carry_out_until(ready, last, is_late=is_late)
        assert recovers(path, copy)
        if calls is not None:
            break
    assert calls is not None
    assert calls >= 8


def test_waiting_command_reads_restored_content(path: Path, copy: Path) -> None:
    started: list[Future[Task]] = []

    class Source(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **options: Any) -> None:
            if not started and self.execute("PRAGMA database_list").fetchone()[2] == str(path):
                started.append(pool.submit(lambda: open_tracker(path, user=1).track("waited")))
                wait_until(started[0].running)
            super().backup(target, **options)

    with ThreadPoolExecutor(1) as pool, pytest.MonkeyPatch.context() as patch:
        connect_with(patch, Source)
        kept = restored(copy, path).kept
    assert [waited.result().description for waited in started] == ["waited"]
    assert kept is not None
    assert descriptions(path) == ["old", "waited"]
    assert descriptions(kept) == ["old", "new"]


def test_restore_waits_for_transaction(path: Path, copy: Path) -> None:
    with ThreadPoolExecutor(1) as pool, preparing(copy, path) as ready:
        with transaction(path):
            restoring = pool.submit(ready.carry_out, now=NOW)
            wait_until(restoring.running)
            assert not restoring.done()
        kept = restoring.result().kept
    assert kept is not None
    assert descriptions(path) == ["old"]


def test_restore_of_served_file_fails(path: Path, copy: Path) -> None:
    serving = ServerLock(path)
    serving.acquire()
    with pytest.raises(Unavailable, match="another process is serving") as raised:
        restored(copy, path)
    assert raised.value.hint == "stop the server, then restore"
    assert descriptions(path) == ["old", "new"]
    serving.release()
    link = path.with_name("link.db")
    link.symlink_to(path)
    serving = ServerLock(link)
    serving.acquire()
    with pytest.raises(Unavailable, match="another process is serving"):
        restored(copy, path)
    serving.release()


def test_restore_removes_journals_of_killed_server(path: Path, copy: Path, copies: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE tasks SET description = 'served' WHERE id = 2")
        for name in ("tasks.db", "tasks.db-wal", "tasks.db-shm"):
            shutil.copy(path.with_name(name), copies)
    killed = copies / "tasks.db"
    killed.with_name("tasks.db-serving").touch()
    kept = restored(copy, killed).kept
    assert kept is not None
    assert descriptions(killed) == ["old"]
    assert descriptions(kept) == ["old", "served"]
    assert sorted(os.listdir(copies)) == ["copy.db", "tasks.db", KEPT]


def test_restore_names_tokens_that_become_valid_again(path: Path, copies: Path) -> None:
    with open_tracker(path, user=42) as tracker:
        tracker.create_token(name="laptop")
        tracker.create_token(name="phone")
        tracker.create_token(name="before")
        tracker.revoke_tokens(3)
        copy = tracker.backup(copies / "copy.db").path
        tracker.create_token(name="later")
        tracker.revoke_tokens(2, 4)
        with preparing(copy, path) as ready:
            before = ready.revived_tokens()
            revived = ready.carry_out(now=NOW).revived
        assert before == revived
        assert revived is not None
        assert [(token.id, token.name) for token in revived] == [(2, "phone")]
        assert [token.id for token in tracker.tokens() if token.revoked_time is None] == [1, 2]
        path.write_bytes(b"damaged" * 1000)
        assert restored(copy, path).revived is None


def test_error_after_commit_point_is_uncertain(path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Source(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **options: Any) -> None:
            super().backup(target, **options)
            if target.execute("PRAGMA database_list").fetchone()[2] == str(path):
                fail()

    with preparing(copy, path) as ready:
        connect_with(monkeypatch, Source)
        with pytest.raises(Unavailable, match="may or may not have been stored"):
            ready.carry_out(now=NOW)


def truncated(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-100])


def of_another_program(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA application_id = 1")


def newer(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA user_version = 99")


def corrupted(copy: Path) -> None:
    with copy.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)


def in_parts(copy: Path) -> None:
    copy.with_name("copy.db-wal").write_bytes(b"wal")


UNUSABLE: list[tuple[Callable[[Path], None], type[TasktimerError], str]] = [
    (Path.unlink, NotFound, "there is no file"),
    (truncated, Unavailable, "is damaged: it is truncated"),
    (of_another_program, Unavailable, "is another program's SQLite file"),
    (newer, Unavailable, "was created by a newer version of tasktimer"),
    (corrupted, Unavailable, "is damaged"),
    (in_parts, Conflict, "part of it is in copy.db-wal"),
]


@pytest.mark.parametrize(("spoil", "error", "message"), UNUSABLE, ids=[message for *_, message in UNUSABLE])
def test_unusable_backup_changes_nothing(
    path: Path, copy: Path, spoil: Callable[[Path], None], error: type[TasktimerError], message: str
) -> None:
    spoil(copy)
    before = path.read_bytes()
    with pytest.raises(error, match=message) as raised:
        restored(copy, path)
    hint = hint_for(raised.value)
    assert hint
    assert "--database" not in hint or "backup NEW_COPY" in hint
    assert path.read_bytes() == before
    assert sorted(name for name in os.listdir(path.parent) if name != "copies") == ["tasks.db"]


def test_restore_from_same_file_fails(path: Path) -> None:
    with pytest.raises(Conflict, match="is the file to be replaced"):
        restored(path, path)


def test_restore_does_not_replace_foreign_file(path: Path, copy: Path) -> None:
    of_another_program(path)
    with pytest.raises(Unavailable, match="another program's SQLite file"):
        restored(copy, path)


def test_wal_backup_in_read_only_folder_is_restored(path: Path, copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    copy.chmod(0o400)
    restored(copy, path)
    assert os.listdir(copy.parent) == ["copy.db"]
    assert descriptions(path) == ["old"]
    assert path.read_bytes()[18:20] == b"\x01\x01"  # the rollback journal


def damage(path: Path, table: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", [table]).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek(size * (page - 1))
        file.write(b"\xff" * size)


def test_file_with_damaged_table_is_replaced_in_place(path: Path, copies: Path) -> None:
    """Commands can still write to such a file: it must not be moved while they wait for the lock."""
    with open_tracker(path, user=1) as tracker:
        tracker.track("old")
        tracker.create_token(name="laptop")
        copy = tracker.backup(copies / "copy.db").path
    damage(path, "tokens")
    inode = path.stat().st_ino
    with preparing(copy, path) as ready:
        assert ready.revived_tokens() is None
        assert ready.carry_out(now=NOW) == Restored(path.with_name(KEPT), None)
    assert path.stat().st_ino == inode
    assert descriptions(path) == ["old"]
    assert is_sound(path)


def test_restore_to_missing_file_holds_interrupts(path: Path, copy: Path) -> None:
    class Recorded(Interrupts):
        held = False

        def hold(self) -> None:
            assert not path.exists()
            self.held = True

    path.unlink()
    interrupts = Recorded()
    with preparing(copy, path) as ready:
        ready.carry_out(now=NOW, interrupts=interrupts)
    assert interrupts.held


def test_full_disk_is_not_reported_as_bad_backup(path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(sqlite3.Connection):
        def backup(self, *_: Any, **__: Any) -> None:
            raise error_of("database or disk is full", sqlite3.SQLITE_FULL)

    connect_with(monkeypatch, Full)
    with pytest.raises(Unavailable, match=f"the disk that contains {path.parent} is full") as raised:
        restored(copy, path)
    assert raised.value.hint == "free some space; nothing was changed"
