"""`tasktimer info`: the store, what it holds, and where each setting comes from."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Result, Run
from tests.store.test_migrations import old_file

from tasktimer.store.protocols import SCHEMA_VERSION


def rows(result: Result) -> dict[str, tuple[str, str]]:
    found = {}
    for line in result.out.splitlines():
        name, value, origin = line.split("\t")
        found[name] = value, origin
    return found


def test_info_without_store_creates_nothing(run: Run, home: Path, data_file: Path) -> None:
    done = run("info")
    found = rows(done)
    assert (done.exit_code, done.err) == (0, "")
    assert found["database"] == (str(data_file), "default")
    assert (found["state"], found["size"], found["tasks"]) == (("missing", ""), ("", ""), ("", ""))
    assert found["tz"] == ("Europe/Berlin", "TZ")
    assert (found["user"], found["format"]) == (("1", "the file has no user yet"), ("", "default"))
    assert os.listdir(home) == []


def test_content_on_each_engine(run: Run, database: str) -> None:
    def on(*arguments: str) -> Result:
        return run("--database", database, *arguments)

    before = {name: value for name, (value, _) in rows(on("info")).items()}
    assert (before["state"], before["size"], before["tasks"]) == ("missing", "", "")
    on("track", "x", "-p", "acme", "+docs", "+urgent", "--user", "1")
    on("track", "y", "-p", "acme", "--for", "5m", "--user", "7")
    on("stop", "1", "--user", "1")
    on("track", "z", "+docs", "--user", "7")
    done = on("info")
    found = {name: value for name, (value, _) in rows(done).items()}
    assert (done.exit_code, done.err) == (0, "")
    counts = ("tasks", "running", "users", "projects", "tags", "commands")
    assert [found[name] for name in counts] == ["3", "1", "2", "1", "2", "4"]
    assert (found["state"], found["schema"], found["needed_schema"]) == (
        "current",
        str(SCHEMA_VERSION),
        str(SCHEMA_VERSION),
    )
    if database.startswith("postgresql"):
        assert found["engine"].startswith("PostgreSQL 1")
        assert 100_000 < int(found["size"]) < 1_000_000
    else:
        assert found["engine"] == f"SQLite {sqlite3.sqlite_version}"
        assert found["size"] == str(Path(database).stat().st_size)


def test_settings_have_origins(run: Run, config_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config_file.write_text('\ndatabase = "tasks.db"\nuser = 42\ntz = "Asia/Tokyo"\nformat = "csv"\n')
    found = rows(run("info"))
    assert found["config"] == (str(config_file), "read")
    assert found["database"] == (str(config_file.parent / "tasks.db"), f"{config_file}, line 2")
    assert found["user"] == ("42", f"{config_file}, line 3")
    assert found["tz"] == ("Asia/Tokyo", f"{config_file}, line 4")
    monkeypatch.setenv("TASKTIMER_USER", "all")
    monkeypatch.setenv("TASKTIMER_FORMAT", "json")
    monkeypatch.setenv("TASKTIMER_TZ", "UTC")
    monkeypatch.chdir(tmp_path)
    found = rows(run("--database", "here.db", "info"))
    assert found["database"] == (str(tmp_path / "here.db"), "--database")
    assert found["user"] == ("all", "TASKTIMER_USER")
    assert (found["format"], found["tz"]) == (("json", "TASKTIMER_FORMAT"), ("UTC", "TASKTIMER_TZ"))
    assert os.listdir(tmp_path) == []


def test_invalid_setting_is_reported_after_the_rest(
    run: Run, config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config_file.write_text('user = "4a"\nformat = "csv"\n')
    monkeypatch.setenv("TASKTIMER_TZ", "Mars")
    done = run("info")
    found = rows(done)
    assert done.exit_code == 2
    assert done.err.count("error: ") == 2
    assert f"error: {config_file}, line 1: invalid user '4a'" in done.err
    assert "error: TASKTIMER_TZ: unknown time zone 'Mars'" in done.err
    assert found["user"] == ("", f"{config_file}, line 1")
    assert found["tz"] == ("", "TASKTIMER_TZ")
    assert found["format"] == ("csv", f"{config_file}, line 2")
    assert found["state"] == ("missing", "")


@pytest.mark.parametrize("content", ["user = = 1", "colour = 'red'", "user = 1.5", "\xff"])
def test_unreadable_config_file_is_reported_once(run: Run, config_file: Path, tmp_path: Path, content: str) -> None:
    config_file.write_bytes(content.encode("latin-1"))
    done = run("info")
    assert done.exit_code == 2
    assert done.err.count("error: ") == 1
    assert f"error: {config_file}, line 1" in done.err
    found = rows(done)
    assert found["database"] == found["user"] == ("", "unknown")
    assert found["tz"] == ("", "unknown")
    assert found["config"] == (str(config_file), "cannot be read")
    assert rows(run("--database", str(tmp_path / "x.db"), "info"))["state"] == ("missing", "")


def test_unusable_file_is_reported_after_the_rest(run: Run, tmp_path: Path) -> None:
    done = run("--database", str(tmp_path), "info")
    found = rows(done)
    assert (done.exit_code, found["state"][0], found["database"][0]) == (3, "unusable", str(tmp_path))
    assert done.err.startswith(f"error: {tmp_path} is a folder\n")
    path = tmp_path / "cut.db"
    path.write_bytes(b"SQLite format 3\0 and no more")
    done = run("--database", str(path), "info")
    assert (done.exit_code, rows(done)["size"][0], rows(done)["tasks"][0]) == (3, "28", "")
    assert "is damaged" in done.err


def test_info_does_not_upgrade_older_file(run: Run, tmp_path: Path) -> None:
    path = old_file(tmp_path / "old.db", 1)
    before = path.read_bytes()
    done = run("--database", str(path), "info")
    found = rows(done)
    assert (done.exit_code, done.err) == (0, "")
    assert (found["state"][0], found["schema"][0], found["tasks"][0]) == ("older", "1", "")
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["old.db"]


def test_password_is_never_shown(run: Run) -> None:
    done = run("--database", "postgresql://ada:secret@localhost:1/x?password=secret", "info")
    assert done.exit_code == 3
    assert rows(done)["database"] == ("postgresql://ada@localhost:1/x", "--database")
    assert "secret" not in done.out + done.err
    done = run("--database", "mysql://ada:secret@localhost/x", "info")
    assert (done.exit_code, rows(done)["database"]) == (2, ("", "--database"))
    assert "secret" not in done.out + done.err


def test_terminal_lines_are_aligned(run: Run, data_file: Path, golden: Any) -> None:
    run("track", "write docs", "-p", "acme")
    with closing(sqlite3.connect(data_file)) as connection, connection:
        connection.execute("INSERT INTO tasks (user_id, description, start_time) VALUES (1, 'x', 0)")
    text = run("info", terminal=True).out
    home = os.environ["HOME"]
    golden("info.txt", text.replace(home, "HOME").replace(sqlite3.sqlite_version, "3.x"))


def test_json_has_origin_of_settings(run: Run, data_file: Path) -> None:
    run("track", "write docs")
    found = json.loads(run("info", "--json").out)
    assert found["database"] == {"value": str(data_file), "origin": "default"}
    assert found["user"] == {"value": 1, "origin": "the only user of the file"}
    assert (found["tasks"], found["running"], found["size"]) == (1, 1, data_file.stat().st_size)
    assert list(found) == list(rows(run("info")))


def test_odd_path_is_one_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a\tb\nc.db"
    assert run("--database", str(path), "track", "x").exit_code == 0
    assert rows(run("--database", str(path), "info"))["database"][0].endswith("a\\tb\\nc.db")
    assert "a\\tb\\nc.db" in run("--database", str(path), "info", terminal=True).out
