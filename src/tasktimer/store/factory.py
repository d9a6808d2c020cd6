"""Which store it is: a path is that of a file, anything else the URL of a PostgreSQL database."""

from pathlib import Path
from typing import TYPE_CHECKING

from tasktimer.store import PATIENCE

if TYPE_CHECKING:  # commands serve nothing
    from tasktimer.store.async_store import ServedStore
    from tasktimer.store.protocols import Interrupts, OwnedStore

# How many seconds a request waits for its turn, or for a connection.
_PATIENCE_OF_REQUESTS = 5.0


def open_store(
    database: Path | str, *, patience: float = PATIENCE, interrupts: "Interrupts | None" = None
) -> "OwnedStore":
    """The store of a file's path or a PostgreSQL URL; nothing is read or created yet.

    `interrupts` are held back from the moment at which a change is committed.
    """
    if isinstance(database, Path):
        from tasktimer.store.sqlite.store import SqliteStore

        return SqliteStore(database, patience=patience, interrupts=interrupts)
    from tasktimer.store.postgres.store import PostgresStore

    return PostgresStore(database, patience=patience, interrupts=interrupts)


def open_served(database: Path | str, *, pool_size: int) -> "ServedStore":
    """The store that a server keeps open; it is opened when it is used, after a failure once more."""
    if isinstance(database, Path):
        from tasktimer.store.sqlite.async_store import ServedFile

        return ServedFile(database, patience=_PATIENCE_OF_REQUESTS)
    from tasktimer.store.postgres.async_store import ServedPostgres

    return ServedPostgres(database, pool_size=pool_size, patience=_PATIENCE_OF_REQUESTS)
