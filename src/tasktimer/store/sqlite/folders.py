"""Folders in which database files are made: their lock, their journals, and what a power cut must not undo."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tasktimer.errors import Unavailable

# What SQLite puts beside a database file: its rollback journal, its write-ahead log, and the index of that.
JOURNALS = ("-journal", "-wal", "-shm")


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Keep other processes from making files in a folder; False where its file system has no such lock."""
    with ExitStack() as stack:
        has_lock = False
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # ends with the process, so that nothing is left to clean up
            stack.callback(fcntl.flock, descriptor, fcntl.LOCK_UN)  # a child of a fork has the descriptor, too
            has_lock = True
        yield has_lock


def journals_of(path: Path) -> list[Path]:
    """Return the files that SQLite has left beside a database file."""
    beside = (path.with_name(path.name + suffix) for suffix in JOURNALS)
    return [journal for journal in beside if os.path.lexists(journal)]


def remove_journals(path: Path, *, has_lock: bool) -> None:
    """Remove what an earlier file of this name has left, which SQLite would apply to the next one.

    Raises:
        Unavailable: there is something, and the folder is not locked: it may belong to a file made a moment ago.
    """
    journals = journals_of(path)
    if journals and not has_lock:
        raise _stale(journals[0])
    for journal in journals:
        journal.unlink(missing_ok=True)
    if journals:
        sync_folder(path.parent)  # a power cut must not bring them back beside the new file


def make_folders(folder: Path) -> None:
    """Make a folder, and those that it is in, for this user alone."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):  # another first command was quicker
            path.mkdir(mode=0o700)
            path.chmod(0o700)  # whatever the umask took away
            sync_folder(path.parent)


def sync(path: Path) -> None:
    """Bring the content of a file to the disk; no connection of this process may be open to it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Keep a new name in it through a power cut, where the folder may be read and its file system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _stale(journal: Path) -> Unavailable:
    from shlex import quote

    return Unavailable(
        "store-stale-journal",
        f"{journal} was left behind by an earlier file, and its folder cannot be locked",
        f"make sure that no program uses it, then remove it: rm {quote(str(journal))}",
    )
