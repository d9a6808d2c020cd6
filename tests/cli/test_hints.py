"""The hints of the command line for errors of stores, which depend on the context of the error."""

import pytest
from tests.messages import breaches

from tasktimer.cli.hints import hint_for
from tasktimer.errors import Unavailable


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
