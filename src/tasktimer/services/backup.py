"""Copy a store."""

import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tasktimer.errors import InvalidValue, quote_value


class Backup(NamedTuple):
    """A verified copy of a store."""

    path: Path
    tasks: int
    size: int  # in bytes


def back_up(database: Path | str, path: str | None, *, now: datetime) -> Backup:
    """Copy a store to a new file or into a folder, while others use it, and verify the copy.

    By default, the copy of a file is written to the file's folder, and that of a PostgreSQL database to the working
    folder. In a folder, the name of the copy consists of the name of the store and the time.

    Raises:
        InvalidValue: if the path or the URL is invalid.
        StoreMissing: if there is nothing to copy.
        Conflict: if the path exists.
        Unavailable: if the store cannot be read, or the copy cannot be written; an incomplete copy is removed.
    """
    if isinstance(database, Path):
        # lazy: a program that imports the API may never use the engine (sqlite3 costs 3 ms, SQLAlchemy 240 ms).
        from tasktimer.store.sqlite.backup import back_up as copy_file

        target, is_named = _target(path, database.parent, f"{database.stem}-{_stamp(now)}.db")
        made, tasks = copy_file(database, target, numbered=not is_named)
    else:
        from tasktimer.store.postgres import backup as postgres

        target, is_named = _target(path, Path(), f"{postgres.default_name(database)}-{_stamp(now)}.dump")
        made, tasks = postgres.back_up(database, target, numbered=not is_named)
    return Backup(made, tasks, made.stat().st_size)


def _stamp(now: datetime) -> str:
    return f"{now:%Y-%m-%dT%H%M%S}"


def _target(path: str | None, folder: Path, name: str) -> tuple[Path, bool]:
    """Return the path of the copy, and whether the caller chose its name."""
    if path is None:
        return folder / name, False
    if not path.strip():
        raise InvalidValue("invalid-path", "the path of the copy is blank", "use the path of a new file, or a folder")
    if "\0" in path:
        message = f"invalid path {quote_value(path)}"
        raise InvalidValue("invalid-path", message, "use the path of a new file, or a folder")
    is_folder = path.endswith("/") or os.path.isdir(path)  # noqa: PTH112 (Path.is_dir raises)
    return (Path(path) / name, False) if is_folder else (Path(path), True)
