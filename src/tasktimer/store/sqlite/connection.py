"""Connections to SQLite files, with file checks and lock handling, and to an empty store in memory."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path

from tasktimer.errors import StoreMissing, Unavailable
from tasktimer.store.errors import newer_schema_error, uncertain_error
from tasktimer.store.protocols import SCHEMA_VERSION, Interrupts, Result
from tasktimer.store.sqlite.open_files import held, identity_of, refuses_locks, unusable_error

MIN_SQLITE_VERSION = (3, 35, 0)  # for RETURNING

# Seconds that SQLite waits for a lock before it returns control to Python, so that Python can handle Ctrl-C.
_BUSY_TIMEOUT = 0.1

# Errors in the final steps of a commit, when the change may already be durable: deleting the journal, syncing the
# folder, releasing the lock. If an earlier write fails, the journal still exists, and SQLite rolls back.
_LATE_ERRORS = (
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_DELETE,
    sqlite3.SQLITE_IOERR_DELETE_NOENT,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_UNLOCK,
    sqlite3.SQLITE_IOERR_CLOSE,
)

# Detect a damaged page when it is read, before the damage spreads.
READ_SETTINGS = ("PRAGMA cell_size_check = ON",)
SETTINGS = (
    *READ_SETTINGS,
    "PRAGMA foreign_keys = ON",
    # EXTRA also syncs the folder, so that the journal of a committed change does not reappear after a power failure.
    "PRAGMA synchronous = EXTRA",
    # On macOS, fsync does not flush the drive's cache; other systems ignore this setting.
    "PRAGMA fullfsync = ON",
)

_NO_INTERRUPTS = Interrupts()


class EmptyConnection(sqlite3.Connection):
    """A connection to an empty in-memory store, used in place of a missing store of either engine."""


@contextmanager
def open_empty_store() -> Iterator[EmptyConnection]:
    """Open an empty, read-only store in memory, for use in place of a missing store."""
    with closing(sqlite3.connect(":memory:", isolation_level=None, factory=EmptyConnection)) as connection:
        tables, _, _ = schema_script().partition("CREATE INDEX")  # creating indexes and views would double the time
        connection.executescript(tables)
        connection.execute("PRAGMA query_only = ON")
        yield connection


@contextmanager
def transaction_or_empty(transaction: "AbstractContextManager[Result]") -> "Iterator[Result | EmptyConnection]":
    """Enter a transaction that reads a store, or open an empty store if the store does not exist."""
    with ExitStack() as stack:
        try:
            connection: Result | EmptyConnection = stack.enter_context(transaction)
        except StoreMissing:
            connection = stack.enter_context(open_empty_store())
        yield connection


def schema_script() -> str:
    """Return the SQL script that creates the tables, followed by the indexes and views, in an empty file."""
    return Path(__file__).parents[1].joinpath("schema.sql").read_text(encoding="utf-8")


@contextmanager
def opened(
    path: Path, *, check_same_thread: bool = True, lasting: bool = False
) -> Iterator[tuple[sqlite3.Connection, bool]]:
    """Open an existing tasktimer file after checking its header; yield the connection, and whether the file uses WAL.

    A read-only file is opened for reading only. Set `lasting` if the connection stays open between transactions.

    Raises:
        StoreMissing: if the file does not exist.
        sqlite3.DatabaseError: if the file is damaged or is not a database.
    """
    while True:
        with held(path, lasting=lasting) as file:
            file.check_header()
            in_wal = file.uses_wal()
            with closing(connect(path, check_same_thread=check_same_thread)) as connection:
                if file.identity == identity_of(path):  # otherwise, another file has replaced it: try again
                    yield connection, in_wal
                    return


def connect(path: Path, *, check_same_thread: bool = True) -> sqlite3.Connection:
    """Return a SQLite connection to a file that this process already holds open."""
    if sqlite3.sqlite_version_info < MIN_SQLITE_VERSION:
        raise Unavailable(
            "sqlite-too-old",
            f"this Python has SQLite {sqlite3.sqlite_version}",
            f"use a Python with SQLite {'.'.join(map(str, MIN_SQLITE_VERSION))} or later",
        )
    uri = f"{path.absolute().as_uri()}?mode=rw"  # "rw" never creates a file
    return sqlite3.connect(
        uri, uri=True, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=check_same_thread
    )


def begin(connection: sqlite3.Connection, path: Path, statement: str, deadline: float) -> int:
    """Begin a transaction, check the file's schema version and size, and return the schema version."""
    execute_with_retry(connection, statement, deadline)
    (version,) = execute_with_retry(connection, "PRAGMA user_version", deadline)  # takes a SHARED lock
    check_version(path, version)
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    try:
        size = os.stat(path).st_size  # noqa: PTH116 (Path.stat takes twice as long)
    except OSError as error:
        raise unusable_error(path, error) from None
    if size % page_size:  # SQLite would pad the last page with zeros
        raise sqlite3.DatabaseError("it is truncated")
    return version


def commit(
    connection: sqlite3.Connection, path: Path, deadline: float, interrupts: Interrupts = _NO_INTERRUPTS
) -> None:
    """Commit a transaction, delaying interrupts once the change may be durable."""
    while True:
        interrupts.hold()
        try:
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            check_outcome(path, error)
            interrupts.release()
            if not is_busy(error) or time.monotonic() > deadline:  # a reader may hold a SHARED lock
                raise
        else:
            return


def check_outcome(path: Path, error: sqlite3.OperationalError) -> None:
    """Raise Unavailable if a change may have been stored despite an error during its commit."""
    if error.sqlite_errorcode in _LATE_ERRORS:
        raise uncertain_error(str(path), str(error)) from error


def check_version(path: Path, version: int) -> None:
    """Raise Unavailable if a schema version is too new, or sqlite3.DatabaseError if it is invalid."""
    if version > SCHEMA_VERSION:
        raise newer_schema_error(str(path), version)
    if version < 1:
        raise sqlite3.DatabaseError(f"invalid schema version {version}")


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Re-raise exceptions from sqlite3, and from this package's own checks of a file, as Unavailable."""
    try:
        yield
    except sqlite3.ProgrammingError:  # a bug in this program
        raise
    except (sqlite3.DatabaseError, UnicodeDecodeError, MemoryError) as error:
        # Imported only if an error occurs: otherwise each command would spend a million instructions on this import.
        from tasktimer.store.sqlite.errors import translate

        raise translate(path, error) from error


@contextmanager
def rollback_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """Roll back an open transaction if the block raises an exception."""
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            with suppress(sqlite3.Error):  # report the original error
                connection.execute("ROLLBACK")
        raise


def execute_with_retry(connection: sqlite3.Connection, statement: str, deadline: float) -> tuple[int, ...]:
    """Run a statement, waiting for locks until the deadline; return the first row, or () if there are no rows."""
    while True:
        try:
            return connection.execute(statement).fetchone() or ()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            if refuses_locks(Path(connection.execute("PRAGMA database_list").fetchone()[2])):
                raise  # waiting would be useless


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Return whether an error means that another connection holds a lock."""
    # The low byte is the primary result code.
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
