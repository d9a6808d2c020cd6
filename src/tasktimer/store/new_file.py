"""A new file, or a copy of one, which appears whole and private or not at all."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from tempfile import mkstemp

from tasktimer.store.failures import unavailable, unusable
from tasktimer.store.locks import no_locks


def create(path: Path) -> None:
    """Build a new file; where another command was quicker, its file stays."""
    target = path
    try:
        target = Path(os.path.realpath(path))  # a link to where the file is to be stays a link
        _make_folders(target.parent)
        with private_file(target.parent) as private:
            with closing(sqlite3.connect(private, isolation_level=None, timeout=0)) as connection:
                # Whatever happens to this file is nobody's loss: it is brought to the disk before it gets its name.
                connection.execute("PRAGMA journal_mode = OFF")
                connection.execute("PRAGMA synchronous = OFF")
                connection.executescript(Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"))
            publish(private, target)
    except OSError as error:
        raise unusable(target, error) from None
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:  # with whom, before it has a name?
            raise no_locks(target) from error
        raise unavailable(target, error) from error


def copy(source: sqlite3.Connection, path: Path) -> Path:
    """Copy what a connection sees to a new file of this name, or with a number behind it where there is one."""
    names = chain([path], (path.with_name(f"{path.name}.{number}") for number in count(2)))
    try:
        with private_file(path.parent) as private:
            with closing(sqlite3.connect(private)) as target:
                source.backup(target)
            return next(name for name in names if publish(private, name))
    except OSError as error:
        raise unusable(path, error) from None


@contextmanager
def private_file(folder: Path) -> Iterator[Path]:
    """An empty file that nobody else knows; the names that the folder has when the block ends are on the disk."""
    descriptor, name = mkstemp(prefix=".tasktimer-", suffix=".new", dir=folder)
    private = Path(name)
    try:
        os.fchmod(descriptor, 0o600)  # whatever the umask took away
        yield private
    finally:
        os.close(descriptor)
        private.unlink(missing_ok=True)
    _sync_folder(folder)


def publish(private: Path, target: Path) -> bool:
    """Give the file its name, once it is on the disk; False where the name is taken: that file stays."""
    with private.open("rb") as file:
        os.fsync(file.fileno())
    try:
        os.link(private, target)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        return _rename(private, target)
    return True


def _rename(private: Path, target: Path) -> bool:
    import fcntl

    folder = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # ends with the process, so that nothing is left to clean up
        if os.path.lexists(target):
            return False
        private.rename(target)
        return True
    finally:
        os.close(folder)


def _make_folders(folder: Path) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):  # another first command was quicker
            path.mkdir(mode=0o700)
            path.chmod(0o700)  # whatever the umask took away
            _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Keep a new name in it through a power cut, where the folder may be read and its file system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
