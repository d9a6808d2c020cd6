"""Files to which exports are written, so that a slow reader does not keep the transaction open."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from stat import S_IMODE
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple

from tasktimer.errors import Conflict, InvalidValue, Unavailable, quote_value
from tasktimer.formats.file_kinds import SQLITE_HEADER
from tasktimer.formats.registry import Loss

_FOLDER_HINT = "check that its folder is writable and the disk is not full"
_IN_MEMORY = 1 << 20  # bytes of a temporary file before it is written to disk


class ExportedFile(NamedTuple):
    """A file with exported tasks; `losses` counts those that lost something in its format.

    Its OVERLAP_SECONDS are the time that was cut.
    """

    path: Path
    tasks: int
    losses: Mapping[Loss, int]


def write_temporary(pieces: Iterable[str]) -> IO[bytes]:
    """Return a temporary file with this text, which is deleted when it is closed.

    Raises:
        Unavailable: if the file cannot be written.
    """
    with translate_temporary_errors(), ExitStack() as stack:
        file = stack.enter_context(SpooledTemporaryFile(_IN_MEMORY))
        _write(file, pieces)
        file.seek(0)
        stack.pop_all()
        return file


@contextmanager
def translate_temporary_errors() -> Iterator[None]:
    """Raise Unavailable if a temporary file cannot be written in the block."""
    try:
        yield
    except OSError as error:
        message = f"cannot write a temporary file: {error.strerror}"
        raise Unavailable("file-not-written", message, "free some space, or set TMPDIR to another folder") from None


def write_file(path: Path, pieces: Iterable[str], *, overwrite: bool = False) -> None:
    """Write text to a new file, which appears under its name only once it is complete, and is readable only by you.

    With `overwrite`, replace an existing file, or the file that a link points to, and keep its permissions.

    Raises:
        InvalidValue: if the path is invalid.
        Conflict: if the path exists, unless it is a file that may be overwritten.
        Unavailable: if the file cannot be written; an incomplete file is removed.
    """
    _validate(path)
    target = Path(os.path.realpath(path)) if overwrite else path
    try:
        if os.path.lexists(target):
            _check_replaceable(path, target, overwrite=overwrite)
        _write_and_link(target, pieces, overwrite=overwrite)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise Unavailable("file-not-written", message, _FOLDER_HINT) from None


def check_new(path: Path) -> None:
    """Check that a new file can be created, before a change that must not be made otherwise.

    Raises:
        InvalidValue: if the path is invalid.
        Conflict: if the path exists.
        Unavailable: if its folder does not exist or is not writable.
    """
    _validate(path)
    if os.path.lexists(path):
        _check_replaceable(path, path, overwrite=False)
    if not os.access(path.parent, os.W_OK):
        reason = "Permission denied" if path.parent.is_dir() else "No such folder"
        raise Unavailable("file-not-written", f"cannot write {path}: {reason}", _FOLDER_HINT)


def parse_path(name: str | os.PathLike[str]) -> Path:
    """Return the path of a file; raise InvalidValue if the name is blank or that of a folder."""
    text = os.fspath(name)
    if not text.strip() or text.endswith("/"):
        raise InvalidValue("invalid-path", f"invalid path {quote_value(text)}", "use the path of a new file")
    return Path(text)


def _validate(path: Path) -> None:
    if "\0" in str(path):
        raise InvalidValue("invalid-path", f"invalid path {quote_value(str(path))}", "use the path of a new file")


def _write_and_link(target: Path, pieces: Iterable[str], *, overwrite: bool) -> None:
    from tasktimer.store.sqlite.new_file import link_into_place, sync, temporary_file  # lazy: imports sqlite3

    with temporary_file(target.parent) as private:
        with private.open("wb") as file:
            _write(file, pieces)
        if overwrite:
            if target.exists():
                private.chmod(S_IMODE(target.stat().st_mode))
            sync(private)
            private.replace(target)
        elif not link_into_place(private, target, is_database=False):
            raise _exists_error(target)  # created by another process since the check


def _check_replaceable(path: Path, target: Path, *, overwrite: bool) -> None:
    """Raise Conflict if an existing file must not be replaced, or OSError if it is read-only."""
    # Unlike these functions, methods of Path raise PermissionError.
    if os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113
        kind = "a folder" if path.is_dir() else "not a regular file"
        raise Conflict("file-exists", f"{path} is {kind}", "use the path of a new file")
    if not overwrite:
        raise _exists_error(path)
    with target.open("r+b") as file:
        if file.read(len(SQLITE_HEADER)) == SQLITE_HEADER:
            message = f"{path} is a database, which is never overwritten"
            raise Conflict("file-exists", message, "use the path of a new file")


def _exists_error(path: Path) -> Conflict:
    return Conflict("file-exists", f"{path} already exists")


def _write(file: IO[bytes], pieces: Iterable[str]) -> None:
    for piece in pieces:
        file.write(piece.encode("utf-8", "backslashreplace"))
