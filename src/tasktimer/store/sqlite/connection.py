"""A connection to the embedded file: first the file is checked to be ours; turns are awaited, failures explained."""

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

APPLICATION_ID = 0x74746D72  # "ttmr": tells our files from another program's
MIN_SQLITE_VERSION = (3, 35, 0)  # for RETURNING

# SQLite waits this long at a stretch; between the stretches Ctrl-C is heard.
_BUSY_TIMEOUT = 0.1

# What may fail once a commit is complete, or nearly so: the journal goes, the folder is synced, the lock is released.
# When a write fails, the journal is still there, and SQLite undoes the change.
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

# A damaged page is noticed when it is read, before damage spreads from it.
READ_SETTINGS = ("PRAGMA cell_size_check = ON",)
SETTINGS = (
    *READ_SETTINGS,
    "PRAGMA foreign_keys = ON",
    # A power cut must not bring back the journal of an acknowledged change: EXTRA also syncs the folder.
    "PRAGMA synchronous = EXTRA",
    # What fsync gives to the drive may stay in its cache on macOS; other systems ignore this.
    "PRAGMA fullfsync = ON",
)

if TYPE_CHECKING:
    from tasktimer.store.protocols import Interrupts

# Where these stand in a file is promised by SQLite's description of its format.
_MAGIC = b"SQLite format 3\0"
HEADER_SIZE = 100
_APPLICATION_ID_AT = slice(68, 72)
_READ_VERSION_AT, _WAL = 19, 2


@contextmanager
def opened(
    path: Path, *, check_same_thread: bool = True, lasting: bool = False
) -> Iterator[tuple[sqlite3.Connection, bool]]:
    """Open a file that is there, once it is known to be ours; give the connection, and whether the file uses WAL.

    On a read-only file the connection still reads. A `lasting` one outlives single transactions.

    Raises:
        StoreMissing: there is no file.
        Unavailable: it is not a tasktimer file, or cannot be read.
    """
    while True:
        with held(path, lasting=lasting) as file:
            in_wal = check_header(path, file.read(HEADER_SIZE))
            with closing(connect(path, check_same_thread=check_same_thread)) as connection:
                if file.is_at(path):  # else another file was put in its place before SQLite opened it
                    yield connection, in_wal
                    return


def connect(path: Path, *, check_same_thread: bool = True) -> sqlite3.Connection:
    """Open a file that this process holds open already."""
    if sqlite3.sqlite_version_info < MIN_SQLITE_VERSION:
        raise Unavailable(
            "sqlite-too-old",
            f"this Python has SQLite {sqlite3.sqlite_version}",
            f"use one with SQLite {'.'.join(map(str, MIN_SQLITE_VERSION))} or later",
        )
    uri = f"{path.absolute().as_uri()}?mode=rw"  # without "create" it never makes a file
    return sqlite3.connect(
        uri, uri=True, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=check_same_thread
    )


def begin(connection: sqlite3.Connection, path: Path, statement: str, deadline: float) -> int:
    """Begin a transaction and give the version of the schema.

    Raises:
        Unavailable: it is newer than this program; or the file ends within a page, and SQLite would make up the rest.
    """
    execute_with_retry(connection, statement, deadline)
    (version,) = execute_with_retry(connection, "PRAGMA user_version", deadline)  # takes a reader's lock
    check_version(path, version)
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    try:
        size = os.stat(path).st_size  # noqa: PTH116 (Path.stat takes twice as long)
    except OSError as error:
        from tasktimer.store.sqlite import errors  # few commands fail

        raise errors.unusable_error(path, error) from None
    if size % page_size:
        raise _damaged_error(path, "it is cut short")
    return version


def commit(connection: sqlite3.Connection, path: Path, deadline: float, interrupts: "Interrupts | None" = None) -> None:
    """Commit a change; from the moment at which it may be stored, an interrupt has to wait.

    Raises:
        Unavailable: it may be stored or not: the disk reported an error when the commit was complete, or nearly so.
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
            if not is_busy(error) or time.monotonic() > deadline:  # a reader may have its turn first
                raise
        else:
            return


def check_outcome(path: Path, error: sqlite3.OperationalError) -> None:
    """Say of an error during a commit that the change may be stored, unless SQLite has surely undone it.

    Raises:
        Unavailable: it may be stored or not.
    """
    if error.sqlite_errorcode in _LATE_ERRORS:
        from tasktimer.store.sqlite import errors  # few commands fail

        raise errors.uncertain_error(str(path), str(error)) from error


def check_version(path: Path, version: int) -> None:
    """Refuse a schema that this program does not know.

    Raises:
        Unavailable: it is newer than this program, or cannot be.
    """
    if version > SCHEMA_VERSION:
        raise Unavailable(
            "store-too-new",
            f"{path} was made by a newer tasktimer: its schema is {version}, this one knows {SCHEMA_VERSION}",
            "upgrade tasktimer, or name another file with --database; this one was not changed",
        )
    if version < 1:
        raise _damaged_error(path, f"its schema cannot be {version}")


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite reports into a refusal."""
    try:
        yield
    except sqlite3.ProgrammingError:  # a mistake of ours, not of the file
        raise
    except UnicodeDecodeError as error:  # SQLite quotes bytes of a damaged schema in its message
        raise _damaged_error(path, "its schema cannot be read") from error
    except MemoryError as error:
        from tasktimer.store.sqlite import errors  # few commands fail

        raise errors.out_of_memory_error(error) from None
    except sqlite3.DatabaseError as error:
        from tasktimer.store.sqlite import (
            errors,
            obstacles,  # few commands fail
        )

        raise obstacles.find_obstacle(path, error) or errors.unavailable_error(path, error) from error


def _damaged_error(path: Path, reason: str) -> Unavailable:
    from tasktimer.store.sqlite import errors  # few commands fail

    return errors.damaged_error(path, reason)


@contextmanager
def rollback_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """Leave no transaction open when the block raises."""
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            with suppress(sqlite3.Error):  # what went wrong before is the news
                connection.execute("ROLLBACK")
        raise


def execute_with_retry(connection: sqlite3.Connection, statement: str, deadline: float) -> tuple[int, ...]:
    """Run a statement that may have to wait for its turn, and give its row, if it has one."""
    while True:
        try:
            return connection.execute(statement).fetchone() or ()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline or _is_hopeless(connection):
                raise


def _is_hopeless(connection: sqlite3.Connection) -> bool:
    """Whether the turn never comes: the file system has no lock service."""
    from tasktimer.store.sqlite.locks import refuses_locks  # who waits for nobody does without

    return refuses_locks(Path(connection.execute("PRAGMA database_list").fetchone()[2]))


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another connection has its turn."""
    # The last byte is the kind of an error; the others say more of it.
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def check_header(path: Path, header: bytes) -> bool:
    """Refuse what is not ours before SQLite sees it, which would roll it back or lock it; tell if it uses WAL."""
    if len(header) < HEADER_SIZE:
        raise _damaged_error(path, "it is cut short" if header else "it is empty")
    if not header.startswith(_MAGIC):
        from tasktimer.store.sqlite import errors  # few commands fail

        raise errors.unrecognized_error(path)
    if int.from_bytes(header[_APPLICATION_ID_AT], "big") != APPLICATION_ID:
        raise Unavailable(
            "store-not-ours",
            f"{path} is a SQLite file of another program",
            "name another file with --database; this one was not changed",
        )
    return header[_READ_VERSION_AT] == _WAL
