"""A file gets the content of a backup, or stays as it is; what was there is kept."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.commits import connect_with, error_of, fail
from tests.conftest import wait_until
from tests.store.test_open_files import transaction

from tasktimer import open_tracker
from tasktimer.core.task import Task
from tasktimer.errors import Conflict, NotFound, TasktimerError, Unavailable
from tasktimer.store.sqlite import restore
from tasktimer.store.sqlite.restore import Restored, preparing
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
    """A backup of a file with one task, which has two by now."""
    with open_tracker(path, user=1) as tracker:
        tracker.track("old")
        made = tracker.backup(copies / "copy.db").path
        tracker.track("new")
    return made


def test_the_content_is_replaced_and_what_was_there_is_kept(path: Path, copy: Path) -> None:
    inode = path.stat().st_ino
    assert restored(copy, path) == Restored(path.with_name(KEPT), [])
    assert path.stat().st_ino == inode
    assert descriptions(path) == ["old"]
    assert descriptions(path.with_name(KEPT)) == ["old", "new"]
    assert descriptions(copy) == ["old"]
    assert sorted(name for name in os.listdir(path.parent) if name != "copies") == ["tasks.db", KEPT]


def test_what_is_kept_can_be_restored_in_turn(path: Path, copy: Path) -> None:
    kept = restored(copy, path).kept
    assert kept is not None
    again = restored(kept, path)
    assert again.kept == path.with_name(f"{KEPT}.2")
    assert descriptions(path) == ["old", "new"]


def test_without_a_file_the_backup_becomes_it(path: Path, copy: Path) -> None:
    path.unlink()
    assert restored(copy, path) == Restored(None, [])
    assert descriptions(path) == ["old"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_backup_of_an_older_version_is_upgraded_by_the_next_command(path: Path, copies: Path) -> None:
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
def test_a_file_that_cannot_be_opened_is_moved_aside_with_its_journals(
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


def test_a_file_whose_tables_cannot_be_read_is_moved_aside(path: Path, copy: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3996)  # the rest of the first page, with the schema
    assert restored(copy, path).kept == path.with_name(KEPT)
    assert descriptions(path) == ["old"]


def test_a_damaged_file_names_the_journal_beside_it_and_the_way_out(path: Path) -> None:
    path.write_bytes(b"")
    path.with_name("tasks.db-journal").write_bytes(b"journal")
    with pytest.raises(Unavailable) as raised:
        descriptions(path)
    assert raised.value.message == f"{path} is damaged: it is empty (beside it: tasks.db-journal)"
    assert raised.value.hint == f"restore a backup: tasktimer --database {path} restore COPY"


STEPS = ["_keep", "remove_journals", "sync", "sync_folder"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("is_late", [False, True])
def test_whenever_the_exchange_of_a_damaged_file_ends_no_empty_file_takes_its_place(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, step: str, is_late: bool
) -> None:
    path.write_bytes(b"damaged" * 1000)
    path.with_name("tasks.db-journal").write_bytes(b"journal")

    class Killed(BaseException):
        pass

    function = getattr(restore, step)

    def killed(*arguments: object, **options: object) -> None:
        if is_late:
            function(*arguments, **options)
        raise Killed

    monkeypatch.setattr(restore, step, killed)
    with pytest.raises(Killed):
        restored(copy, path)
    monkeypatch.undo()
    try:
        open_tracker(path, user=1).track("next")
    except Unavailable as error:
        assert error.code in ("store-damaged", "store-not-ours")
        restored(copy, path)
        assert descriptions(path) == ["old"]
    else:
        assert sorted(descriptions(path)) == ["next", "old"]
    assert is_sound(path)


def test_a_command_that_waits_for_the_lock_meets_the_restored_content(path: Path, copy: Path) -> None:
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


def test_a_restore_waits_for_the_transaction_of_a_command(path: Path, copy: Path) -> None:
    with ThreadPoolExecutor(1) as pool, preparing(copy, path) as ready:
        with transaction(path):
            restoring = pool.submit(ready.carry_out, now=NOW)
            wait_until(restoring.running)
            assert not restoring.done()
        kept = restoring.result().kept
    assert kept is not None
    assert descriptions(path) == ["old"]


def test_while_a_server_uses_the_file_nothing_is_restored(path: Path, copy: Path) -> None:
    serving = ServerLock(path)
    serving.acquire()
    with pytest.raises(Unavailable, match="another process serves") as raised:
        restored(copy, path)
    assert raised.value.hint == "stop the server, then restore"
    assert descriptions(path) == ["old", "new"]
    serving.release()
    link = path.with_name("link.db")
    link.symlink_to(path)
    serving = ServerLock(link)
    serving.acquire()
    with pytest.raises(Unavailable, match="another process serves"):
        restored(copy, path)
    serving.release()


def test_the_leftovers_of_a_killed_server_are_removed(path: Path, copy: Path, copies: Path) -> None:
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


def test_tokens_that_become_valid_again_are_named(path: Path, copies: Path) -> None:
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


def test_an_error_after_the_commit_point_leaves_the_outcome_open(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Source(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **options: Any) -> None:
            super().backup(target, **options)
            if target.execute("PRAGMA database_list").fetchone()[2] == str(path):
                fail()

    with preparing(copy, path) as ready:
        connect_with(monkeypatch, Source)
        with pytest.raises(Unavailable, match="may or may not be stored"):
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
    (of_another_program, Unavailable, "is a SQLite file of another program"),
    (newer, Unavailable, "was created by a newer tasktimer"),
    (corrupted, Unavailable, "is damaged"),
    (in_parts, Conflict, "part of it is in copy.db-wal"),
]


@pytest.mark.parametrize(("spoil", "error", "message"), UNUSABLE, ids=[message for *_, message in UNUSABLE])
def test_a_copy_that_cannot_be_used_changes_nothing(
    path: Path, copy: Path, spoil: Callable[[Path], None], error: type[TasktimerError], message: str
) -> None:
    spoil(copy)
    before = path.read_bytes()
    with pytest.raises(error, match=message) as raised:
        restored(copy, path)
    assert raised.value.hint
    assert "--database" not in raised.value.hint or "backup NEW_COPY" in raised.value.hint
    assert path.read_bytes() == before
    assert sorted(name for name in os.listdir(path.parent) if name != "copies") == ["tasks.db"]


def test_a_file_is_not_restored_from_itself(path: Path) -> None:
    with pytest.raises(Conflict, match="is the file to be replaced"):
        restored(path, path)


def test_a_file_of_another_program_is_not_replaced(path: Path, copy: Path) -> None:
    of_another_program(path)
    with pytest.raises(Unavailable, match="of another program"):
        restored(copy, path)


def test_a_copy_in_wal_mode_can_be_restored_from_a_folder_that_cannot_be_written(path: Path, copy: Path) -> None:
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


def test_a_damaged_table_of_a_file_that_opens_is_replaced_in_place(path: Path, copies: Path) -> None:
    """Commands can still write to such a file: it must not be moved away from those that wait for the lock."""
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


def test_a_restore_to_a_missing_file_holds_interrupts_back(path: Path, copy: Path) -> None:
    class Interrupts:
        held = False

        def hold(self) -> None:
            assert not path.exists()
            self.held = True

        def release(self) -> None:
            pass

    path.unlink()
    interrupts = Interrupts()
    with preparing(copy, path) as ready:
        ready.carry_out(now=NOW, interrupts=interrupts)
    assert interrupts.held


def test_a_full_disk_is_not_blamed_on_the_copy(path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(sqlite3.Connection):
        def backup(self, *_: Any, **__: Any) -> None:
            raise error_of("database or disk is full", sqlite3.SQLITE_FULL)

    connect_with(monkeypatch, Full)
    with pytest.raises(Unavailable, match=f"the disk of {path.parent} is full") as raised:
        restored(copy, path)
    assert raised.value.hint == "free some space; nothing was changed"
