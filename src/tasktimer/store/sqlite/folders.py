"""Folders of database files: locking, journals of earlier files, and syncing."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tasktimer.errors import Unavailable

# Suffixes of the files that SQLite puts beside a database: rollback journal, write-ahead log and its index.
JOURNALS = ("-journal", "-wal", "-shm")


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Hold an exclusive lock on a folder, under which database files are created; yield False without lock support."""
    with ExitStack() as stack:
        has_lock = False
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # released by the kernel if the process dies
            stack.callback(fcntl.flock, descriptor, fcntl.LOCK_UN)  # a forked child has the descriptor too
            has_lock = True
        yield has_lock


def journals_of(path: Path) -> list[Path]:
    """Return the journals that exist beside a database file."""
    beside = (path.with_name(path.name + suffix) for suffix in JOURNALS)
    return [journal for journal in beside if os.path.lexists(journal)]


def remove_journals(path: Path, *, has_lock: bool) -> None:
    """Remove the journals of an earlier file of this name, which SQLite would apply to the next one.

    Raises:
        Unavailable: if there are any and the folder is not locked: they may belong to a file created just now.
    """
    journals = journals_of(path)
    if journals and not has_lock:
        raise _stale(journals[0])
    for journal in journals:
        journal.unlink(missing_ok=True)
    if journals:
        sync_folder(path.parent)  # they must not reappear beside the new file after a power failure


def make_folders(folder: Path) -> None:
    """Create a folder and its parents, accessible to this user only."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):  # created by a concurrent command
            path.mkdir(mode=0o700)
            path.chmod(0o700)  # regardless of the umask
            sync_folder(path.parent)


def sync(path: Path) -> None:
    """Sync a file to the disk; no connection of this process may be open to it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Sync the entries of a folder to the disk, if the folder can be opened and its file system supports it."""
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
        f"{journal} belongs to an earlier file, and its folder cannot be locked",
        f"make sure that no program uses it, then remove it: rm {quote(str(journal))}",
    )
