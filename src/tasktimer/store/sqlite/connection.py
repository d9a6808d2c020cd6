"""Connections to a database file: they check that it is ours, wait for locks and translate errors."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tasktimer.errors import Unavailable
from tasktimer.store import SCHEMA_VERSION
from tasktimer.store.sqlite.open_files import held

APPLICATION_ID = 0x74746D72  # "ttmr": identifies tasktimer files
MIN_SQLITE_VERSION = (3, 35, 0)  # for RETURNING

# Seconds that SQLite waits before control returns to Python, which handles Ctrl-C in between.
_BUSY_TIMEOUT = 0.1

# Errors of the last steps of a commit, after which the change may be durable: deleting the journal, syncing the folder,
# releasing the lock. If a write fails earlier, the journal still exists and SQLite rolls back.
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
    # EXTRA also syncs the folder: the journal of an acknowledged change must not reappear after a power failure.
    "PRAGMA synchronous = EXTRA",
    # On macOS, fsync does not flush the cache of the drive; other systems ignore this.
    "PRAGMA fullfsync = ON",
)

if TYPE_CHECKING:
    from tasktimer.store.protocols import Interrupts

# Documented in https://sqlite.org/fileformat.html.
_MAGIC = b"SQLite format 3\0"
HEADER_SIZE = 100
_APPLICATION_ID_BYTES = slice(68, 72)
_READ_VERSION_OFFSET, _WAL = 19, 2


@contextmanager
def opened(
    path: Path, *, check_same_thread: bool = True, lasting: bool = False
) -> Iterator[tuple[sqlite3.Connection, bool]]:
    """Open an existing file after checking that it is ours; yield the connection and whether the file uses WAL.

    A read-only file is opened for reading. A `lasting` connection outlives single transactions.

    Raises:
        StoreMissing: if there is no file.
        Unavailable: if it is not a tasktimer file or cannot be read.
    """
    while True:
        with held(path, lasting=lasting) as file:
            in_wal = check_header(path, file.read(HEADER_SIZE))
            with closing(connect(path, check_same_thread=check_same_thread)) as connection:
                if file.is_at(path):  # otherwise it was replaced before SQLite opened it: try again
                    yield connection, in_wal
                    return


def connect(path: Path, *, check_same_thread: bool = True) -> sqlite3.Connection:
    """Connect to a file that this process already holds open."""
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
    """Begin a transaction and return the version of the schema.

    Raises:
        Unavailable: if the schema is too new, or the file ends within a page, which SQLite would pad with zeros.
    """
    execute_with_retry(connection, statement, deadline)
    (version,) = execute_with_retry(connection, "PRAGMA user_version", deadline)  # takes a SHARED lock
    check_version(path, version)
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    try:
        size = os.stat(path).st_size  # noqa: PTH116 (Path.stat takes twice as long)
    except OSError as error:
        from tasktimer.store.sqlite import errors  # lazy: only for errors

        raise errors.unusable_error(path, error) from None
    if size % page_size:
        raise _damaged_error(path, "it is truncated")
    return version


def commit(connection: sqlite3.Connection, path: Path, deadline: float, interrupts: "Interrupts | None" = None) -> None:
    """Commit a transaction, holding interrupts from the moment at which the change may be durable.

    Raises:
        Unavailable: if an error in the last steps of the commit leaves it unknown whether the change is stored.
    """
    while True:
        if interrupts is not None:
            interrupts.hold()
        try:
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            check_outcome(path, error)
            if interrupts is not None:
                interrupts.release()
            if not is_busy(error) or time.monotonic() > deadline:  # a reader may hold a SHARED lock
                raise
        else:
            return


def check_outcome(path: Path, error: sqlite3.OperationalError) -> None:
    """Check that an error during a commit means that SQLite has rolled back.

    Raises:
        Unavailable: if the change may be stored.
    """
    if error.sqlite_errorcode in _LATE_ERRORS:
        from tasktimer.store.sqlite import errors  # lazy: only for errors

        raise errors.uncertain_error(str(path), str(error)) from error


def check_version(path: Path, version: int) -> None:
    """Check that this program knows the schema of a file.

    Raises:
        Unavailable: if the version is too new or invalid.
    """
    if version > SCHEMA_VERSION:
        raise Unavailable(
            "store-too-new",
            f"{path} was created by a newer tasktimer (schema {version}, this one supports {SCHEMA_VERSION})",
            "upgrade tasktimer, or name another file with --database; this one was not changed",
        )
    if version < 1:
        raise _damaged_error(path, f"invalid schema version {version}")


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Translate exceptions of sqlite3 into Unavailable."""
    try:
        yield
    except sqlite3.ProgrammingError:  # a bug in this program
        raise
    except UnicodeDecodeError as error:  # raised by sqlite3 for a message that quotes a damaged schema
        raise _damaged_error(path, "its schema cannot be read") from error
    except MemoryError as error:
        from tasktimer.store.sqlite import errors  # lazy: only for errors

        raise errors.out_of_memory_error(error) from None
    except sqlite3.DatabaseError as error:
        from tasktimer.store.sqlite import errors, obstacles

        raise obstacles.find_obstacle(path, error) or errors.unavailable_error(path, error) from error


def _damaged_error(path: Path, reason: str) -> Unavailable:
    from tasktimer.store.sqlite import errors  # lazy: only for errors

    return errors.damaged_error(path, reason)


@contextmanager
def rollback_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """Roll back an open transaction if the block raises."""
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            with suppress(sqlite3.Error):  # report the original error
                connection.execute("ROLLBACK")
        raise


def execute_with_retry(connection: sqlite3.Connection, statement: str, deadline: float) -> tuple[int, ...]:
    """Run a statement, waiting for locks until the deadline; return its first row, or an empty tuple."""
    while True:
        try:
            return connection.execute(statement).fetchone() or ()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline or _refuses_locks(connection):
                raise


def _refuses_locks(connection: sqlite3.Connection) -> bool:
    """Return whether waiting is useless because the file system has no lock service."""
    from tasktimer.store.sqlite.locks import refuses_locks  # lazy: only if a lock is held

    return refuses_locks(Path(connection.execute("PRAGMA database_list").fetchone()[2]))


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Return whether another connection holds a lock."""
    # The low byte is the primary result code.
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def check_header(path: Path, header: bytes) -> bool:
    """Check that a file is ours before SQLite locks it or rolls back its journal; return whether it uses WAL."""
    if len(header) < HEADER_SIZE:
        raise _damaged_error(path, "it is truncated" if header else "it is empty")
    if not header.startswith(_MAGIC):
        from tasktimer.store.sqlite import errors  # lazy: only for errors

        raise errors.unrecognized_error(path)
    if int.from_bytes(header[_APPLICATION_ID_BYTES], "big") != APPLICATION_ID:
        raise Unavailable(
            "store-not-ours",
            f"{path} is a SQLite file of another program",
            "name another file with --database; this one was not changed",
        )
    return header[_READ_VERSION_OFFSET] == _WAL
