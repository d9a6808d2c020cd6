"""The verb that copies a store."""

import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tasktimer.errors import InvalidValue, quoted
from tasktimer.store.backup import back_up as copy_file


class Backup(NamedTuple):
    """A copy that was made, and checked."""

    path: Path
    tasks: int
    size: int  # in bytes


def back_up(database: Path | str, path: str | None, *, now: datetime) -> Backup:
    """Copy a file, whole and checked, while others use it: to a new file, into a folder, or (None) beside the file.

    Without a name of its own, the copy is named by the time.

    Raises:
        InvalidValue: the path cannot be one, or the database is not a file.
        StoreMissing: there is no file to copy.
        Conflict: the path exists.
        Unavailable: the file cannot be read, or the copy cannot be written; nothing is left of it.
    """
    if not isinstance(database, Path):
        raise InvalidValue(
            "backup-of-postgres",
            "a PostgreSQL database is not a file to copy",
            "pg_dump makes a consistent copy: pg_dump --schema=tasktimer --format=custom --file=FILE NAME",
        )
    name = f"{database.stem}-{now:%Y-%m-%dT%H%M%S}.db"
    target, is_named = _target(path, database, name)
    made, tasks = copy_file(database, target, numbered=not is_named)
    return Backup(made, tasks, made.stat().st_size)


def _target(path: str | None, database: Path, name: str) -> tuple[Path, bool]:
    """Where the copy goes, and whether that very name was given."""
    if path is None:
        return database.with_name(name), False
    if not path.strip():
        raise InvalidValue("invalid-path", "the path of the copy is blank", "name a new file, or a folder")
    if "\0" in path:
        raise InvalidValue("invalid-path", f"the path {quoted(path)} cannot be one", "name a new file, or a folder")
    is_folder = path.endswith("/") or os.path.isdir(path)  # noqa: PTH112 (Path.is_dir raises)
    return (Path(path) / name, False) if is_folder else (Path(path), True)
