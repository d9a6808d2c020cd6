"""Which store it is: a path is that of a file, anything else the URL of a PostgreSQL database."""

from pathlib import Path
from typing import TYPE_CHECKING

from tasktimer.store import LOCK_TIMEOUT

if TYPE_CHECKING:  # commands serve nothing
    from tasktimer.store.async_store import AsyncStore
    from tasktimer.store.protocols import Interrupts, StoreHandle

# How many seconds a request waits for its turn, or for a connection.
_REQUEST_LOCK_TIMEOUT = 5.0


def open_store(
    database: Path | str, *, lock_timeout: float = LOCK_TIMEOUT, interrupts: "Interrupts | None" = None
) -> "StoreHandle":
    """The store of a file's path or a PostgreSQL URL; nothing is read or created yet.

    `interrupts` are held back from the moment at which a change is committed.
    """
    if isinstance(database, Path):
        from tasktimer.store.sqlite.store import SqliteStore

        return SqliteStore(database, lock_timeout=lock_timeout, interrupts=interrupts)
    from tasktimer.store.postgres.store import PostgresStore

    return PostgresStore(database, lock_timeout=lock_timeout, interrupts=interrupts)


def open_async_store(database: Path | str, *, pool_size: int) -> "AsyncStore":
    """The store that a server keeps open; it is opened when it is used, after a failure once more."""
    if isinstance(database, Path):
        from tasktimer.store.sqlite.async_store import AsyncSqliteStore

        return AsyncSqliteStore(database, lock_timeout=_REQUEST_LOCK_TIMEOUT)
    from tasktimer.store.postgres.async_store import AsyncPostgresStore

    return AsyncPostgresStore(database, pool_size=pool_size, lock_timeout=_REQUEST_LOCK_TIMEOUT)
