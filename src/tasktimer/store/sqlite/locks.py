"""Detection of file systems without locks."""

import errno
from contextlib import suppress
from pathlib import Path

from tasktimer.errors import TasktimerError, Unavailable
from tasktimer.store.sqlite.open_files import held

# After the bytes that SQLite locks. A lock may be beyond the end of the file.
_BYTE = 0x40000000 + 1024
_HELD = (errno.EAGAIN, errno.EACCES)


def no_locks(path: Path) -> Unavailable:
    """Return the error for a file on a file system without locks."""
    return Unavailable(
        "store-no-locks",
        f"{path} cannot be locked: its file system has no lock service",
        "nothing was changed; move it to a local disk, and name it there: tasktimer --database PATH list",
    )


def refuses_locks(path: Path) -> bool:
    """Return whether the file system of a file has no lock service, which SQLite reports as busy."""
    with suppress(TasktimerError), held(path) as file:
        try:
            file.lock_byte(_BYTE)
        except OSError as error:
            return error.errno not in _HELD
    return False
