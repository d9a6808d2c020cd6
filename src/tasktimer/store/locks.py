"""Whether a file system lets files be locked."""

import errno
import fcntl
import os
from functools import cache
from pathlib import Path

from tasktimer.errors import Unavailable

# Behind the bytes that SQLite locks: nobody else locks it, and a lock needs no byte to be there.
_BYTE = 0x40000000 + 1024
_HELD = (errno.EAGAIN, errno.EACCES)


def no_locks(path: Path) -> Unavailable:
    """The refusal for a file whose file system does not lock."""
    return Unavailable(
        "store-no-locks",
        f"{path} cannot be locked: its file system has no lock service",
        "move it to a local disk, and name it there: tasktimer --database PATH list; nothing was changed",
    )


def refuses_locks(path: Path) -> bool:
    """Tell a file system without a lock service from another program's lock: SQLite reports both as busy."""
    try:
        descriptor = keep_open(path)
    except OSError:
        return False
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, _BYTE)
        fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, _BYTE)
    except OSError as error:
        return error.errno not in _HELD
    return False


def keep_open(path: Path) -> int:
    """A descriptor of a file, which stays open: to close it would drop every lock that this process has on the file.

    Raises:
        OSError: it cannot be opened.
    """
    found = path.stat()
    return _descriptor(path, found.st_dev, found.st_ino)


@cache
def _descriptor(path: Path, _device: int, _inode: int) -> int:
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
