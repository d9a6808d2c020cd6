"""Atomic creation of files: a new file appears under its name complete and private, or not at all."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain, count
from pathlib import Path
from tempfile import mkstemp

from tasktimer.store.sqlite.empty_store import schema_script
from tasktimer.store.sqlite.errors import unavailable_error, unusable_error
from tasktimer.store.sqlite.folders import locked, make_folders, remove_journals, sync, sync_folder
from tasktimer.store.sqlite.locks import no_locks
from tasktimer.store.sqlite.obstacles import find_obstacle


def create(path: Path) -> None:
    """Create a database file, unless a concurrent command has created it."""
    target = path
    try:
        target = Path(os.path.realpath(path))  # keep a symbolic link to a file that does not exist yet
        make_folders(target.parent)
        with temporary_file(target.parent) as private:
            with closing(sqlite3.connect(private, isolation_level=None, timeout=0)) as connection:
                # Durability does not matter yet: the file is synced before it is linked.
                connection.execute("PRAGMA journal_mode = OFF")
                connection.execute("PRAGMA synchronous = OFF")
                connection.executescript(schema_script())
            link_into_place(private, target)
    except OSError as error:
        raise unusable_error(target, error) from None
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:  # the temporary file cannot be locked by others
            raise no_locks(target) from error
        raise find_obstacle(target, error) or unavailable_error(target, error) from error


def copy(source: sqlite3.Connection, path: Path) -> Path:
    """Copy a database to a new file, with a number added to its name if it exists; return its path."""
    names = chain([path], (path.with_name(f"{path.name}.{number}") for number in count(2)))
    try:
        with temporary_file(path.parent) as private:
            with closing(sqlite3.connect(private)) as target:
                source.backup(target)
            return next(name for name in names if link_into_place(private, name))
    except OSError as error:
        raise unusable_error(path, error) from None


@contextmanager
def temporary_file(folder: Path) -> Iterator[Path]:
    """Yield an empty private file, removed at the end of the block; then sync the entries of the folder."""
    descriptor, name = mkstemp(prefix=".tasktimer-", suffix=".new", dir=folder)
    os.close(descriptor)  # now: closing it once other threads have locks on it would drop these
    private = Path(name)
    try:
        private.chmod(0o600)  # regardless of the umask
        yield private
    finally:
        private.unlink(missing_ok=True)
    sync_folder(folder)


def link_into_place(private: Path, target: Path, *, is_database: bool = True) -> bool:
    """Sync a file and link it to its name; return False if the name is taken.

    Journals of an earlier database of this name are removed first: SQLite would apply them to the new one.
    """
    sync(private)
    with locked(target.parent) as has_lock:
        if os.path.lexists(target):
            return False
        if is_database:
            remove_journals(target, has_lock=has_lock)
        try:
            os.link(private, target)
        except FileExistsError:  # created without the lock on the folder
            return False
        except OSError:  # a file system without hard links
            if not has_lock:
                raise
            if os.path.lexists(target):
                return False
            private.rename(target)
    return True
