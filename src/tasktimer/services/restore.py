"""The verb that gives a store the content of a backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tasktimer.errors import Conflict, InvalidValue, quote_value

if TYPE_CHECKING:
    from tasktimer.store.sqlite.restore import Restore


@contextmanager
def open_restore(database: Path | str, copy: str) -> Iterator["Restore"]:
    """Check a backup and have it ready; the file is replaced by `carry_out` of what this gives.

    Raises:
        InvalidValue: the path of the backup cannot be one.
        NotFound: there is no such backup.
        Conflict: it is the file itself; or the database is PostgreSQL's, which its own `pg_restore` restores.
        Unavailable: the backup is not whole, not of tasktimer, or of a newer version; or a server uses the file.
    """
    if not copy.strip() or "\0" in copy:
        raise InvalidValue("invalid-path", f"invalid path {quote_value(copy)}", "name a backup: tasktimer restore COPY")
    if not isinstance(database, Path):
        from tasktimer.store.postgres.backup import restore_command

        message = "a PostgreSQL database is restored by its own pg_restore"
        raise Conflict("restore-with-pg-restore", message, restore_command(database, copy))
    from tasktimer.store.sqlite.restore import preparing

    with preparing(Path(copy), database) as ready:
        yield ready
