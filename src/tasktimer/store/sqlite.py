"""The embedded file, by the stdlib's sqlite3: made whole and private, checked to be ours, changed in full or not."""

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

from tasktimer.errors import StoreMissing, Unavailable

APPLICATION_ID = 0x74746D72  # "ttmr": tells our files from another program's
SCHEMA_VERSION = 1

# How long a command waits for its turn: hundreds of shells at once need some seconds, a stuck program is told of.
PATIENCE = 60.0
# SQLite waits this long at a stretch; between the stretches Ctrl-C is heard.
_STRETCH = 0.1

_SETTINGS = (
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

_BACKUP_HINT = "restore a backup, or name another file with --database; this one was not changed"


class SqliteStore:
    """A tasktimer file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """See the file as it is at one moment; creates nothing.

        Raises:
            StoreMissing: there is no file.
            Unavailable: the file is not ours, damaged, too new, locked or not readable.
        """
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        """Change the file: all of it when the block ends, none of it when the block raises.

        Raises:
            StoreMissing: there is no file, and it is not to be created.
            Unavailable: the file is not ours, damaged, too new, locked or not writable, or the disk is full.
        """
        if create and not os.path.exists(self.path):  # noqa: PTH110 (Path.exists raises where it may not look)
            _create(self.path)
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Nothing is held open between transactions."""

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        _check_header(self.path)
        deadline = time.monotonic() + PATIENCE
        try:
            with closing(self._connect()) as connection:
                for statement in (*_SETTINGS, begin, "PRAGMA user_version"):  # the last one takes a reader's lock
                    _patiently(connection, statement, deadline)
                with _rolled_back_on_error(connection):
                    self._check_version(connection)
                    yield connection
                    _patiently(connection, "COMMIT", deadline)
        except sqlite3.ProgrammingError:  # a mistake of ours, not of the file
            raise
        except sqlite3.DatabaseError as error:
            raise _unavailable(self.path, error) from error

    def _connect(self) -> sqlite3.Connection:
        # Without "create" in its mode a connection never makes a file; on a read-only one it still reads.
        uri = f"{self.path.absolute().as_uri()}?mode=rw"
        return sqlite3.connect(uri, uri=True, timeout=_STRETCH, isolation_level=None)

    def _check_version(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise Unavailable(
                "store-too-new",
                f"{self.path} was made by a newer tasktimer: its schema is {version}, this one knows {SCHEMA_VERSION}",
                "upgrade tasktimer, or name another file with --database; this one was not changed",
            )


@contextmanager
def _rolled_back_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            with suppress(sqlite3.Error):  # what went wrong before is the news
                connection.execute("ROLLBACK")
        raise


def _patiently(connection: sqlite3.Connection, statement: str, deadline: float) -> None:
    """Run a statement that may have to wait for its turn."""
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        else:
            return


def _check_header(path: Path) -> None:
    """Look at the first bytes before SQLite does, which would roll back or lock what is not ours.

    Closing a file drops every lock the process holds on it, so no connection of this process may be open then.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "no regular file"
            raise Unavailable("store-no-file", f"{path} is {kind}", "give --database the path of a file")
        with path.open("rb") as file:
            header = file.read(_HEADER_SIZE)
    except FileNotFoundError:
        raise StoreMissing(str(path)) from None
    except OSError as error:
        raise _unusable(path, error) from None
    if len(header) < _HEADER_SIZE:
        size = "empty" if not header else "cut short"
        raise Unavailable("store-damaged", f"{path} is damaged: it is {size}", _BACKUP_HINT)
    if not header.startswith(_MAGIC):
        raise Unavailable("store-not-ours", f"{path} is damaged, or not a tasktimer file", _BACKUP_HINT)
    if int.from_bytes(header[_APPLICATION_ID_AT], "big") != APPLICATION_ID:
        raise Unavailable(
            "store-not-ours",
            f"{path} is a SQLite file of another program",
            "name another file with --database; this one was not changed",
        )


def _create(path: Path) -> None:
    """Build a new file under a private name in its folder, then give it its own: others see it whole or not at all."""
    target = Path(os.path.realpath(path))
    try:
        _make_folders(target.parent)
        descriptor, name = mkstemp(prefix=".tasktimer-", suffix=".new", dir=target.parent)
        private = Path(name)
        try:
            os.fchmod(descriptor, 0o600)  # whatever the umask took away
            with closing(sqlite3.connect(private, isolation_level=None)) as connection:
                connection.execute("PRAGMA journal_mode = OFF")
                connection.execute("PRAGMA synchronous = OFF")
                connection.executescript(Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"))
            os.fsync(descriptor)
            _publish(private, target)
        finally:
            os.close(descriptor)
            private.unlink(missing_ok=True)
        _sync_folder(target.parent)
    except OSError as error:
        raise _unusable(target, error) from None
    except sqlite3.OperationalError as error:
        raise _unavailable(target, error) from error


def _publish(private: Path, target: Path) -> None:
    """Give the file its name, unless another command was quicker: then its file is used."""
    with suppress(FileExistsError):
        try:
            os.link(private, target)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            _rename(private, target)


def _rename(private: Path, target: Path) -> None:
    import fcntl

    folder = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # ends with the process, so that nothing is left to clean up
        if not os.path.lexists(target):
            private.rename(target)
    finally:
        os.close(folder)


def _make_folders(folder: Path) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):  # another first command was quicker
            path.mkdir(mode=0o700)
            path.chmod(0o700)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unusable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        "store-unusable",
        f"cannot use {path}: {error.strerror}",
        "mend that, or name another file with --database",
    )


def _unavailable(path: Path, error: sqlite3.DatabaseError) -> Unavailable:
    # Text that is not UTF-8 is reported by Python, without a code of SQLite's.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    for codes, kind, what, hint in _EXPLANATIONS:
        if code in codes:
            return Unavailable(f"store-{kind}", f"{path} {what} ({error})", hint)
    return Unavailable(
        "store-unusable", f"cannot use {path}: {error}", "see whether its folder can be read and written"
    )


_EXPLANATIONS = (
    (
        (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
        "locked",
        "is locked: another program has been using it for a minute",
        "end that program, then try again; nothing was changed",
    ),
    (
        (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_ERROR),
        "damaged",
        "is damaged",
        _BACKUP_HINT,
    ),
    ((sqlite3.SQLITE_FULL,), "full", "cannot grow: the disk is full", "free some space; nothing was changed"),
    (
        (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN),
        "read-only",
        "cannot be written",
        "SQLite must be able to write the file and its folder; nothing was changed",
    ),
    (
        (sqlite3.SQLITE_IOERR,),
        "io",
        "cannot be read or written",
        "see whether the disk is full, gone or failing; nothing was changed",
    ),
)
