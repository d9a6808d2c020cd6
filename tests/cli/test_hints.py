"""The hints of the command line for errors of stores, which depend on the context of the error."""

from pathlib import Path

import pytest
from tests.conftest import Run
from tests.messages import breaches

from tasktimer.cli.hints import hint_for
from tasktimer.errors import TaskNotFound, Unavailable


@pytest.mark.parametrize(
    ("code", "context", "hint"),
    [
        ("store-damaged", {"path": "'a b.db'"}, "to restore a backup, run: tasktimer --database 'a b.db' restore COPY"),
        (
            "store-damaged",
            {"task": 7},
            "restore a backup with tasktimer restore COPY, or correct the record with sqlite3 or psql",
        ),
        ("store-damaged", {}, "to restore a backup, run: tasktimer restore COPY"),
        (
            "store-read-only",
            {"sources": "/a.db /a.db-journal", "name": "a.db"},
            (
                "to read a copy, run: mkdir ~/tasktimer-copy && cp /a.db /a.db-journal ~/tasktimer-copy && "
                "tasktimer --database ~/tasktimer-copy/a.db list"
            ),
        ),
        (
            "store-read-only",
            {"owner": "ann", "path": "/a.db"},
            "to recover it as that user, run: sudo -u ann tasktimer --database /a.db db upgrade",
        ),
        ("store-too-old", {}, "to upgrade it, run: tasktimer db upgrade, or serve with --migrate"),
        (
            "store-too-old",
            {"read_only": True},
            "copy the file to a writable folder, and use the copy with --database; nothing was changed",
        ),
        (
            "store-too-old",
            {"shared": True},
            "once every user has this version, run: tasktimer --database URL db upgrade",
        ),
        ("store-unrecognized", {"path": "/a.db"}, "to restore a backup, run: tasktimer --database /a.db restore COPY"),
        ("store-unrecognized", {}, "use another file with --database; this one was not changed"),
    ],
)
def test_hint_depends_on_context(code: str, context: dict[str, object], hint: str) -> None:
    error = Unavailable(code, "the file cannot be used", context=context)
    assert hint_for(error) == hint
    assert breaches(f"error: {error.message}\nhint: {hint}") == []


def test_hint_of_error_comes_first() -> None:
    assert hint_for(Unavailable("store-unusable", "it is full", "free some space")) == "free some space"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["show", "9"], "tasktimer times"),
        (["--database", "work.db", "show", "9"], "tasktimer --database work.db times"),
        (["--database=a b.db", "show", "9"], "tasktimer --database 'a b.db' times"),
        (["--database", "postgresql://ann:secret@db/tasks", "show", "9"], "tasktimer --database URL times"),
        (["show", "9", "--database", "work.db"], "tasktimer times"),
    ],
)
def test_hint_repeats_database(arguments: list[str], hint: str) -> None:
    found = hint_for(TaskNotFound(9), arguments)
    assert found == f"to list today's tasks with their IDs, run: {hint}"


def test_hints_about_commands_repeat_database(run: Run, tmp_path: Path) -> None:
    database = ("--database", str(tmp_path / "work.db"))
    run(*database, "track", "write docs", "--start", "9:00")
    overlap = run(*database, "track", "call", "--start", "10:00", "--for", "30m").err
    assert f"run: tasktimer --database {database[1]} edit 2 --adjust\n" in overlap
    deleted = [run(*database, *words).err for words in (["delete", "1", "--yes"], ["show", "1"])]
    assert deleted[1].endswith(f"run: tasktimer --database {database[1]} undo\n")
    assert f"tasktimer --database {database[1]} " in run(*database, "start", "call").err
    assert "see tasktimer track --help" in run(*database, "track", "x", "--wrong").err
