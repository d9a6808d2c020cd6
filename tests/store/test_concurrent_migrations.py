"""Older stores that several programs upgrade or use at the same time."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.postgres import wait_until_blocked
from tests.store.test_migrations import OLDER, old_database, old_file

from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.protocols import SCHEMA_VERSION


@pytest.mark.parametrize("version", OLDER)
def test_concurrent_upgrades_of_file_run_once(tmp_path: Path, version: int) -> None:
    path = old_file(tmp_path / "old.db", version)
    script = "import sys; from tasktimer.cli.app import run; sys.exit(run(['--database', sys.argv[1], 'track', 'x']))"
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(20)
    ]
    ids = sorted(int(process.communicate()[0]) for process in processes)
    assert ids == list(range(2, 22))
    assert sorted(os.listdir(tmp_path)) == ["old.db", f"old.db.schema-{version}"]


def test_concurrent_upgrades_of_database_run_once(postgres_url: str) -> None:
    old_database(postgres_url, 1)

    def upgrade(_: int) -> int | None:
        with closing(PostgresStore(postgres_url)) as store:
            store.upgrade()
            return store.version()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(upgrade, range(8))) == {SCHEMA_VERSION}


def test_upgrade_waits_for_older_writer(postgres_url: str) -> None:
    """The writer has read the version before the upgrade begins; the upgrade sees what it writes."""
    old_database(postgres_url, 2)
    with psycopg.connect(postgres_url) as older, ThreadPoolExecutor(1) as pool:
        older.execute("SELECT max(version) FROM tasktimer.schema_version")
        with closing(PostgresStore(postgres_url)) as store:
            upgrading = pool.submit(store.upgrade)
            wait_until_blocked(postgres_url)
            older.execute("INSERT INTO tasktimer.tasks (user_id, description, start_time) VALUES (1, 'Late', 1000000)")
            older.commit()
            upgrading.result()
            with store.read() as connection:
                assert list(connection.execute("SELECT folded FROM tasks WHERE description = 'Late'", {})) == [
                    ("late",)
                ]


@pytest.mark.parametrize("use", ["read", "write"])
def test_reader_sees_schema_after_waiting_for_upgrade(postgres_url: str, use: str) -> None:
    with closing(PostgresStore(postgres_url)) as store, ThreadPoolExecutor(1) as pool:
        store.upgrade()
        with psycopg.connect(postgres_url) as upgrade:
            upgrade.execute("UPDATE tasktimer.schema_version SET version = version - 1")
            upgrade.commit()
            upgrade.execute("LOCK TABLE tasktimer.schema_version IN ACCESS EXCLUSIVE MODE")
            upgrade.execute("UPDATE tasktimer.schema_version SET version = version + 1")

            def count() -> list[tuple[object, ...]]:
                with getattr(store, use)() as connection:
                    return list(connection.execute("SELECT count(*) FROM tasks", {}))

            waiting = pool.submit(count)
            wait_until_blocked(postgres_url)
            upgrade.commit()
            assert waiting.result() == [(0,)]
