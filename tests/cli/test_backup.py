"""`tasktimer backup`, as people and scripts use it."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url
from tests.conftest import Result, Run

from tasktimer.store.postgres.backup import default_name


def descriptions(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [text for (text,) in connection.execute("SELECT description FROM tasks ORDER BY id")]


def test_default_copy_is_next_to_file_and_named_by_time(run: Run, data_file: Path) -> None:
    run("track", "write")
    done = run("backup")
    copy = data_file.with_name("tasktimer-2023-07-16T120000.db")
    assert (done.exit_code, done.out, done.err) == (0, f"{copy}\n", "")
    assert descriptions(copy) == ["write"]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert run("--database", str(copy), "times").out == run("times").out


def test_copies_of_same_second_have_different_names(run: Run, data_file: Path) -> None:
    run("track", "write")
    names = [run("backup").out.strip() for _ in range(3)]
    assert [Path(name).name for name in names] == [
        *("tasktimer-2023-07-16T120000.db", "tasktimer-2023-07-16T120000-2.db", "tasktimer-2023-07-16T120000-3.db")
    ]
    assert sorted(os.listdir(data_file.parent)) == sorted(["tasktimer.db", *(Path(name).name for name in names)])


@pytest.mark.parametrize("slash", ["", "/"])
def test_folder_gets_copy(run: Run, tmp_path: Path, slash: str) -> None:
    run("track", "write")
    assert run("backup", f"{tmp_path}{slash}").out == f"{tmp_path}/tasktimer-2023-07-16T120000.db\n"


def test_existing_path_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    run("track", "write")
    path = tmp_path / "copy.db"
    assert run("backup", str(path)).out == f"{path}\n"
    before = path.read_bytes()
    run("track", "more")
    done = run("backup", str(path))
    assert (done.exit_code, done.out) == (1, "")
    assert done.err == f"error: {path} already exists\nhint: use the path of a new file or of a folder\n"
    nowhere = tmp_path / "link.db"
    nowhere.symlink_to(tmp_path / "absent.db")
    assert run("backup", str(nowhere)).exit_code == 1
    assert path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["copy.db", "link.db"]


def test_terminal_shows_content_of_copy(run: Run, tmp_path: Path) -> None:
    run("track", "write")
    done = run("backup", str(tmp_path / "a\nb.db"), terminal=True)
    size = (tmp_path / "a\nb.db").stat().st_size // 1024
    assert done.out == f"Created and verified {tmp_path}/a\\nb.db (1 task, {size} KiB)\n"


def test_json_has_path_tasks_and_size(run: Run, tmp_path: Path) -> None:
    run("track", "write")
    path = tmp_path / "copy.db"
    found = json.loads(run("backup", str(path), "--json").out)
    assert found == {"path": str(path), "tasks": 1, "size": path.stat().st_size}


def test_backup_without_tasks_fails(run: Run, home: Path) -> None:
    done = run("backup")
    assert (done.exit_code, done.out) == (1, "")
    assert "nothing has been tracked yet" in done.err
    assert os.listdir(home) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [("", 2), (" ", 2), ("absent/", 3), ("absent/copy.db", 3), ("x" * 300, 3), ("file/copy.db", 3), ("x/" * 3000, 3)],
)
def test_invalid_path_leaves_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    run("track", "write")
    done = run("backup", path)
    assert (done.exit_code, done.out) == (code, "")
    assert "hint: " in done.err
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.usefixtures("postgres_programs")
def test_postgres_copy_is_in_current_directory(
    run: Run, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TASKTIMER_DATABASE", postgres_url)
    monkeypatch.setenv("TASKTIMER_USER", "42")
    assert run("backup").exit_code == 1
    run("track", "write")
    name = f"{make_url(postgres_url).database}-2023-07-16T120000"
    assert run("backup") == Result(0, f"{name}.dump\n", "")
    shown = run("backup", terminal=True).out
    assert shown.startswith(f"Created and verified {name}-2.dump (1 task, ")
    found = json.loads(run("backup", "copy.dump", "--json").out)
    assert found == {"path": "copy.dump", "tasks": 1, "size": Path("copy.dump").stat().st_size}
    (tmp_path / "copies").mkdir()
    assert run("backup", "copies").out == f"copies/{name}.dump\n"
    done = run("backup", "copy.dump")
    assert (done.exit_code, done.err) == (
        1,
        "error: copy.dump already exists\nhint: use the path of a new file or of a folder\n",
    )
    for path, code in [(" ", 2), ("absent/", 3), ("x" * 300, 3), ("copy.dump/copy.dump", 3)]:
        assert (run("backup", path).exit_code, run("backup", path).out) == (code, "")
    assert sorted(os.listdir(tmp_path)) == ["copies", "copy.dump", f"{name}-2.dump", f"{name}.dump"]


@pytest.mark.parametrize(("path", "name"), [("a/../../b", "b"), ("..", ".."), ("", "tasktimer"), ("a%2Fb", "b")])
def test_database_name_cannot_change_folder(path: str, name: str) -> None:
    assert default_name(f"postgresql://ada@localhost/{path}") == name


@pytest.mark.usefixtures("postgres_programs")
def test_unreachable_database_is_shown_without_password(run: Run, tmp_path: Path) -> None:
    url = "postgresql://ada:secret@localhost:1/work"
    done = run("--database", url, "backup", str(tmp_path / "copy.dump"))
    assert (done.exit_code, done.out, os.listdir(tmp_path)) == (3, "", [])
    assert "secret" not in done.err
