"""Errors of the operating system and SQLite, translated into messages and hints."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasktimer.errors import Unavailable
from tasktimer.store import SCHEMA_VERSION

# Including SQLITE_ERROR: our statements are valid, so the schema must have been changed.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_ERROR)

_EXPLANATIONS = (
    (
        (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
        "locked",
        "is locked: another program has been using it for too long",
        "end that program, then try again; nothing was changed",
    ),
    ((sqlite3.SQLITE_FULL,), "full", "cannot grow: the disk is full", "free some space; nothing was changed"),
    (
        (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN),
        "read-only",
        "cannot be written",
        "SQLite must be able to write the file and its folder; nothing was changed",
    ),
    (
        (sqlite3.SQLITE_IOERR,),
        "io",
        "cannot be read or written",
        "check that the disk is not full, disconnected or failing; nothing was changed",
    ),
)


def unusable_error(path: Path, error: OSError) -> Unavailable:
    """Return the error for a failed operation of the operating system."""
    return Unavailable(
        "store-unusable",
        f"cannot use {path}: {error.strerror}",
        "fix this, or name another file with --database",
    )


def unreadable_error(path: Path, error: OSError) -> Unavailable:
    """Return the error for a file that cannot be read from the disk."""
    message = f"{path} cannot be read ({error.strerror})"
    return Unavailable("store-io", message, "check that the disk is not disconnected or failing; nothing was changed")


class Damaged(Unavailable):
    """The content of a file is not that of a tasktimer database."""


def damaged_error(path: Path, reason: str) -> Damaged:
    """Return the error for a file with invalid content."""
    return Damaged("store-damaged", f"{path} is damaged: {reason}{_journals_beside(path)}", restore_hint(path))


def unrecognized_error(path: Path) -> Damaged:
    """Return the error for a file without the header of a SQLite database."""
    message = f"{path} is damaged, or not a tasktimer file{_journals_beside(path)}"
    return Damaged("store-not-ours", message, restore_hint(path))


def uncertain_error(name: str, reason: str) -> Unavailable:
    """Return the error for a commit with an unknown outcome."""
    message = f"the change may or may not be stored in {name}: the commit reported an error: {reason}"
    return Unavailable("store-uncertain", message)


def restore_hint(path: Path) -> str:
    """Return the hint to restore a backup."""
    return f"restore a backup: tasktimer --database {quoted_path(path)} restore COPY"


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Return whether an error is about the content of the file or the disk, not about locks or permissions."""
    # Python reports text that is not UTF-8 without an SQLite error code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    return code in (*_DAMAGED, sqlite3.SQLITE_IOERR)


def unavailable_error(path: Path, error: sqlite3.DatabaseError) -> Unavailable:
    """Return the error for an exception of sqlite3."""
    # Python reports text that is not UTF-8 without an SQLite error code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in _DAMAGED:
        return damaged_error(path, str(error))
    for codes, kind, message, hint in _EXPLANATIONS:
        if code in codes:
            return Unavailable(f"store-{kind}", f"{path} {message} ({error})", hint)
    return Unavailable("store-unusable", f"cannot use {path}: {error}", "check that its folder can be read and written")


def out_of_memory_error(error: MemoryError) -> Unavailable:
    """Return the error for a transaction that was rolled back for lack of memory."""
    error.__traceback__ = None  # its frames keep large objects alive
    return Unavailable(
        "out-of-memory", "there is not enough memory", "nothing was changed; end other programs, or choose fewer tasks"
    )


def _journals_beside(path: Path) -> str:
    """Name the journals beside a damaged file, which belong to it or are the reason for the damage."""
    from tasktimer.store.sqlite.folders import journals_of

    names = [journal.name for journal in journals_of(path) if not journal.name.endswith("-shm")]
    return f" (beside it: {' and '.join(names)})" if names else ""


def quoted_path(path: Path) -> str:
    """Return an absolute path quoted for a shell."""
    from shlex import quote  # lazy: only for errors

    return quote(str(path.absolute()))


@contextmanager
def translate_upgrade_errors(path: Path, version: int) -> Iterator[None]:
    """Explain that an older file must be writable, even to be read, because it is migrated first."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            raise
        raise Unavailable(
            "store-too-old",
            f"{path} was created by an older tasktimer (schema {version}, this one needs {SCHEMA_VERSION}) "
            "and cannot be upgraded: it or its folder is read-only",
            "copy it to a writable folder and name the copy with --database; this one was not changed",
        ) from error
