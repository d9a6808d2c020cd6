"""Database files that this process has open: a descriptor is closed only once no connection to its file is left.

POSIX drops all locks of a process on a file as soon as the process closes any descriptor of that file. SQLite handles
this for its own connections, but not for descriptors that are opened elsewhere in the process.
"""

import os
import stat
from _thread import allocate_lock, get_ident
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasktimer.errors import StoreMissing, Unavailable

Identity = tuple[int, int]  # device and inode

# Seconds that a fork waits for the transactions of other threads.
_FORK_TIMEOUT = 10.0


class OpenFile:
    """An open file; each holder has its own connection."""

    def __init__(self, identity: Identity, path: Path) -> None:
        self.identity = identity
        self._path = path  # at which it was opened
        self.descriptors: list[int] = []
        self.holders = 0

    def read(self, size: int, *, start: int = 0) -> bytes:
        """Return up to `size` bytes from offset `start`.

        Raises:
            Unavailable: if the disk fails.
        """
        try:
            return os.pread(self.descriptors[0], size, start)
        except OSError as error:
            from tasktimer.store.sqlite.errors import unreadable_error  # lazy: only for errors

            raise unreadable_error(self._path, error) from None

    def lock_byte(self, offset: int) -> None:
        """Lock one byte for reading and unlock it again.

        Raises:
            OSError: if another process has locked it, or the file system has no locks.
        """
        import fcntl  # lazy: only if a lock is held

        fcntl.lockf(self.descriptors[0], fcntl.LOCK_SH | fcntl.LOCK_NB, 1, offset)
        fcntl.lockf(self.descriptors[0], fcntl.LOCK_UN, 1, offset)

    def is_at(self, path: Path) -> bool:
        """Return whether a path leads to this file."""
        return identity_of(path) == self.identity


class _OpenFiles:
    """The open files by identity, and the synchronization with forks.

    A forked child inherits SQLite's record of its locks, but not the locks. So a fork waits until no thread is in a
    transaction; a file that is open nevertheless, such as that of a server, cannot be used in the child.
    """

    def __init__(self) -> None:
        self._reset(inherited=frozenset())

    def _reset(self, inherited: frozenset[Identity]) -> None:
        self._files: dict[Identity, OpenFile] = {}
        self._inherited = inherited  # files that were open when this process was forked
        self._threads: dict[int, int] = {}  # number of files that each thread holds, by its identifier
        self._changing = allocate_lock()  # guards the attributes above
        self._admitting = allocate_lock()  # held during a fork, so that no transaction begins
        self._in_use = allocate_lock()  # held during transactions
        self._was_idle = False  # no transactions when the fork began

    def add_holder(self, path: Path, thread: int | None) -> OpenFile:
        """Hold a file during a transaction of a thread; `thread=None` means longer, so that no fork waits for it."""
        if thread in self._threads:  # waiting for a fork that waits for this thread would deadlock
            return self._add_holder(path, thread)
        with self._admitting:
            return self._add_holder(path, thread)

    def _add_holder(self, path: Path, thread: int | None) -> OpenFile:
        with self._changing:
            found = os.stat(path)  # noqa: PTH116 (Path.stat takes twice as long)
            if not stat.S_ISREG(found.st_mode):
                raise _not_a_file(path, found.st_mode)
            file = self._files.get(_identity(found)) or self._open(path)
            if file.identity in self._inherited:
                raise _forked(path)
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
        # A thread that forks within its own transaction would wait for itself.
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
        # Non-blocking: the file may have been replaced by a pipe.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        identity = _identity(os.fstat(descriptor))
        # The file may have an entry: another one may have been at this path when its identity was looked up.
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
    """Hold a file open during the block, in which connections to it may be opened; forks do not wait if `lasting`.

    Raises:
        StoreMissing: if there is no file.
        Unavailable: if it is not a regular file, cannot be opened, or was open when this process was forked.
    """
    thread = None if lasting else get_ident()
    try:
        file = _open_files.add_holder(path, thread)
    except FileNotFoundError:
        raise StoreMissing(str(path)) from None
    except OSError as error:
        from tasktimer.store.sqlite.errors import unusable_error  # lazy: only for errors

        raise unusable_error(path, error) from None
    try:
        yield file
    finally:
        _open_files.remove_holder(file, thread)


def identity_of(path: Path) -> Identity | None:
    """Return the device and inode of a file, or None if it cannot be found."""
    try:
        return _identity(os.stat(path))  # noqa: PTH116 (called for every request of a server)
    except OSError:
        return None


def _identity(found: os.stat_result) -> Identity:
    return found.st_dev, found.st_ino


def _not_a_file(path: Path, mode: int) -> Unavailable:
    kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
    return Unavailable("store-no-file", f"{path} is {kind}", "name a file with --database")


def _forked(path: Path) -> Unavailable:
    return Unavailable(
        "store-forked",
        f"{path} was open when this process was forked",
        'start the process with multiprocessing.get_context("spawn")',
    )
