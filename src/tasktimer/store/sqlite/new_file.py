"""A new file, or a copy of one, which appears whole and private or not at all."""

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
    """Build a new file; where another command was quicker, its file stays."""
    target = path
    try:
        target = Path(os.path.realpath(path))  # a link to where the file is to be stays a link
        make_folders(target.parent)
        with temporary_file(target.parent) as private:
            with closing(sqlite3.connect(private, isolation_level=None, timeout=0)) as connection:
                # Whatever happens to this file is nobody's loss: it is brought to the disk before it gets its name.
                connection.execute("PRAGMA journal_mode = OFF")
                connection.execute("PRAGMA synchronous = OFF")
                connection.executescript(schema_script())
            link_into_place(private, target)
    except OSError as error:
        raise unusable_error(target, error) from None
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:  # with whom, before it has a name?
            raise no_locks(target) from error
        raise find_obstacle(target, error) or unavailable_error(target, error) from error


def copy(source: sqlite3.Connection, path: Path) -> Path:
    """Copy what a connection sees to a new file of this name, or with a number behind it where there is one."""
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
    """An empty file that nobody else knows; the names that the folder has when the block ends are on the disk."""
    descriptor, name = mkstemp(prefix=".tasktimer-", suffix=".new", dir=folder)
    os.close(descriptor)  # now: once the file has its name, that would drop the locks of other threads on it
    private = Path(name)
    try:
        private.chmod(0o600)  # whatever the umask took away
        yield private
    finally:
        private.unlink(missing_ok=True)
    sync_folder(folder)


def link_into_place(private: Path, target: Path, *, is_database: bool = True) -> bool:
    """Give the file its name, once it is on the disk; False where the name is taken: that file stays.

    A rollback journal or WAL of an earlier file of this name is removed before: SQLite would apply it to the new one.
    """
    sync(private)
    with locked(target.parent) as has_lock:
        if os.path.lexists(target):
            return False
        if is_database:
            remove_journals(target, has_lock=has_lock)
        try:
            os.link(private, target)
        except FileExistsError:  # made by a program that does not know the lock
            return False
        except OSError:  # a file system without hard links
            if not has_lock:
                raise
            if os.path.lexists(target):
                return False
            private.rename(target)
    return True
