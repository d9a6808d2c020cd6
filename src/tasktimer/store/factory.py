"""Create a store from the path of a SQLite file or the URL of a PostgreSQL database."""

from pathlib import Path

from tasktimer.store.protocols import LOCK_TIMEOUT, AsyncStore, Interrupts, StoreHandle

# Seconds that a request waits for a lock or a connection.
_REQUEST_LOCK_TIMEOUT = 5.0

# An engine is imported only when it is used: importing SQLAlchemy takes several times as long as a command on a file.


def open_store(
    database: Path | str, *, lock_timeout: float = LOCK_TIMEOUT, interrupts: Interrupts | None = None
) -> StoreHandle:
    """Return the store for a path or a PostgreSQL URL, without opening or creating anything.

    `interrupts` are held from the start of each commit.
    """
    if isinstance(database, Path):
        from tasktimer.store.sqlite.store import SqliteStore

        return SqliteStore(database, lock_timeout=lock_timeout, interrupts=interrupts)
    from tasktimer.store.postgres.store import PostgresStore

    return PostgresStore(database, lock_timeout=lock_timeout, interrupts=interrupts)


def open_async_store(database: Path | str, *, pool_size: int) -> AsyncStore:
    """Return the store for a server; the store is opened when first used, and reopened after a failure."""
    if isinstance(database, Path):
        from tasktimer.store.sqlite.async_store import AsyncSqliteStore

        return AsyncSqliteStore(database, lock_timeout=_REQUEST_LOCK_TIMEOUT)
    from tasktimer.store.postgres.async_store import AsyncPostgresStore

    return AsyncPostgresStore(database, pool_size=pool_size, lock_timeout=_REQUEST_LOCK_TIMEOUT)
