"""One process serves a file: two that keep it open would not notice each other when the file is replaced."""

import fcntl
import os
from pathlib import Path

from tasktimer.errors import Unavailable
from tasktimer.store.sqlite.locks import no_locks


class ServerLock:
    """Held from when a file is first served to the end of the process, however it ends.

    It is a file of its own beside the other: closing the file itself would drop SQLite's locks on it.
    """

    def __init__(self, path: Path) -> None:
        real = Path(os.path.realpath(path))  # the same lock for a link to the file
        self._path = real.with_name(f"{real.name}-serving")
        self._served = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take it, unless it is held already.

        Raises:
            Unavailable: another process serves the file.
        """
        while self._descriptor is None:
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError:  # where it cannot be made, nothing can be written: the file is only read
                return
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._path.exists() and self._path.stat().st_ino == os.fstat(descriptor).st_ino:
                    self._descriptor = descriptor  # else the one before has just removed it
                    return
            except BlockingIOError:
                raise Unavailable(
                    "store-served",
                    f"another process serves {self._served}",
                    "one process serves a file; end the other, or use PostgreSQL for several",
                ) from None
            except OSError as error:
                raise no_locks(self._served) from error
            finally:
                if self._descriptor is None:
                    os.close(descriptor)

    def release(self) -> None:
        """Let go of it, and leave nothing behind."""
        if self._descriptor is not None:
            # While it is held: who gets it next sees that the file has gone, and makes another.
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None
