"""`tasktimer restore`, as people and scripts use it."""

import json
import shlex
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.conftest import Run

from tasktimer.store.sqlite.server_lock import ServerLock

Make = Callable[[Path, Path], Path]

KEPT = "tasktimer.db.replaced-20230716T120000"


@pytest.fixture
def copy(run: Run, tmp_path: Path) -> Path:
    """A backup with one task and a token, and then another task."""
    run("track", "old")
    run("token", "create", "--name", "laptop")
    path = tmp_path / "copy.db"
    run("backup", str(path))
    run("track", "new")
    run("token", "revoke", "1")
    return path


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person types when asked."""
    answers: list[str] = []

    class Keyboard:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return answers.pop()

    monkeypatch.setattr(sys, "stdin", Keyboard())
    return answers


def test_pipe_has_path_of_replaced_content(run: Run, copy: Path, data_file: Path) -> None:
    done = run("restore", str(copy), "--yes")
    assert (done.exit_code, done.out) == (0, f"{data_file.with_name(KEPT)}\n")
    assert run("list", "--json").out.count('"description": "old"') == 1
    assert "new" not in run("list").out
    assert "new" in run("--database", str(data_file.with_name(KEPT)), "list").out


def test_revived_tokens_are_listed_with_command_to_revoke(run: Run, copy: Path, data_file: Path) -> None:
    done = run("restore", str(copy), "--yes")
    assert done.err == (
        "note: 1 token revoked after the copy was made will be valid again: 1 (laptop, user 1)\n"
        f"hint: to revoke it again after the restore, run: tasktimer --database {data_file} token revoke 1\n"
    )
    assert run(*shlex.split(done.err.partition(": tasktimer ")[2])).exit_code == 0


def test_tokens_are_named_if_result_is_lost(run: Run, copy: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = run("restore", str(copy), "--yes", stdout=full)
    assert done.exit_code == 3
    assert "1 (laptop, user 1)" in done.err
    assert "was restored, but the output was lost" in done.err


def test_json_has_path_tasks_and_kept(run: Run, copy: Path, data_file: Path) -> None:
    done = run("restore", str(copy), "--yes", "--json")
    kept = str(data_file.with_name(KEPT))
    assert json.loads(done.out) == {"path": str(data_file), "tasks": 1, "kept": kept}
    data_file.unlink()
    assert json.loads(run("restore", str(copy), "--yes", "--json").out)["kept"] is None


def test_terminal_asks_for_confirmation(run: Run, copy: Path, data_file: Path, answer: list[str]) -> None:
    answer.append("y\n")
    done = run("restore", str(copy), terminal=True)
    assert done.exit_code == 0
    kept = data_file.with_name(KEPT)
    assert done.out == (
        f"Restored {data_file} (1 task); the previous content is kept in {kept}\n"
        f"To return to it, run:\n  tasktimer restore {kept}\n"
    )
    revoke = f"tasktimer --database {data_file} token revoke 1"
    note, _, question = done.err.partition(f"hint: to revoke it again after the restore, run: {revoke}\n")
    assert "(laptop, user 1)" in note
    assert question == f"Replace {data_file} with the copy (1 task)? [y/N] "


def test_command_is_not_wrapped(run: Run, copy: Path, data_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasktimer.cli.results.terminal_width", lambda _stream: 40)
    done = run("restore", str(copy), "--yes", terminal=True)
    assert done.out.endswith(f"\nTo return to it, run:\n  tasktimer restore {data_file.with_name(KEPT)}\n")


@pytest.mark.parametrize("text", ["\n", "n\n", ""])
def test_unconfirmed_restore_changes_nothing(
    run: Run, copy: Path, data_file: Path, answer: list[str], text: str
) -> None:
    before = data_file.read_bytes()
    answer.append(text)
    done = run("restore", str(copy), terminal=True)
    assert (done.exit_code, done.out) == (1, "")
    assert data_file.read_bytes() == before
    assert [path.name for path in data_file.parent.iterdir()] == [data_file.name]


def test_script_requires_yes(run: Run, copy: Path, data_file: Path) -> None:
    before = data_file.read_bytes()
    done = run("restore", str(copy))
    assert (done.exit_code, done.out) == (2, "")
    assert done.err.endswith("hint: add --yes to confirm\n")
    assert data_file.read_bytes() == before


def test_hint_for_damaged_file_works_when_pasted(run: Run, copy: Path, data_file: Path) -> None:
    data_file.write_bytes(b"damaged" * 1000)
    hint = run("list").err.partition("hint: to restore a backup, run: ")[2]
    program, *words = shlex.split(hint.replace("COPY", str(copy)))
    assert program == "tasktimer"
    assert run(*words, "--yes").exit_code == 0
    assert "old" in run("status").out


def test_unreadable_file_prints_note_about_tokens(run: Run, copy: Path, data_file: Path) -> None:
    data_file.write_bytes(b"damaged" * 1000)
    assert run("restore", str(copy), "--yes").err == (
        "note: tokens that were revoked after the copy was made become valid again\n"
        f"hint: to list them after the restore, run: tasktimer --database {data_file} token list\n"
    )


def test_postgres_error_has_pg_restore_command(run: Run) -> None:
    done = run("--database", "postgresql://ada:secret@db.example/work", "restore", "my copy.dump", "--yes")
    assert (done.exit_code, done.out) == (1, "")
    assert done.err == (
        "error: tasktimer cannot restore a PostgreSQL database: use pg_restore\n"
        "hint: pg_restore --clean --if-exists --no-owner --single-transaction "
        "'--dbname=user=ada dbname=work host=db.example' 'my copy.dump'\n"
    )


@pytest.mark.parametrize("path", ["", " ", "a\0b"])
def test_invalid_path_fails(run: Run, path: str) -> None:
    assert run("restore", path, "--yes").exit_code == 2


def test_missing_copy_creates_no_folder(run: Run, data_file: Path) -> None:
    done = run("restore", "nowhere.db", "--yes")
    assert done.exit_code == 1
    assert done.err == "error: there is no file 'nowhere.db'\nhint: give the path of a backup: tasktimer restore COPY\n"
    assert not data_file.parent.exists()


def of_the_database(_copy: Path, data_file: Path) -> Path:
    return data_file


def in_parts(copy: Path, _data_file: Path) -> Path:
    copy.with_name("copy.db-wal").write_bytes(b"wal")
    return copy


def newer(copy: Path, _data_file: Path) -> Path:
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA user_version = 99")
    return copy


def damaged(copy: Path, _data_file: Path) -> Path:
    copy.write_bytes(b"damaged" * 1000)
    return copy


def in_a_folder(copy: Path, _data_file: Path) -> Path:
    return copy.parent


UNFIT = [
    (of_the_database, 1, "is the file to be replaced", "give the path of a backup: tasktimer restore COPY"),
    (
        in_parts,
        1,
        "is incomplete: part of it is in copy.db-wal",
        "to make a complete copy first, run: tasktimer --database",
    ),
    (
        newer,
        3,
        "was created by a newer version of tasktimer",
        "install the newer version of tasktimer, then restore again",
    ),
    (damaged, 3, "is damaged, or not a tasktimer file", "use another backup"),
    (in_a_folder, 3, "is a folder", "use another backup"),
]


@pytest.mark.parametrize(("make", "exit_code", "message", "hint"), UNFIT, ids=[make.__name__ for make, *_ in UNFIT])
def test_unusable_copy_fails(
    run: Run, copy: Path, data_file: Path, make: Make, exit_code: int, message: str, hint: str
) -> None:
    before = data_file.read_bytes()
    done = run("restore", str(make(copy, data_file)), "--yes")
    assert (done.exit_code, done.out) == (exit_code, "")
    assert message in done.err
    assert f"hint: {hint}" in done.err
    assert data_file.read_bytes() == before


def test_restore_of_served_file_fails(run: Run, copy: Path, data_file: Path) -> None:
    serving = ServerLock(data_file)
    serving.acquire()
    done = run("restore", str(copy), "--yes")
    serving.release()
    assert done.exit_code == 3
    assert done.err == f"error: another process is serving {data_file}\nhint: stop the server, then restore\n"
