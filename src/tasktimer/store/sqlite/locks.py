"""Whether a file system lets files be locked."""

import errno
from contextlib import suppress
from pathlib import Path

from tasktimer.errors import TasktimerError, Unavailable
from tasktimer.store.sqlite.open_files import held

# Behind the bytes that SQLite locks: nobody else locks it, and a lock needs no byte to be there.
_BYTE = 0x40000000 + 1024
_HELD = (errno.EAGAIN, errno.EACCES)


def no_locks(path: Path) -> Unavailable:
    """The refusal for a file whose file system does not lock."""
    return Unavailable(
        "store-no-locks",
        f"{path} cannot be locked: its file system has no lock service",
        "nothing was changed; move it to a local disk, and name it there: tasktimer --database PATH list",
    )


def refuses_locks(path: Path) -> bool:
    """Tell a file system without a lock service from another program's lock: SQLite reports both as busy."""
    with suppress(TasktimerError), held(path) as file:
        try:
            file.lock_byte(_BYTE)
        except OSError as error:
            return error.errno not in _HELD
    return False
