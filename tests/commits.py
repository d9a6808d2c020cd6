"""Run code right after a commit, before its caller continues."""

import sqlite3
from collections.abc import Callable
from typing import Any

After = Callable[[Callable[[], None]], None]


def connecting(action: Callable[[], None]) -> Any:
    """A stand-in for sqlite3 whose connections run a function right after each commit of a change."""

    class Connection(sqlite3.Connection):
        def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
            is_change = statement == "COMMIT" and self.total_changes > 0
            cursor = super().execute(statement, *parameters)
            if is_change:
                action()
            return cursor

    class Module:
        def __getattr__(self, name: str) -> Any:
            return getattr(sqlite3, name)

        def connect(self, *arguments: Any, **options: Any) -> sqlite3.Connection:
            return sqlite3.connect(*arguments, factory=Connection, **options)

    return Module()


def fail() -> None:
    """Raise the error of SQLite when the folder cannot be synced after the journal was removed."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_DIR_FSYNC
    raise error
