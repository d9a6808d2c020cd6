"""Backups of a SQLite file, consistent even while other processes write, and verified before being moved into place."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tasktimer.errors import Conflict, NotFound, StoreMissing, Unavailable, quote_value
from tasktimer.store.protocols import LOCK_TIMEOUT
from tasktimer.store.sqlite.connection import begin, opened, rollback_on_error, translate_errors
from tasktimer.store.sqlite.errors import Damaged, damaged_error, shell_context
from tasktimer.store.sqlite.new_file import backup_error, write_backup
from tasktimer.store.sqlite.open_files import held, journals_of

_COUNT_TASKS = "SELECT count(*) FROM tasks"


def back_up(path: Path, target: Path, *, numbered: bool) -> tuple[Path, int]:
    """Copy a file of any schema version to a new file; return the path of the copy and the number of copied tasks.

    If the target exists and `numbered` is true, add a number to its name.

    Raises:
        StoreMissing: if the file does not exist.
        Conflict: if the target exists and `numbered` is false.
    """
    with translate_errors(path), opened(path) as (source, _):

        def copy(private: Path) -> int:
            try:
                return _copy_and_check(source, path, private)
            except sqlite3.OperationalError as error:
                raise backup_error(target, str(error)) from None

        return write_backup(target, copy, numbered=numbered, is_database=True)


def read_backup(copy: Path, private: Path) -> int:
    """Copy a backup to a temporary file without creating files beside the backup; return the number of copied tasks."""
    try:
        with translate_errors(copy), _reading(copy) as source:
            return _copy_and_check(source, copy, private)
    except StoreMissing:
        raise _missing(copy) from None
    except Unavailable as error:
        raise _translate_backup_error(error, private.parent) from error


def _translate_backup_error(error: Unavailable, folder: Path) -> Unavailable:
    """Return the error for a backup that cannot be read, with a hint for backups instead of the one for databases."""
    if error.code == "store-full":
        message = f"the disk that contains {folder} is full: the copy needs as much space as the backup"
        return Unavailable(error.code, message, "free some space; nothing was changed")
    if error.code == "store-too-new":
        return Unavailable(error.code, error.message, "install the newer version of tasktimer, then restore again")
    is_unfit = isinstance(error, Damaged) or error.code in ("store-unrecognized", "store-not-a-file")
    return Unavailable(error.code, error.message, "use another backup") if is_unfit else error


def check_is_finished(copy: Path, path: Path) -> None:
    """Check that a backup exists, is complete, and is not the file to be replaced.

    Raises:
        NotFound: if the backup does not exist.
        Conflict: if the backup is the file at `path` itself, or if part of the backup is in a journal beside it.
    """
    if not os.path.lexists(copy):
        raise _missing(copy)
    if copy.exists() and path.exists() and copy.samefile(path):
        raise Conflict("backup-is-database", f"{copy} is the file to be replaced")
    journals = [journal for journal in journals_of(copy) if not journal.name.endswith("-shm")]
    parts = [journal.name for journal in journals if journal.stat().st_size]
    if parts:
        message = f"{copy} is incomplete: part of it is in {parts[0]}"
        raise Conflict("backup-incomplete", message, context=shell_context(copy))


def _missing(copy: Path) -> NotFound:
    return NotFound("backup-not-found", f"there is no file {quote_value(str(copy))}")


@contextmanager
def _reading(copy: Path) -> Iterator[sqlite3.Connection]:
    with held(copy) as file:
        file.check_header()
        # In WAL mode, SQLite would create files beside the backup. A backup without a WAL is not being written to.
        uri = f"{copy.absolute().as_uri()}?{'immutable=1' if file.uses_wal() else 'mode=ro'}"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            yield connection


def _copy_and_check(source: sqlite3.Connection, path: Path, private: Path) -> int:
    """Copy a snapshot of a file to a temporary file, check the copy, and return the number of copied tasks."""
    with rollback_on_error(source):
        begin(source, path, "BEGIN", time.monotonic() + LOCK_TIMEOUT)
        (tasks,) = source.execute(_COUNT_TASKS).fetchone()
        with closing(sqlite3.connect(private, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = OFF")  # the copy is synced later, before it is linked
            source.backup(copy)  # in one step: otherwise the backup would start over after each concurrent write
            copy.execute("PRAGMA journal_mode = DELETE")  # the file of a running server is in WAL mode
        source.execute("ROLLBACK")
    with closing(sqlite3.connect(private, isolation_level=None)) as copy:
        (finding,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if finding != "ok" or copy.execute(_COUNT_TASKS).fetchone() != (tasks,):
            raise damaged_error(path, f"a copy of it is incomplete ({finding})")
    return int(tasks)
