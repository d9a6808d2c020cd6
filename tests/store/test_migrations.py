"""Migrations of older stores: complete or not at all, once, with a backup of the file."""

import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.conftest import Run

from tasktimer.errors import Unavailable
from tasktimer.store.factory import open_store
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.protocols import SCHEMA_VERSION
from tasktimer.store.sqlite.store import SqliteStore

SCHEMAS = Path(__file__).with_name("schemas")
OLDER = range(1, SCHEMA_VERSION)
INSERT = "INSERT INTO tasks (user_id, description, start_time, end_time) VALUES (42, 'kept', 1000000, 2000000)"

COLUMNS = """
SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, identity_generation
FROM information_schema.columns WHERE table_schema = 'tasktimer' ORDER BY 1, 3
"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'tasktimer' ORDER BY 1"
CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'tasktimer'::regnamespace ORDER BY 1
"""


def old_file(path: Path, version: int) -> Path:
    """A file of an older version, with a task."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((SCHEMAS / f"sqlite-{version}.sql").read_text(encoding="utf-8"))
        connection.execute(INSERT)
        connection.commit()
    return path


def old_database(url: str, version: int) -> str:
    """A PostgreSQL database of an older version, with a task."""
    with psycopg.connect(url) as connection:
        connection.execute((SCHEMAS / f"postgres-{version}.sql").read_bytes())
        connection.execute(INSERT.encode())
    return url


def schema_of(path: Path) -> tuple[int, dict[str, object]]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
        # An added column comes after the constraints.
        texts = {name: sorted(re.findall(r"[^\s,()]+", sql)) for name, sql in rows if sql.startswith("CREATE TABLE")}
        tables = {
            name: (words, connection.execute(f"PRAGMA table_info({name})").fetchall()) for name, words in texts.items()
        }
    return version, {**{name: re.sub(r"\s+", " ", sql) for name, sql in rows}, **tables}


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


@pytest.mark.parametrize("version", OLDER)
def test_migrated_file_equals_new_file(tmp_path: Path, version: int) -> None:
    path = old_file(tmp_path / "old.db", version)
    before = dump(path)
    open_store(path).upgrade()
    open_store(tmp_path / "new.db").upgrade()
    assert schema_of(path) == schema_of(tmp_path / "new.db")
    copy = tmp_path / f"old.db.schema-{version}"
    assert (dump(copy), copy.stat().st_mode & 0o777) == (before, 0o600)


@pytest.mark.parametrize("version", OLDER)
def test_migrated_database_equals_new_database(postgres_server: Callable[[], str], version: int) -> None:
    old, new = old_database(postgres_server(), version), postgres_server()
    found = []
    for url in (old, new):
        with closing(PostgresStore(url)) as store:
            store.upgrade()
        with psycopg.connect(url) as connection:
            schema = [connection.execute(query.encode()).fetchall() for query in (COLUMNS, INDEXES, CONSTRAINTS)]
            found.append((schema, connection.execute("SELECT version FROM tasktimer.schema_version").fetchall()))
    assert found[0] == found[1]


@pytest.mark.parametrize("arguments", [["times", "--date", "1970-01-01"], ["track", "next"], ["stop", "--all"]])
def test_every_command_upgrades_file_and_reports_it(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    path = old_file(tmp_path / "old.db", 1)
    done = run("--database", str(path), *arguments)
    assert done.exit_code == 0
    assert done.err == f"note: {path} was upgraded; a copy of the old file is in {path}.schema-1\n"
    assert run("--database", str(path), "times", "--date", "1970-01-01").out.split("\t")[2] == "kept"
    assert run("--database", str(path), *arguments).err == ""


def test_shared_database_is_upgraded_only_on_request(run: Run, postgres_url: str) -> None:
    def tasktimer(*arguments: str) -> tuple[int, str]:
        done = run("--database", postgres_url, *arguments)
        return done.exit_code, done.out + done.err

    old_database(postgres_url, 1)
    for command in (["track", "x", "--user", "1"], ["times", "--user", "1"], ["stop", "1", "--user", "1"]):
        exit_code, text = tasktimer(*command)
        assert exit_code == 3
        assert "this version of tasktimer requires schema" in text
        assert "db upgrade" in text
    assert tasktimer("db", "status") == (1, f"older\t1\t{SCHEMA_VERSION}\n")
    assert tasktimer("db", "upgrade") == (0, "")
    assert tasktimer("db", "status") == (0, f"current\t{SCHEMA_VERSION}\t{SCHEMA_VERSION}\n")
    assert tasktimer("db", "upgrade") == (0, "")
    assert tasktimer("track", "x", "--user", "1") == (0, "2\n")


def test_backup_before_upgrade_keeps_earlier_ones(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / "old.db").unlink(missing_ok=True)
        path = old_file(tmp_path / "old.db", 1)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE tasks SET description = ?", (f"kept {number}",))
            connection.commit()
        open_store(path).upgrade()
    names = ["old.db.schema-1", "old.db.schema-1.2", "old.db.schema-1.3"]
    assert sorted(os.listdir(tmp_path)) == ["old.db", *names]
    for number, name in enumerate(names):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            assert connection.execute("SELECT description FROM tasks").fetchone() == (f"kept {number}",)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_search_ignores_case_after_migration(
    request: pytest.FixtureRequest, run: Run, tmp_path: Path, engine: str
) -> None:
    if engine == "sqlite":
        database = str(old_file(tmp_path / "old.db", 2))
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("UPDATE tasks SET description = 'ÜBER Straße'")
            connection.commit()
    else:
        database = old_database(request.getfixturevalue("postgres_url"), 2)
        with psycopg.connect(database) as client:
            client.execute("UPDATE tasktimer.tasks SET description = 'ÜBER Straße'")
    assert run("--database", database, "db", "upgrade").exit_code == 0
    found = run("--database", database, "list", "--search", "über STRASSE", "--user", "42")
    assert (found.exit_code, found.out.split("\t")[2]) == (0, "ÜBER Straße")


# The last migration makes this table after it has changed others.
IN_THE_WAY = "CREATE TABLE {}changes (of_another_program INTEGER)"


def test_failed_migration_leaves_file_unchanged(tmp_path: Path) -> None:
    path = old_file(tmp_path / "old.db", 1)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(IN_THE_WAY.format(""))
    before = schema_of(path)
    with pytest.raises(Unavailable, match="already exists"):
        open_store(path).upgrade()
    assert schema_of(path) == before


def test_failed_migration_leaves_database_unchanged(postgres_url: str) -> None:
    old_database(postgres_url, 1)
    with psycopg.connect(postgres_url) as connection:
        connection.execute(IN_THE_WAY.format("tasktimer.").encode())
        before = connection.execute(COLUMNS.encode()).fetchall()
    with closing(PostgresStore(postgres_url)) as store:
        with pytest.raises(Unavailable, match="already exists"):
            store.upgrade()
        assert store.version() == 1
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute(COLUMNS.encode()).fetchall() == before


def test_upgrade_ends_wal_mode_of_killed_server(tmp_path: Path) -> None:
    path = tmp_path / "tasks.db"
    store = SqliteStore(path)
    store.upgrade()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    with closing(sqlite3.connect(path, isolation_level=None)) as server:
        server.execute("SELECT count(*) FROM tasks").fetchone()
        with store.write():
            pass
        assert server.execute("PRAGMA journal_mode").fetchone() == ("wal",)  # it is still served
    with store.write():
        pass
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_version_is_none_before_first_write(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    assert (run("--database", str(path), "db", "status").exit_code, path.exists()) == (1, False)
    said = run("--database", str(path), "db", "upgrade", terminal=True).out
    assert said == f"{path}: the schema is set up, version {SCHEMA_VERSION}\n"
    said = run("--database", str(path), "db", "status", terminal=True).out
    assert said == f"{path}: the schema is current, version {SCHEMA_VERSION}\n"


def test_file_without_views_is_upgraded(tmp_path: Path) -> None:
    path = old_file(tmp_path / "old.db", 2)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP VIEW running")
    open_store(path).upgrade()
    open_store(tmp_path / "new.db").upgrade()
    assert schema_of(path) == schema_of(tmp_path / "new.db")
