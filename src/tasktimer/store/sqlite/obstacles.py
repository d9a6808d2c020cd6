"""Diagnosis of errors whose cause SQLite does not name: missing locks, and journals that cannot be rolled back."""

import os
import pwd
import shlex
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tasktimer.errors import TasktimerError, Unavailable
from tasktimer.store.sqlite.locks import no_locks, refuses_locks
from tasktimer.store.sqlite.open_files import held

_NO_RIGHTS = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
_LOCK_ERRORS = (
    sqlite3.SQLITE_IOERR_LOCK,
    sqlite3.SQLITE_IOERR_RDLOCK,
    sqlite3.SQLITE_IOERR_UNLOCK,
    sqlite3.SQLITE_IOERR_CHECKRESERVEDLOCK,
    sqlite3.SQLITE_IOERR_SHMLOCK,
    sqlite3.SQLITE_PERM,
)
_WAL = b"\x02"  # the read version at offset 19 of the header


class _Leftover(NamedTuple):
    """What another process left beside a file, and the files that SQLite needs to recover."""

    state: str
    files: tuple[Path, ...]


def find_obstacle(path: Path, error: sqlite3.DatabaseError) -> Unavailable | None:
    """Return the error for a file that cannot be locked or recovered, or None if that is not the cause."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    if code in _LOCK_ERRORS or (code & 0xFF == sqlite3.SQLITE_BUSY and refuses_locks(path)):
        return no_locks(path)
    # Without an extended code, SQLITE_READONLY is about a write of this process, not about recovery.
    needs_rights = code != sqlite3.SQLITE_READONLY and code & 0xFF in _NO_RIGHTS
    if needs_rights or code == sqlite3.SQLITE_IOERR_DELETE:
        with suppress(OSError, TasktimerError):  # nothing can be found out
            leftover = _find_leftover(path)
            return leftover and _blocked(path, leftover)
    return None


def _find_leftover(path: Path) -> _Leftover | None:
    journal, wal, shm = (path.with_name(f"{path.name}-{suffix}") for suffix in ("journal", "wal", "shm"))
    if journal.is_file() and journal.stat().st_size:
        return _Leftover("was left in the middle of a change", (journal,))
    with held(path) as file:
        if file.read(1, start=19) == _WAL:
            return _Leftover("uses the WAL of a running or killed server", (wal, shm))
    return None


def _blocked(path: Path, leftover: _Leftover) -> Unavailable | None:
    files = [file for file in leftover.files if file.exists()]
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        reason, hint = "its file system is read-only", f"read a copy: {_copying(path, files)}"
    else:
        obstacle = next((one for one in (*files, path, path.parent) if not _is_usable(one)), None)
        if obstacle is None:
            return None
        reason, hint = _missing_right(path, obstacle)
    return Unavailable("store-read-only", f"{path} {leftover.state}, and {reason}", hint)


def _is_usable(path: Path) -> bool:
    return os.access(path, os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0))


def _copying(path: Path, files: list[Path]) -> str:
    sources = shlex.join(map(str, [path, *(file for file in files if not file.name.endswith("-shm"))]))
    copy = shlex.quote(path.name)
    return (
        f"mkdir ~/tasktimer-copy && cp {sources} ~/tasktimer-copy && tasktimer --database ~/tasktimer-copy/{copy} list"
    )


def _missing_right(path: Path, obstacle: Path) -> tuple[str, str]:
    owner = obstacle.stat().st_uid
    if owner == os.geteuid():
        return f"{obstacle} is not writable", f"make it writable: chmod u+rwX {shlex.quote(str(obstacle))}"
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"
    # This command rolls back a journal and returns the file of a killed server to the rollback journal mode.
    command = shlex.join(["sudo", "-u", name, "tasktimer", "--database", str(path), "db", "upgrade"])
    return f"{obstacle} of user {name} is not writable", f"finish it as that user: {command}"
