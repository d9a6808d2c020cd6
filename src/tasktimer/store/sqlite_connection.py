"""A connection to the embedded file: first the file is checked to be ours; turns are awaited, failures explained."""

import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tasktimer.errors import StoreMissing, Unavailable
from tasktimer.store import SCHEMA_VERSION
from tasktimer.store.failures import BACKUP_HINT, damaged, out_of_memory, unavailable, unusable

APPLICATION_ID = 0x74746D72  # "ttmr": tells our files from another program's
OLDEST_SQLITE = (3, 35, 0)  # for RETURNING

# SQLite waits this long at a stretch; between the stretches Ctrl-C is heard.
_STRETCH = 0.1

SETTINGS = (
    "PRAGMA foreign_keys = ON",
    # A damaged page is noticed when it is read, before damage spreads from it.
    "PRAGMA cell_size_check = ON",
    # A power cut must not bring back the journal of an acknowledged change: EXTRA also syncs the folder.
    "PRAGMA synchronous = EXTRA",
    # What fsync gives to the drive may stay in its cache on macOS; other systems ignore this.
    "PRAGMA fullfsync = ON",
)

# Where these stand in a file is promised by SQLite's description of its format.
_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100
_APPLICATION_ID_AT = slice(68, 72)
_READ_VERSION_AT, _WAL = 19, 2


def connect(path: Path, *, check_same_thread: bool = True) -> sqlite3.Connection:
    """Open a file that is there; on a read-only one the connection still reads."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise Unavailable(
            "sqlite-too-old",
            f"this Python has SQLite {sqlite3.sqlite_version}",
            f"use one with SQLite {'.'.join(map(str, OLDEST_SQLITE))} or later",
        )
    uri = f"{path.absolute().as_uri()}?mode=rw"  # without "create" it never makes a file
    return sqlite3.connect(uri, uri=True, timeout=_STRETCH, isolation_level=None, check_same_thread=check_same_thread)


def begin(connection: sqlite3.Connection, path: Path, statement: str, deadline: float) -> int:
    """Begin a transaction and give the version of the schema.

    Raises:
        Unavailable: it is newer than this program; or the file ends within a page, and SQLite would make up the rest.
    """
    patiently(connection, statement, deadline)
    (version,) = patiently(connection, "PRAGMA user_version", deadline)  # takes a reader's lock
    check_version(path, version)
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    if path.stat().st_size % page_size:
        raise damaged(path, "it is cut short")
    return version


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
        raise damaged(path, f"its schema cannot be {version}")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite reports into a refusal."""
    try:
        yield
    except sqlite3.ProgrammingError:  # a mistake of ours, not of the file
        raise
    except UnicodeDecodeError as error:  # SQLite quotes bytes of a damaged schema in its message
        raise damaged(path, "its schema cannot be read") from error
    except MemoryError as error:
        raise out_of_memory(error) from None
    except sqlite3.DatabaseError as error:
        raise unavailable(path, error) from error


@contextmanager
def rolled_back_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """Leave no transaction open when the block raises."""
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            with suppress(sqlite3.Error):  # what went wrong before is the news
                connection.execute("ROLLBACK")
        raise


def patiently(connection: sqlite3.Connection, statement: str, deadline: float) -> tuple[int, ...]:
    """Run a statement that may have to wait for its turn, and give its row, if it has one."""
    while True:
        try:
            return connection.execute(statement).fetchone() or ()
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another connection has its turn."""
    # The last byte is the kind of an error; the others say more of it.
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def check_header(path: Path) -> bool:
    """Look at the first bytes before SQLite does, which would roll back or lock what is not ours; tell if it uses WAL.

    Closing a file drops every lock the process holds on it, so no connection of this process may be open then.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
            raise Unavailable("store-no-file", f"{path} is {kind}", "give --database the path of a file")
        with path.open("rb") as file:
            header = file.read(_HEADER_SIZE)
    except FileNotFoundError:
        raise StoreMissing(str(path)) from None
    except OSError as error:
        raise unusable(path, error) from None
    if len(header) < _HEADER_SIZE:
        raise damaged(path, "it is cut short" if header else "it is empty")
    if not header.startswith(_MAGIC):
        raise Unavailable("store-not-ours", f"{path} is damaged, or not a tasktimer file", BACKUP_HINT)
    if int.from_bytes(header[_APPLICATION_ID_AT], "big") != APPLICATION_ID:
        raise Unavailable(
            "store-not-ours",
            f"{path} is a SQLite file of another program",
            "name another file with --database; this one was not changed",
        )
    return header[_READ_VERSION_AT] == _WAL
