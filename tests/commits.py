"""Connections that inject faults or actions: after a commit, or before a statement."""

import signal
import sqlite3
import threading
from collections.abc import Callable
from typing import Any

import pytest

After = Callable[[Callable[[], None]], None]


def connecting(action: Callable[[], None]) -> Any:
    """Return a replacement for sqlite3 with connections that call a function right after each commit of a change."""

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


def connect_with(patch: pytest.MonkeyPatch, kind: type[sqlite3.Connection]) -> None:
    """Use this class for every connection to a file."""
    connect = sqlite3.connect

    def connect_as(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **{"factory": kind, **options})
        return connection

    patch.setattr(sqlite3, "connect", connect_as)


def connection_with(action: Callable[[str], None]) -> type[sqlite3.Connection]:
    """Return a class of connections that call a function with each statement before it runs."""

    class Connection(sqlite3.Connection):
        def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
            action(statement)
            return super().execute(statement, *parameters)

        def executemany(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
            action(statement)
            return super().executemany(statement, *parameters)

    return Connection


def error_of(message: str, code: int) -> sqlite3.OperationalError:
    """Return an error of sqlite3 with this error code."""
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code
    return error


def interrupt() -> None:
    """Press Ctrl-C."""
    # Not to the process: whoever runs the tests may have other threads, which take the signal.
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)


def fail() -> None:
    """Raise the error of SQLite for a folder that cannot be synced after the journal was deleted."""
    raise error_of("disk I/O error", sqlite3.SQLITE_IOERR_DIR_FSYNC)
