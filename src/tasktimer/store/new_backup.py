"""Writing a backup: it appears under its name when complete, and never overwrites another file."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from tasktimer.errors import Conflict, Unavailable
from tasktimer.store.sqlite.new_file import link_into_place, temporary_file


def write_backup(target: Path, copy: Callable[[Path], int], *, numbered: bool, is_database: bool) -> tuple[Path, int]:
    """Fill a temporary file with `copy`, then link it to its name; return that name and the result of `copy`.

    With `numbered`, a number is added to the name of a target that exists. `is_database` means a SQLite file.

    Raises:
        Conflict: if the target exists.
        Unavailable: if the backup cannot be written; the temporary file is removed.
    """
    if not numbered and os.path.lexists(target):  # before the work is done
        raise _exists(target)
    try:
        with temporary_file(target.parent) as private:
            tasks = copy(private)
            for name in _candidate_names(target) if numbered else [target]:
                if link_into_place(private, name, is_database=is_database):
                    return name, tasks
    except OSError as error:
        raise backup_error(target, error.strerror) from None
    raise _exists(target)  # created by another process since the check


def backup_error(target: Path, reason: str | None) -> Unavailable:
    """Return the error for a backup that cannot be written."""
    return Unavailable(
        "backup-failed", f"cannot write {target}: {reason}", "name a writable path: tasktimer backup PATH"
    )


def _candidate_names(target: Path) -> Iterator[Path]:
    yield target
    for number in count(2):
        yield target.with_name(f"{target.stem}-{number}{target.suffix}")


def _exists(target: Path) -> Conflict:
    return Conflict("backup-exists", f"{target} exists already", "name a new file or a folder")
