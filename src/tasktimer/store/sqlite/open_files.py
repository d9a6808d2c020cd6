"""The database files that this process has open; a descriptor of one is closed only when nothing else has it open.

POSIX drops every lock that a process holds on a file as soon as the process closes any descriptor of that file. SQLite
allows for this among its own connections, and cannot know of a descriptor that was opened beside them.
"""

import os
import stat
from _thread import allocate_lock, get_ident
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasktimer.errors import StoreMissing, Unavailable

Identity = tuple[int, int]  # device and inode

# How many seconds a fork waits for the transactions of other threads.
_LONGEST_WAIT = 10.0


class OpenFile:
    """A file with at least one holder, each with a connection of its own."""

    def __init__(self, identity: Identity, path: Path) -> None:
        self.identity = identity
        self._path = path  # at which it was found
        self.descriptors: list[int] = []
        self.holders = 0

    def read(self, size: int, *, start: int = 0) -> bytes:
        """Read some of its bytes.

        Raises:
            Unavailable: the disk fails.
        """
        try:
            return os.pread(self.descriptors[0], size, start)
        except OSError as error:
            from tasktimer.store.sqlite.errors import unreadable_error  # few commands fail

            raise unreadable_error(self._path, error) from None

    def lock_byte(self, offset: int) -> None:
        """Take a shared lock on one byte, and release it.

        Raises:
            OSError: another process holds it, or the file system has no locks.
        """
        import fcntl  # few commands need it

        fcntl.lockf(self.descriptors[0], fcntl.LOCK_SH | fcntl.LOCK_NB, 1, offset)
        fcntl.lockf(self.descriptors[0], fcntl.LOCK_UN, 1, offset)

    def is_at(self, path: Path) -> bool:
        """Return whether a path still leads to it."""
        return identity_of(path) == self.identity


class _OpenFiles:
    """The files that are open, by identity, and the locks that a fork waits for.

    A child of a fork has copies of SQLite's notes on locks, but not the locks. So a fork waits until no thread is in a
    transaction; a file that is open all the same, as that of a server is, cannot be used in the child.
    """

    def __init__(self) -> None:
        self._reset(inherited=frozenset())

    def _reset(self, inherited: frozenset[Identity]) -> None:
        self._files: dict[Identity, OpenFile] = {}
        self._inherited = inherited  # files that were open when this process was forked
        self._threads: dict[int, int] = {}  # how many files each thread holds, by its identifier
        self._changing = allocate_lock()  # around every change of the above
        self._admitting = allocate_lock()  # held by a fork, so that no transaction begins
        self._in_use = allocate_lock()  # held while there are transactions
        self._was_idle = False  # when a fork began

    def add_holder(self, path: Path, thread: int | None) -> OpenFile:
        """Hold a file for a transaction of a thread, or (None) for longer, so that no fork waits for it."""
        if thread in self._threads:  # a fork that waits for this thread must not keep it waiting
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
        # In the middle of a transaction of its own, a thread would wait for itself.
        self._was_idle = get_ident() not in self._threads and self._in_use.acquire(timeout=_LONGEST_WAIT)
        self._changing.acquire()

    def after_fork_in_parent(self) -> None:
        self._changing.release()
        if self._was_idle:
            self._in_use.release()
        self._admitting.release()

    def after_fork_in_child(self) -> None:
        self._reset(self._inherited | self._files.keys())

    def _open(self, path: Path) -> OpenFile:
        # Not blocking: a pipe may have been put in the place of the file.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        identity = _identity(os.fstat(descriptor))
        # It has an entry already where another file was at this path a moment ago.
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
    """Hold a file for as long as a connection to it is open; a `lasting` one is not waited for by a fork.

    Raises:
        StoreMissing: there is no file.
        Unavailable: it is not a regular file, cannot be opened, or was open when this process was forked.
    """
    thread = None if lasting else get_ident()
    try:
        file = _open_files.add_holder(path, thread)
    except FileNotFoundError:
        raise StoreMissing(str(path)) from None
    except OSError as error:
        from tasktimer.store.sqlite.errors import unusable_error  # few commands fail

        raise unusable_error(path, error) from None
    try:
        yield file
    finally:
        _open_files.remove_holder(file, thread)


def identity_of(path: Path) -> Identity | None:
    """Return the device and inode of a file; None where there is none."""
    try:
        return _identity(os.stat(path))  # noqa: PTH116 (a server asks for every request)
    except OSError:
        return None


def _identity(found: os.stat_result) -> Identity:
    return found.st_dev, found.st_ino


def _not_a_file(path: Path, mode: int) -> Unavailable:
    kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
    return Unavailable("store-no-file", f"{path} is {kind}", "give --database the path of a file")


def _forked(path: Path) -> Unavailable:
    return Unavailable(
        "store-forked",
        f"{path} was open when this process was forked",
        'start the process anew: multiprocessing.get_context("spawn")',
    )
