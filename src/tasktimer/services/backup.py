"""Services that back up and restore a store."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from tasktimer.errors import Conflict, InvalidValue, quote_value

if TYPE_CHECKING:
    from tasktimer.store.sqlite.restore import Restore


class Backup(NamedTuple):
    """A verified copy of a store."""

    path: Path
    tasks: int
    size: int  # in bytes


def back_up(database: Path | str, path: str | None, *, now: datetime) -> Backup:
    """Copy a store to a new file or into a folder, even while the store is in use, and verify the copy.

    By default, a SQLite file is copied to its own folder, and a PostgreSQL database to the current directory. Unless
    `path` includes a file name, the copy is named after the store and the current time.

    Raises:
        InvalidValue: if the path or the URL is invalid.
        StoreMissing: if the store does not exist.
        Conflict: if the target file already exists.
        Unavailable: if the store cannot be read, or the copy cannot be written; an incomplete copy is removed.
    """
    if isinstance(database, Path):
        from tasktimer.store.sqlite.backup import back_up as copy_file  # lazy: importing sqlite3 takes 3 ms

        target, is_named = _target(path, database.parent, f"{database.stem}-{now:%Y-%m-%dT%H%M%S}.db")
        copy, tasks = copy_file(database, target, numbered=not is_named)
    else:
        postgres = _postgres()
        target, is_named = _target(path, Path(), f"{postgres.default_name(database)}-{now:%Y-%m-%dT%H%M%S}.dump")
        copy, tasks = postgres.back_up(database, target, numbered=not is_named)
    return Backup(copy, tasks, copy.stat().st_size)


def _postgres() -> ModuleType:
    from tasktimer.store.postgres import backup  # lazy: importing SQLAlchemy takes 240 ms

    return backup


def _target(path: str | None, folder: Path, name: str) -> tuple[Path, bool]:
    """Return the copy's path, and whether the caller chose its name."""
    if path is None:
        return folder / name, False
    if not path.strip():
        raise InvalidValue("invalid-path", "the path of the copy is blank", "use the path of a new file, or a folder")
    if "\0" in path:
        message = f"invalid path {quote_value(path)}"
        raise InvalidValue("invalid-path", message, "use the path of a new file, or a folder")
    is_folder = path.endswith("/") or os.path.isdir(path)  # noqa: PTH112 (Path.is_dir raises)
    return (Path(path) / name, False) if is_folder else (Path(path), True)


@contextmanager
def open_restore(database: Path | str, copy: str) -> Iterator["Restore"]:
    """Verify a backup and yield a `Restore`, whose `carry_out` method replaces the SQLite file with the backup.

    Raises:
        InvalidValue: if the path of the backup is invalid.
        NotFound: if the backup does not exist.
        Conflict: if the backup is the file to be replaced, or part of the backup is in a journal beside it; or if the
            database is a PostgreSQL database, which must be restored with `pg_restore`.
        Unavailable: if the backup is damaged or was made by another program or a newer version of tasktimer, or if a
            server is using the file to be replaced.
    """
    if not copy.strip() or "\0" in copy:
        raise InvalidValue("invalid-path", f"invalid path {quote_value(copy)}", "use the path of a backup")
    if not isinstance(database, Path):
        message = "tasktimer cannot restore a PostgreSQL database: use pg_restore"
        raise Conflict("restore-with-pg-restore", message, _postgres().restore_command(database, copy))
    from tasktimer.store.sqlite.restore import preparing  # lazy, as above

    with preparing(Path(copy), database) as ready:
        yield ready
