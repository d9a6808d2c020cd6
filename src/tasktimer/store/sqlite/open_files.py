"""Database files that this process has open; a descriptor is closed only when its file has no more connections.

On POSIX systems, a process loses all its locks on a file as soon as it closes any descriptor of that file. SQLite
handles this for its own descriptors, but not for those opened elsewhere in the process.
"""

import errno
import fcntl
import os
import sqlite3
import stat
from _thread import allocate_lock, get_ident
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tasktimer.errors import StoreMissing, TasktimerError, Unavailable

Identity = tuple[int, int]  # device and inode

APPLICATION_ID = 0x74746D72  # "ttmr": identifies tasktimer files

# Documented in https://sqlite.org/fileformat.html.
_MAGIC = b"SQLite format 3\0"
_HEADER_SIZE = 100
_APPLICATION_ID_BYTES = slice(68, 72)
_READ_VERSION_OFFSET, _WAL = 19, 2

# Suffixes of the files that SQLite creates beside a database: the rollback journal, the write-ahead log and its index.
JOURNALS = ("-journal", "-wal", "-shm")

# A byte after those that SQLite locks. Bytes beyond the end of a file can be locked.
_UNUSED_BYTE = 0x40000000 + 1024
_LOCKED_BY_OTHERS = (errno.EAGAIN, errno.EACCES)

# Seconds that a fork waits for other threads' transactions.
_FORK_TIMEOUT = 10.0


class UnrecognizedFile(sqlite3.DatabaseError):
    """The error for a file without the header of a SQLite database."""


class OpenFile:
    """An open file, with its descriptors and the number of its holders, each of which has its own connection."""

    def __init__(self, identity: Identity, path: Path) -> None:
        self.identity = identity
        self._path = path  # used to open the file
        self.descriptors: list[int] = []
        self.holders = 0

    def read(self, size: int, *, start: int = 0) -> bytes:
        """Return up to `size` bytes of the file from offset `start`."""
        try:
            return os.pread(self.descriptors[0], size, start)
        except OSError as error:
            message = f"{self._path} cannot be read ({error.strerror})"
            hint = "check that the disk is not disconnected or failing; nothing was changed"
            raise Unavailable("store-io-error", message, hint) from None

    def uses_wal(self) -> bool:
        """Return whether the file's header indicates that it uses a write-ahead log (WAL)."""
        return self.read(1, start=_READ_VERSION_OFFSET) == bytes([_WAL])

    def check_header(self) -> None:
        """Check that this is a tasktimer file, before SQLite locks it or rolls back its journal.

        Raises:
            sqlite3.DatabaseError: if the header is incomplete or is not a SQLite header.
            Unavailable: if the file belongs to another program.
        """
        header = self.read(_HEADER_SIZE)
        if len(header) < _HEADER_SIZE:
            raise sqlite3.DatabaseError("it is truncated" if header else "it is empty")
        if not header.startswith(_MAGIC):
            raise UnrecognizedFile
        if int.from_bytes(header[_APPLICATION_ID_BYTES], "big") != APPLICATION_ID:
            raise Unavailable("store-unrecognized", f"{self._path} is another program's SQLite file")


class _OpenFiles:
    """A registry of open files, keyed by identity, that is safe to use when the process forks.

    A forked child inherits SQLite's record of its locks, but not the locks themselves. A fork therefore waits until no
    thread is in a transaction. A file that is still open then, such as a server's file, cannot be used in the child.
    """

    def __init__(self) -> None:
        self._reset(inherited=frozenset())

    def _reset(self, inherited: frozenset[Identity]) -> None:
        self._files: dict[Identity, OpenFile] = {}
        self._inherited = inherited  # files that were open when this process was forked
        self._threads: dict[int, int] = {}  # number of files held by each thread, by thread identifier
        self._changing = allocate_lock()  # guards the attributes above
        self._admitting = allocate_lock()  # held during a fork, so that no transaction begins
        self._in_use = allocate_lock()  # held during transactions
        self._was_idle = False  # whether there were no transactions when the fork began

    def add_holder(self, path: Path, thread: int | None) -> OpenFile:
        """Add a holder of a file for a thread's transaction; forks do not wait for holders with `thread=None`."""
        if thread in self._threads:  # a fork may be waiting for this thread: do not wait for the fork
            return self._add_holder(path, thread)
        with self._admitting:
            return self._add_holder(path, thread)

    def _add_holder(self, path: Path, thread: int | None) -> OpenFile:
        with self._changing:
            status = os.stat(path)  # noqa: PTH116 (Path.stat takes twice as long)
            if not stat.S_ISREG(status.st_mode):
                kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
                raise Unavailable("store-not-a-file", f"{path} is {kind}")
            file = self._files.get(_identity(status)) or self._open(path)
            if file.identity in self._inherited:
                hint = 'start the process with multiprocessing.get_context("spawn")'
                raise Unavailable("store-forked", f"{path} was open when this process was forked", hint)
            file.holders += 1
            if thread is not None:
                if not self._threads:
                    self._in_use.acquire()
                self._threads[thread] = self._threads.get(thread, 0) + 1
            return file

    def remove_holder(self, file: OpenFile, thread: int | None) -> None:
        with self._changing:
            file.holders -= 1
            if not file.holders:
                del self._files[file.identity]
                for descriptor in file.descriptors:
                    os.close(descriptor)
            if thread is not None:
                self._threads[thread] -= 1
                if not self._threads[thread]:
                    del self._threads[thread]
                if not self._threads:
                    self._in_use.release()

    def before_fork(self) -> None:
        self._admitting.acquire()
        # A thread that forks within its own transaction must not wait for itself.
        self._was_idle = get_ident() not in self._threads and self._in_use.acquire(timeout=_FORK_TIMEOUT)
        self._changing.acquire()

    def after_fork_in_parent(self) -> None:
        self._changing.release()
        if self._was_idle:
            self._in_use.release()
        self._admitting.release()

    def after_fork_in_child(self) -> None:
        self._reset(self._inherited | self._files.keys())

    def _open(self, path: Path) -> OpenFile:
        # Non-blocking, because a pipe may have replaced the file.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        identity = _identity(os.fstat(descriptor))
        # The file may already have an entry: a different file may have had this path when the identity was looked up.
        file = self._files.setdefault(identity, OpenFile(identity, path))
        file.descriptors.append(descriptor)
        return file


_open_files = _OpenFiles()


os.register_at_fork(
    before=_open_files.before_fork,
    after_in_parent=_open_files.after_fork_in_parent,
    after_in_child=_open_files.after_fork_in_child,
)


@contextmanager
def held(path: Path, *, lasting: bool = False) -> Iterator[OpenFile]:
    """Keep a database file open during the block, so that the block can use connections to it.

    Calls to `os.fork` wait until the block ends, unless `lasting` is true.

    Raises:
        StoreMissing: if the file does not exist.
    """
    thread = None if lasting else get_ident()
    try:
        file = _open_files.add_holder(path, thread)
    except FileNotFoundError:
        raise StoreMissing(str(path)) from None
    except OSError as error:
        raise unusable_error(path, error) from None
    try:
        yield file
    finally:
        _open_files.remove_holder(file, thread)


def refuses_locks(path: Path) -> bool:
    """Return whether a file's file system does not support locks; SQLite then reports that the file is busy."""
    with suppress(TasktimerError), held(path) as file:
        try:
            for operation in (fcntl.LOCK_SH | fcntl.LOCK_NB, fcntl.LOCK_UN):
                fcntl.lockf(file.descriptors[0], operation, 1, _UNUSED_BYTE)
        except OSError as error:
            return error.errno not in _LOCKED_BY_OTHERS
    return False


def journals_of(path: Path) -> list[Path]:
    """Return the existing journals beside a database file."""
    beside = (path.with_name(path.name + suffix) for suffix in JOURNALS)
    return [journal for journal in beside if os.path.lexists(journal)]


def identity_of(path: Path) -> Identity | None:
    """Return the device and inode of a file, or None if it cannot be found."""
    try:
        return _identity(os.stat(path))  # noqa: PTH116 (called for every request of a server)
    except OSError:
        return None


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def unusable_error(path: Path, error: OSError) -> Unavailable:
    """Return the error for a failed operating system call on a file."""
    return Unavailable("store-unusable", f"cannot use {path}: {error.strerror}")


@contextmanager
def translate_os_errors(path: Path) -> Iterator[None]:
    """Re-raise operating system errors as Unavailable."""
    try:
        yield
    except OSError as error:
        raise unusable_error(path, error) from None


def no_locks_error(path: Path) -> Unavailable:
    """Return the error for a file on a file system without file locks."""
    return Unavailable("store-no-locks", f"{path} cannot be locked: its file system does not support file locks")
