"""A lock that allows only one server per file, because a second server would not notice if the file were replaced."""

import fcntl
import os
from pathlib import Path

from tasktimer.errors import Unavailable
from tasktimer.store.sqlite.open_files import no_locks_error


class ServerLock:
    """A lock that a server holds on its file from the first use of the file until the server stops.

    The lock is a separate file, because closing a descriptor of the database file would drop SQLite's locks on it.
    """

    def __init__(self, path: Path) -> None:
        real = Path(os.path.realpath(path))  # a link to the file shares its lock
        self._path = real.with_name(f"{real.name}-serving")
        self._served = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Acquire the lock unless it is already held; raise Unavailable if another process is serving the file."""
        while self._descriptor is None:
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError:  # the folder is read-only, so the file can only be read
                return
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._path.exists() and self._path.stat().st_ino == os.fstat(descriptor).st_ino:
                    self._descriptor = descriptor  # otherwise, the lock file has just been removed: try again
                    return
            except BlockingIOError:
                raise Unavailable(
                    "store-in-use",
                    f"another process is serving {self._served}",
                    "stop the other server, or use PostgreSQL to run several servers",
                ) from None
            except OSError as error:
                raise no_locks_error(self._served) from error
            finally:
                if self._descriptor is None:
                    os.close(descriptor)

    def release(self) -> None:
        """Release the lock and remove its file."""
        if self._descriptor is not None:
            # Remove the file before closing it, so that a process that then locks it notices and creates a new one.
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None
