"""A function that creates a store from the path of a SQLite file or the URL of a PostgreSQL database."""

from pathlib import Path

from tasktimer.store.protocols import LOCK_TIMEOUT, Interrupts, StoreHandle


def open_store(
    database: Path | str, *, lock_timeout: float = LOCK_TIMEOUT, interrupts: Interrupts | None = None
) -> StoreHandle:
    """Return the store at a path or a PostgreSQL URL; it is opened or created only when it is used.

    The store calls `interrupts.hold()` before each commit.
    """
    # Each engine is imported only when used: sqlite3 takes 3 ms, and SQLAlchemy several times as long as a command.
    if isinstance(database, Path):
        from tasktimer.store.sqlite.store import SqliteStore

        return SqliteStore(database, lock_timeout=lock_timeout, interrupts=interrupts)
    from tasktimer.store.postgres.store import PostgresStore

    return PostgresStore(database, lock_timeout=lock_timeout, interrupts=interrupts)
