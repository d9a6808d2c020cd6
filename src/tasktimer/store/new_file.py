"""A new file, which appears whole and private or not at all."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import mkstemp

from tasktimer.store.failures import unavailable, unusable


def create(path: Path) -> None:
    """Build a new file under a private name in its folder, then give it its own: others see it whole or not at all."""
    target = path
    try:
        target = Path(os.path.realpath(path))
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
        raise unusable(target, error) from None
    except sqlite3.OperationalError as error:
        raise unavailable(target, error) from error


def _publish(private: Path, target: Path) -> None:
    """Give the file its name, unless another command was quicker: then its file is used."""
    try:
        os.link(private, target)
    except FileExistsError:
        pass
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
