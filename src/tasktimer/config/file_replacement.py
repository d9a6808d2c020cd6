"""Atomic replacement of a file, by one process at a time."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote
from time import monotonic, sleep
from typing import BinaryIO

from tasktimer.errors import Unavailable

_LOCK_TIMEOUT = 10  # seconds; others hold the lock for milliseconds
_PAUSE = 0.02


def replace_file(path: Path, create: Callable[[], bytes], *, timeout: float = _LOCK_TIMEOUT) -> None:
    """Replace a file, or the file that a link points to; `create` returns the new content, and can read the old one.

    Other processes see either the old file or the new one, which has the same permissions. If `create` raises an error,
    or the file cannot be written, nothing changes.

    Raises:
        Unavailable: if the file cannot be written, or another process does not finish its change in time.
    """
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = target.with_name(f"{target.name}.lock")
        with _locked(lock, timeout) as file:
            _write(file, create(), target)
            lock.replace(target)
            _sync_folder(target.parent)
    except OSError as error:
        raise write_error(path, error) from None


def write_error(path: Path, error: OSError) -> Unavailable:
    """Return the error for a file that cannot be written."""
    message = f"cannot write the config file {path}: {error.strerror}"
    return Unavailable("config-not-written", message, "check that its folder is writable and the disk is not full")


@contextmanager
def _locked(lock: Path, timeout: float) -> Iterator[BinaryIO]:
    """Create the new file, whose existence locks the old one, and remove it at the end unless it was renamed."""
    with os.fdopen(_create(lock, timeout), "wb") as file:
        try:
            yield file
        finally:
            if _is_same(lock, file):  # otherwise, it was renamed, and another process may have created a new one
                lock.unlink()


def _create(lock: Path, timeout: float) -> int:
    deadline = monotonic() + timeout
    while True:
        try:
            return os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            if monotonic() > deadline:
                message = f"another command is changing the config file, or was killed: {lock} exists"
                hint = f"if no other command is changing it, run: rm {quote(str(lock))}"
                raise Unavailable("config-locked", message, hint) from None
            sleep(_PAUSE)


def _is_same(path: Path, file: BinaryIO) -> bool:
    with suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    return False


def _write(file: BinaryIO, content: bytes, target: Path) -> None:
    if target.exists():
        os.close(os.open(target, os.O_WRONLY | os.O_CLOEXEC))  # fails if the file is read-only
        os.fchmod(file.fileno(), target.stat().st_mode & 0o777)
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the renaming of a file in a folder durable, if the file system supports it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
