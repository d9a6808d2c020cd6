"""The verb that copies a store."""

import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tasktimer.errors import InvalidValue, quote_value


class Backup(NamedTuple):
    """A copy that was made, and checked."""

    path: Path
    tasks: int
    size: int  # in bytes


def back_up(database: Path | str, path: str | None, *, now: datetime) -> Backup:
    """Copy a store, whole and checked, while others use it: to a new file, or into a folder.

    Without a path, the copy of a file is beside it, that of a PostgreSQL database in the working folder; without a
    name of its own, it is named by the store and the time.

    Raises:
        InvalidValue: the path cannot be one, or the URL cannot be read.
        StoreMissing: there is nothing to copy.
        Conflict: the path exists.
        Unavailable: the store cannot be read, or the copy cannot be written; nothing is left of it.
    """
    if isinstance(database, Path):
        from tasktimer.store.sqlite.backup import back_up as copy_file

        target, is_named = _target(path, database.parent, f"{database.stem}-{_stamp(now)}.db")
        made, tasks = copy_file(database, target, numbered=not is_named)
    else:
        from tasktimer.store.postgres.backup import back_up as copy_schema
        from tasktimer.store.postgres.backup import default_name

        target, is_named = _target(path, Path(), f"{default_name(database)}-{_stamp(now)}.dump")
        made, tasks = copy_schema(database, target, numbered=not is_named)
    return Backup(made, tasks, made.stat().st_size)


def _stamp(now: datetime) -> str:
    return f"{now:%Y-%m-%dT%H%M%S}"


def _target(path: str | None, folder: Path, name: str) -> tuple[Path, bool]:
    """Where the copy goes, and whether that very name was given."""
    if path is None:
        return folder / name, False
    if not path.strip():
        raise InvalidValue("invalid-path", "the path of the copy is blank", "name a new file or a folder")
    if "\0" in path:
        raise InvalidValue("invalid-path", f"the path {quote_value(path)} cannot be one", "name a new file or a folder")
    is_folder = path.endswith("/") or os.path.isdir(path)  # noqa: PTH112 (Path.is_dir raises)
    return (Path(path) / name, False) if is_folder else (Path(path), True)
