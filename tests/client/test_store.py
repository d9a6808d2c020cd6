"""Info, upgrades, backups and tokens in Python."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.client.conftest import clock
from tests.conftest import NOW
from tests.store.test_migrations import old_file

from tasktimer import open_tracker
from tasktimer.core.store_info import StoreStats
from tasktimer.errors import Conflict, NotFound, Unavailable
from tasktimer.store.protocols import SCHEMA_VERSION


def test_info_describes_store_without_creating_it(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        info = tracker.info()
        assert (info.state, info.size, info.schema, info.counts, info.problem) == ("missing", None, None, None, None)
        tracker.track("x", project="acme", tags=["a", "b"])
        info = tracker.info()
        assert (info.state, info.schema, info.needed_schema) == ("current", SCHEMA_VERSION, SCHEMA_VERSION)
        assert info.counts == StoreStats(tasks=1, running=1, users=1, projects=1, tags=2, commands=1)
        assert info.size is not None
        assert info.size > 50_000
        assert str(info.engine).startswith("PostgreSQL 1" if "://" in database else "SQLite 3.")


def test_info_reports_unusable_store(tmp_path: Path) -> None:
    path = tmp_path / "cut.db"
    path.write_bytes(b"SQLite format 3\0 and no more")
    info = open_tracker(path).info()
    assert (info.state, info.size, info.counts) == ("unusable", 28, None)
    assert isinstance(info.problem, Unavailable)
    assert info.problem.code == "store-damaged"


def test_upgrade_migrates_older_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tracker = open_tracker(old_file(tmp_path / "old.db", 1).name, clock=clock)
    info = tracker.info()
    assert (tracker.database, info.state, info.schema) == (str(tmp_path / "old.db"), "older", 1)
    assert os.listdir(tmp_path) == ["old.db"]
    tracker.upgrade()
    info = tracker.info()
    assert (info.state, info.counts and info.counts.tasks) == ("current", 1)
    assert sorted(os.listdir(tmp_path)) == ["old.db", "old.db.schema-1"]


def test_tokens_are_created_listed_and_revoked(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        assert tracker.tokens() == []
        token, secret = tracker.create_token(name="laptop", expires_in=timedelta(days=90))
        assert (token.user_id, token.name, token.expiry_time) == (42, "laptop", NOW + timedelta(days=90))
        assert secret.startswith("tasktimer_")
        other, _ = tracker.create_token(admin=True, user=7)
        assert (tracker.tokens(), tracker.tokens(user="all")) == ([token], [token, other])
        assert [ended.revoked_time for ended in tracker.revoke_tokens(token.id)] == [NOW]
        with pytest.raises(Conflict):
            tracker.revoke_tokens(other.id, token.id)
        assert tracker.tokens(user=7) == [other]
        with pytest.raises(NotFound):
            tracker.revoke_tokens(99)


def test_backup_writes_to_file_folder_or_beside_database(tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    tracker = open_tracker(tmp_path / "tasks.db", clock=clock)
    tracker.track("x")
    time = "2023-07-16T120000"
    for path, name in [
        (None, f"tasks-{time}.db"),
        (tmp_path / "copies", f"copies/tasks-{time}.db"),
        (f"{tmp_path}/copies/", f"copies/tasks-{time}-2.db"),
        (tmp_path / "copy.db", "copy.db"),
    ]:
        backup = tracker.backup(path)
        assert (backup.path, backup.tasks, backup.size) == (tmp_path / name, 1, (tmp_path / name).stat().st_size)
        assert open_tracker(backup.path, clock=clock).running_tasks() == tracker.running_tasks()
    with pytest.raises(Conflict) as error:
        tracker.backup(tmp_path / "copy.db")
    assert error.value.code == "backup-exists"


@pytest.mark.usefixtures("postgres_programs")
def test_backup_of_postgres_writes_to_file_or_folder(postgres_url: str, tmp_path: Path) -> None:
    with open_tracker(postgres_url, user=1, clock=clock) as tracker:
        tracker.track("x")
        backup = tracker.backup(tmp_path / "copy.dump")
        assert (backup.path, backup.tasks, backup.size) == (tmp_path / "copy.dump", 1, backup.path.stat().st_size)
        assert tracker.backup(tmp_path).path.suffix == ".dump"
        with pytest.raises(Conflict) as error:
            tracker.backup(tmp_path / "copy.dump")
        assert error.value.code == "backup-exists"
