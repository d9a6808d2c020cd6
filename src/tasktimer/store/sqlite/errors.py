"""Translation of SQLite errors, adding causes that SQLite does not report, such as a journal that is not writable."""

import os
import pwd
import shlex
import sqlite3
from contextlib import suppress
from pathlib import Path

from tasktimer.errors import TasktimerError, Unavailable
from tasktimer.store.errors import out_of_memory_error
from tasktimer.store.sqlite.open_files import UnrecognizedFile, held, journals_of, no_locks_error, refuses_locks

# Includes SQLITE_ERROR: our statements are valid, so another program must have changed the schema.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_ERROR)
_NO_RIGHTS = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)

_EXPLANATIONS = (
    (
        (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
        "locked",
        "is locked: another program has been using it for too long",
        "end that program, then try again; nothing was changed",
    ),
    ((sqlite3.SQLITE_FULL,), "full", "cannot grow: the disk is full", "free some space; nothing was changed"),
    (
        _NO_RIGHTS,
        "read-only",
        "cannot be written",
        "SQLite must be able to write the file and its folder; nothing was changed",
    ),
    (
        (sqlite3.SQLITE_IOERR,),
        "io-error",
        "cannot be read or written",
        "check that the disk is not full, disconnected or failing; nothing was changed",
    ),
)

_LOCK_ERRORS = (
    sqlite3.SQLITE_IOERR_LOCK,
    sqlite3.SQLITE_IOERR_RDLOCK,
    sqlite3.SQLITE_IOERR_UNLOCK,
    sqlite3.SQLITE_IOERR_CHECKRESERVEDLOCK,
    sqlite3.SQLITE_IOERR_SHMLOCK,
    sqlite3.SQLITE_PERM,
)


class Damaged(Unavailable):
    """The error for a file whose content is not a valid tasktimer database."""


def damaged_error(path: Path, reason: str) -> Damaged:
    """Return the error for a file with invalid content."""
    return Damaged("store-damaged", f"{path} is damaged: {reason}{_journals_beside(path)}", context=shell_context(path))


def translate(path: Path, error: sqlite3.DatabaseError | UnicodeDecodeError | MemoryError) -> Unavailable:
    """Return the error that corresponds to an exception raised while using a file."""
    match error:
        case MemoryError():
            return out_of_memory_error(error)
        case UnicodeDecodeError():  # raised by sqlite3 for a message that quotes a damaged schema
            return damaged_error(path, "its schema cannot be read")
        case UnrecognizedFile():
            message = f"{path} is damaged, or not a tasktimer file{_journals_beside(path)}"
            return Damaged("store-unrecognized", message, context=shell_context(path))
    return _find_obstacle(path, error) or _describe(path, error)


def shell_context(path: Path) -> dict[str, str]:
    """Return the context for a hint that contains a shell command: the file's absolute path, quoted for the shell."""
    return {"path": shlex.quote(str(path.absolute()))}


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Return whether an error is caused by the file's content or the disk, rather than by a lock or a permission."""
    return _code(error) & 0xFF in (*_DAMAGED, sqlite3.SQLITE_IOERR)


def _describe(path: Path, error: sqlite3.DatabaseError) -> Unavailable:
    code = _code(error) & 0xFF
    if code in _DAMAGED:
        return damaged_error(path, str(error))
    for codes, kind, message, hint in _EXPLANATIONS:
        if code in codes:
            return Unavailable(f"store-{kind}", f"{path} {message} ({error})", hint)
    return Unavailable("store-unusable", f"cannot use {path}: {error}", "check that its folder can be read and written")


def _code(error: sqlite3.DatabaseError) -> int:
    # Errors without a code are caused by invalid content: text that is not UTF-8, or a failed check in this package.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return code


def _journals_beside(path: Path) -> str:
    """Return a note that names any journals beside a damaged file; they may belong to it or have damaged it."""
    names = [journal.name for journal in journals_of(path) if not journal.name.endswith("-shm")]
    return f" (beside it: {' and '.join(names)})" if names else ""


def _find_obstacle(path: Path, error: sqlite3.DatabaseError) -> Unavailable | None:
    """Return the error for a file that cannot be locked or recovered, or None if the error has another cause."""
    code = _code(error)
    if code in _LOCK_ERRORS or (code & 0xFF == sqlite3.SQLITE_BUSY and refuses_locks(path)):
        return no_locks_error(path)
    # Without an extended code, SQLITE_READONLY means that a write failed, not that recovery failed.
    needs_rights = code != sqlite3.SQLITE_READONLY and code & 0xFF in _NO_RIGHTS
    if needs_rights or code == sqlite3.SQLITE_IOERR_DELETE:
        with suppress(OSError, TasktimerError):  # the cause cannot be determined
            leftover = _find_leftover(path)
            return leftover and _blocked(path, *leftover)
    return None


def _find_leftover(path: Path) -> tuple[str, tuple[Path, ...]] | None:
    """Return a file's state, as text, and the journals needed for its recovery, or None if no recovery is needed."""
    journal, wal, shm = (path.with_name(f"{path.name}-{suffix}") for suffix in ("journal", "wal", "shm"))
    if journal.is_file() and journal.stat().st_size:
        return "was left in the middle of a change", (journal,)
    with held(path) as file:
        if file.uses_wal():
            return "uses the WAL of a running or killed server", (wal, shm)
    return None


def _blocked(path: Path, state: str, needed: tuple[Path, ...]) -> Unavailable | None:
    files = [file for file in needed if file.exists()]
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        reason, hint = "its file system is read-only", None
        sources = [path, *(file for file in files if not file.name.endswith("-shm"))]
        context = {"sources": shlex.join(map(str, sources)), "name": shlex.quote(path.name)}
    else:
        obstacle = next((one for one in (*files, path, path.parent) if not _is_usable(one)), None)
        if obstacle is None:
            return None
        reason, hint, context = _missing_right(path, obstacle)
    return Unavailable("store-read-only", f"{path} {state}, and {reason}", hint, context=context)


def _is_usable(path: Path) -> bool:
    return os.access(path, os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0))


def _missing_right(path: Path, obstacle: Path) -> tuple[str, str | None, dict[str, str]]:
    """Return the reason why a path is not writable, a hint (None if each interface has its own), and the context."""
    owner = obstacle.stat().st_uid
    if owner == os.geteuid():
        return f"{obstacle} is not writable", f"to make it writable, run: chmod u+rwX {shlex.quote(str(obstacle))}", {}
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"
    context = {"owner": shlex.quote(name), "path": shlex.quote(str(path))}
    return f"{obstacle}, owned by user {name}, is not writable", None, context
