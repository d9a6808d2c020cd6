"""The embedded file, by the stdlib's sqlite3: made whole and private, checked to be ours, changed in full or not."""

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tasktimer.errors import StoreMissing, Unavailable
from tasktimer.store import PATIENCE, SCHEMA_VERSION, new_file
from tasktimer.store.failures import BACKUP_HINT, damaged, unavailable, unusable, upgrade_explained

APPLICATION_ID = 0x74746D72  # "ttmr": tells our files from another program's
OLDEST_SQLITE = (3, 35, 0)  # for RETURNING

# SQLite waits this long at a stretch; between the stretches Ctrl-C is heard.
_STRETCH = 0.1

SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA cell_size_check = ON",
    # A power cut must not bring back the journal of an acknowledged change: EXTRA also syncs the folder.
    "PRAGMA synchronous = EXTRA",
    # What fsync gives to the drive may stay in its cache on macOS; other systems ignore this.
    "PRAGMA fullfsync = ON",
)

_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100
_APPLICATION_ID_AT = slice(68, 72)
_READ_VERSION_AT, _WAL = 19, 2


class SqliteStore:
    """A tasktimer file."""

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self.path = path
        self.name = str(path)
        self.copy: Path | None = None
        self._patience = patience

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """See the file as it is at one moment; creates nothing, and upgrades an older file first.

        Raises:
            StoreMissing: there is no file.
            Unavailable: the file is not ours, damaged, too new, locked or not readable.
        """
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        """Change the file, an older one once upgraded: all of it when the block ends, none of it when the block raises.

        Raises:
            StoreMissing: there is no file, and it is not to be created.
            Unavailable: the file is not ours, damaged, too new, locked or not writable, or the disk is full.
        """
        if create and not os.path.exists(self.path):  # noqa: PTH110 (Path.exists raises where it may not look)
            new_file.create(self.path)
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def version(self) -> int | None:
        """The version of the file's schema; None where there is no file."""
        try:
            with self._connection() as (connection, deadline, _), rolled_back_on_error(connection):
                return begin(connection, self.path, "BEGIN", deadline)
        except StoreMissing:
            return None

    def engine(self) -> str:
        """SQLite, with the version that this Python has."""
        return f"SQLite {sqlite3.sqlite_version}"

    def size(self) -> int | None:
        """The bytes of the file; None where there is none."""
        with suppress(OSError):  # whoever uses it is told why
            return self.path.stat().st_size if self.path.is_file() else None
        return None

    def upgrade(self) -> None:
        """Create the file, or bring an older one to this version, after a copy of it."""
        with self.write(create=True):
            pass

    def close(self) -> None:
        """Nothing is held open between transactions."""

    @contextmanager
    def _transaction(self, statement: str) -> Iterator[sqlite3.Connection]:
        with self._connection() as (connection, deadline, in_wal), rolled_back_on_error(connection):
            if begin(connection, self.path, statement, deadline) < SCHEMA_VERSION:
                connection.execute("ROLLBACK")
                self._upgrade(connection, deadline)
                begin(connection, self.path, statement, deadline)
            yield connection
            patiently(connection, "COMMIT", deadline)
            if in_wal and statement == "BEGIN IMMEDIATE":
                _leave_wal(connection)

    @contextmanager
    def _connection(self) -> Iterator[tuple[sqlite3.Connection, float, bool]]:
        """A connection for one transaction, the moment at which waiting ends, and whether the file uses WAL."""
        in_wal = check_header(self.path)
        deadline = time.monotonic() + self._patience
        with explained(self.path), closing(connect(self.path)) as connection:
            for statement in SETTINGS:
                patiently(connection, statement, deadline)
            yield connection, deadline, in_wal

    def _upgrade(self, connection: sqlite3.Connection, deadline: float) -> None:
        from tasktimer.store.upgrades import fill, sqlite_statements

        version = begin(connection, self.path, "BEGIN IMMEDIATE", deadline)
        if version < SCHEMA_VERSION:  # else another command was quicker
            with upgrade_explained(self.path, version):
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")  # before the copy, where it cannot be
            with closing(connect(self.path)) as unchanged:
                copy = new_file.copy(unchanged, self.path.with_name(f"{self.path.name}.schema-{version}"))
            for statement in sqlite_statements(version):
                connection.execute(statement)
            fill(connection, version)
            self.copy = copy
        patiently(connection, "COMMIT", deadline)


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


def _leave_wal(connection: sqlite3.Connection) -> None:
    """Give a file that a server left behind, killed, its mode at rest; where one still serves it, that fails."""
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA journal_mode = DELETE")


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another connection has its turn."""
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
