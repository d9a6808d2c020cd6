"""A store in a SQLite file, created atomically and migrated on demand, with a new connection for each transaction."""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import ModuleType

from tasktimer.errors import StoreMissing
from tasktimer.store.protocols import LOCK_TIMEOUT, SCHEMA_VERSION, Interrupts
from tasktimer.store.sqlite.connection import (
    READ_SETTINGS,
    SETTINGS,
    begin,
    commit,
    execute_with_retry,
    opened,
    rollback_on_error,
    transaction_or_empty,
    translate_errors,
)


class SqliteStore:
    """A store in a SQLite file."""

    def __init__(self, path: Path, *, lock_timeout: float = LOCK_TIMEOUT, interrupts: Interrupts | None = None) -> None:
        self.path = path
        self.name = str(path)
        self.backup_path: Path | None = None
        self._lock_timeout = lock_timeout
        self._interrupts = interrupts or Interrupts()

    def read(self) -> AbstractContextManager[sqlite3.Connection]:
        """Begin a transaction that reads a snapshot of the file; a missing file is read as an empty store."""
        return transaction_or_empty(self._transaction("BEGIN"))

    def write(self, *, create: bool = False) -> AbstractContextManager[sqlite3.Connection]:
        """Begin a transaction that writes: commit when the block ends, or roll back if it raises an exception."""
        if create and not os.path.exists(self.path):  # noqa: PTH110 (Path.exists raises PermissionError)
            _load_new_file().create(self.path)
        return self._transaction("BEGIN IMMEDIATE")

    def missing_error(self) -> StoreMissing | None:
        """Return the error for a missing file, or None if the file exists."""
        return None if os.path.exists(self.path) else StoreMissing(self.name)  # noqa: PTH110 (as in write)

    def version(self) -> int | None:
        """Return the schema version without upgrading the file, or None if the file does not exist."""
        try:
            with self._connection(READ_SETTINGS) as (connection, deadline, _), rollback_on_error(connection):
                return begin(connection, self.path, "BEGIN", deadline)
        except StoreMissing:
            return None

    def engine(self) -> str:
        """Return the name and version of the database engine, such as `SQLite 3.45.1`."""
        return f"SQLite {sqlite3.sqlite_version}"

    def size(self) -> int | None:
        """Return the size of the file in bytes, or None if the file does not exist."""
        with suppress(OSError):  # the error is reported when the file is used
            return self.path.stat().st_size if self.path.is_file() else None
        return None

    def upgrade(self) -> None:
        """Create the file or, if its schema is older, copy the file and then migrate it."""
        with self.write(create=True):
            pass

    def check_writable(self) -> bool:
        """Raise Unavailable if changes cannot be stored; return whether the file exists."""
        exists: bool = _load_new_file().check_writable(self, self.path)
        return exists

    def close(self) -> None:
        """Do nothing: no connection stays open between transactions."""

    @contextmanager
    def _transaction(self, statement: str) -> Iterator[sqlite3.Connection]:
        settings = READ_SETTINGS if statement == "BEGIN" else SETTINGS
        with self._connection(settings) as (connection, deadline, in_wal), rollback_on_error(connection):
            if begin(connection, self.path, statement, deadline) < SCHEMA_VERSION:
                connection.execute("ROLLBACK")
                self.backup_path = _load_new_file().upgrade(connection, self.path, deadline) or self.backup_path
                begin(connection, self.path, statement, deadline)
            yield connection
            if statement == "BEGIN":
                connection.execute("COMMIT")
            else:
                commit(connection, self.path, deadline, self._interrupts)
                if in_wal:
                    _leave_wal(connection)

    @contextmanager
    def _connection(self, settings: Iterable[str]) -> Iterator[tuple[sqlite3.Connection, float, bool]]:
        """Yield a connection for one transaction, the deadline for locks, and whether the file uses WAL."""
        deadline = time.monotonic() + self._lock_timeout
        with translate_errors(self.path), opened(self.path) as (connection, in_wal):
            for statement in settings:
                execute_with_retry(connection, statement, deadline)
            yield connection, deadline, in_wal


def _load_new_file() -> ModuleType:
    from tasktimer.store.sqlite import new_file  # lazy: only needed to create or upgrade a file

    return new_file


def _leave_wal(connection: sqlite3.Connection) -> None:
    """Switch a file that a killed server left in WAL mode to rollback-journal mode, unless a server is using it."""
    with suppress(sqlite3.Error):  # the change has already been committed
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA journal_mode = DELETE")
