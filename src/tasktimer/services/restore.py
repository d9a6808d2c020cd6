"""Replace the content of a store with a backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tasktimer.errors import Conflict, InvalidValue, quote_value

if TYPE_CHECKING:
    from tasktimer.store.sqlite.restore import Restore


@contextmanager
def open_restore(database: Path | str, copy: str) -> Iterator["Restore"]:
    """Verify a backup and prepare its restoration; `carry_out` of the returned object replaces the file.

    Raises:
        InvalidValue: if the path of the backup is invalid.
        NotFound: if the backup does not exist.
        Conflict: if the backup is the file itself, or the database is PostgreSQL, which `pg_restore` restores.
        Unavailable: if the backup is incomplete, from another program or from a newer version, or a server uses the
            file.
    """
    if not copy.strip() or "\0" in copy:
        raise InvalidValue("invalid-path", f"invalid path {quote_value(copy)}", "use the path of a backup")
    if not isinstance(database, Path):
        from tasktimer.store.postgres.backup import restore_command  # lazy: SQLAlchemy, 240 ms

        message = "tasktimer cannot restore a PostgreSQL database: use pg_restore"
        raise Conflict("restore-with-pg-restore", message, restore_command(database, copy))
    from tasktimer.store.sqlite.restore import preparing  # lazy: the engine, see services.backup

    with preparing(Path(copy), database) as ready:
        yield ready
