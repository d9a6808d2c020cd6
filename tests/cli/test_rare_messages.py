"""What people see of what seldom happens: odd stores, odd surroundings, values far out of range."""

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.conftest import Run

from tasktimer.core.task_filter import MAX_TERMS
from tasktimer.store.sqlite.server_lock import ServerLock


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["history", "--prune", "9999y", "--yes"], "the age '9999y' is out of range"),
        (
            ["list", *(f"-tt{number}" for number in range(MAX_TERMS + 1))],
            f"too many terms in the filter: {MAX_TERMS + 1}",
        ),
        (["list", "last", "9999", "years"], "the date range 'last 9999 years' is out of range"),
        (["list", "2023-W60"], "the date range '2023-W60' does not exist"),
        (["times", "--date=-999999"], "the date -999999 does not exist"),
        (["track", "x", "--at", "99999999h ago"], "the time '99999999h ago' is out of range"),
        (["track", "x", "--at", "never 9:00"], "invalid time 'never 9:00'"),
        (["track", "x", "--at", "9:00", "--for", "99999999h"], "the duration 99999999:00:00 is too long"),
        (["track", "x", "--at", "9:00", "--for", "80000000h"], "the duration 80000000:00:00 is too long"),
        (["token", "create", "--expires", "99999999h"], "is too long"),
        (["backup", "a\0b"], "invalid path 'a\\x00b'"),
        (["--database", " ", "list"], "--database: the database ' ' is neither a path nor a PostgreSQL URL"),
        (["--database", "~nobody-of-this-name/x.db", "times"], "is in an unknown home directory"),
    ],
)
def test_value_far_out_of_range_fails(run: Run, arguments: list[str], message: str) -> None:
    run("track", "x", "--for", "1m")
    result = run(*arguments)
    assert (result.exit_code, message in result.err) == (2, True), result.err


def change(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: change(path, "PRAGMA user_version = 99"), "was created by a newer version of tasktimer"),
        (lambda path: change(path, "PRAGMA application_id = 7"), "is another program's SQLite file"),
        (
            lambda path: change(path, "UPDATE tasks SET start_time = 'x', end_time = 'x'"),
            "the record of task 1 is damaged",
        ),
        (lambda path: path.write_bytes(path.read_bytes()[:100] + b"x" * (path.stat().st_size - 100)), "is damaged"),
        (lambda path: path.unlink() or path.parent.rmdir() or path.parent.write_text(""), "Not a directory"),
    ],
)
def test_unusable_file_fails(run: Run, data_file: Path, spoil: Callable[[Path], object], message: str) -> None:
    run("track", "x", "--for", "1m")
    spoil(data_file)
    result = run("list", "all")
    assert (result.exit_code, message in result.err) == (3, True), result.err


def test_served_file_fails(run: Run, data_file: Path) -> None:
    run("track", "x")
    lock = ServerLock(data_file)
    lock.acquire()
    result = run("serve", "--port", "0")
    lock.release()
    assert (result.exit_code, result.err.splitlines()[0]) == (3, f"error: another process is serving {data_file}")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("CREATE TABLE tasktimer.other (mine TEXT)", "contains another program's tables"),
        ("CREATE TABLE tasktimer.schema_version (version INTEGER)", "has no version"),
        (
            "CREATE TABLE tasktimer.schema_version AS SELECT 99 AS version, 99 AS oldest_writer",
            "was created by a newer version of tasktimer",
        ),
        (
            "CREATE TABLE tasktimer.schema_version AS SELECT 5 AS version, 5 AS oldest_writer",
            "cannot use postgresql://",
        ),
    ],
)
def test_unusable_database_fails(run: Run, postgres_url: str, statement: str, message: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA tasktimer")
        connection.execute(statement)
    result = run("--database", postgres_url, "list", "all", "--user", "1")
    assert (result.exit_code, message in result.err) == (3, True), result.err


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://host:port/name", "the PostgreSQL URL cannot be parsed"),
        ("postgresql://127.0.0.1:1/name?nosuch=1", "the PostgreSQL URL cannot be used: "),
    ],
)
def test_unusable_url_fails(run: Run, url: str, message: str) -> None:
    result = run("--database", url, "list", "--user", "1")
    assert (result.exit_code, message in result.err) == (2, True), result.err


def test_backup_without_pg_dump_fails(
    run: Run, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("--database", postgres_url, "track", "x", "--user", "1")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "error: cannot find pg_" in run("--database", postgres_url, "backup").err
    for name in ("pg_dump", "pg_restore"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{name}: error: too old' >&2\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    failed = run("--database", postgres_url, "backup", str(tmp_path / "copy"))
    assert (failed.exit_code, failed.err.splitlines()[0].startswith("error: cannot copy postgresql://")) == (3, True)
    secret = run("--database", f"{postgres_url}&sslpassword=swordfish", "backup", str(tmp_path / "copy"))
    assert secret.err.startswith("error: cannot pass the URL's sslpassword to pg_dump")


def test_postgres_without_driver_fails(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = run("--database", "postgresql://host/name", "list", "--user", "1")
    assert (result.exit_code, result.err.splitlines()[0]) == (
        2,
        "error: PostgreSQL requires a driver, which is not installed",
    )


def test_folder_as_config_file_fails(run: Run, config_file: Path) -> None:
    config_file.mkdir()
    result = run("list")
    assert (result.exit_code, result.err.startswith(f"error: cannot read the config file {config_file}")) == (2, True)


def test_invalid_server_settings_fail(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "mysql://ada:secret@host/name")
    result = run("serve", "--port", "0")
    assert (result.exit_code, result.err.splitlines()[0]) == (2, "error: DATABASE_URL: not a PostgreSQL URL")
    (tmp_path / ".env").mkdir()
    result = run("serve", "--port", "0")
    assert (result.exit_code, result.err.startswith("error: cannot read .env: ")) == (2, True)


def test_missing_home_fails(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Path, "expanduser", no_home)
    monkeypatch.setattr(os.path, "expanduser", lambda _: "~")
    result = run("track", "x")
    assert (result.exit_code, result.err.splitlines()[0]) == (
        3,
        "error: there is no home directory for the database file",
    )


def test_install_completion_without_home_fails(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", no_home)
    result = run("--install-completion", "bash")
    assert (result.exit_code, result.err.splitlines()[0]) == (
        3,
        "error: cannot install completion: there is no home directory",
    )


def test_no_gap_after_future_end_fails(run: Run, data_file: Path) -> None:
    run("track", "x", "--for", "1m")
    change(data_file, "UPDATE tasks SET end_time = end_time + 86400000000")
    result = run("track", "y", "--no-gap")
    assert (result.exit_code, result.err.startswith("error: the last task (1) ends in the future: ")) == (1, True)
