"""A new backup, which gets its name when it is whole, and never the place of another file."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from tasktimer.errors import Conflict, Unavailable
from tasktimer.store.sqlite.new_file import link_into_place, temporary_file


def write_backup(target: Path, copy: Callable[[Path], int], *, numbered: bool, is_database: bool) -> tuple[Path, int]:
    """Let `copy` fill a private file, then give it its name; give that and what `copy` counted.

    Where the target exists, `numbered` allows a number in the name. `is_database` is true of a SQLite file.

    Raises:
        Conflict: the target exists.
        Unavailable: it cannot be written; nothing is left of it.
    """
    if not numbered and os.path.lexists(target):  # before the work, not after it
        raise _exists(target)
    try:
        with temporary_file(target.parent) as private:
            tasks = copy(private)
            for name in _candidate_names(target) if numbered else [target]:
                if link_into_place(private, name, is_database=is_database):
                    return name, tasks
    except OSError as error:
        raise backup_error(target, error.strerror) from None
    raise _exists(target)  # since a moment ago


def backup_error(target: Path, reason: str | None) -> Unavailable:
    """The refusal for a backup that cannot be written."""
    return Unavailable(
        "backup-failed", f"cannot write {target}: {reason}", "name a place that can be written: tasktimer backup PATH"
    )


def _candidate_names(target: Path) -> Iterator[Path]:
    yield target
    for number in count(2):
        yield target.with_name(f"{target.stem}-{number}{target.suffix}")


def _exists(target: Path) -> Conflict:
    return Conflict("backup-exists", f"{target} exists, and stays", "name a new file, or a folder")
