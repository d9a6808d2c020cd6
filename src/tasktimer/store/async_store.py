"""The store of a server: its interface, the same for both engines, and its creation from a path or a URL."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tasktimer.store.protocols import Result, Store

# Seconds that a request waits for a lock or a connection.
_REQUEST_LOCK_TIMEOUT = 5.0


class AsyncStore(Protocol):
    """A store that a server keeps open, and that schedules transactions for services.

    `read` and `write` raise whatever the service raises, or Unavailable.
    """

    async def read(self, service: Callable[[Store], Result]) -> Result:
        """Run a service that only reads, and return its result."""

    async def write(self, service: Callable[[Store], Result]) -> Result:
        """Run a service, and return its result once its changes are durable. A service may be run more than once."""

    async def close(self) -> None:
        """Finish pending work and close the store."""


def open_async_store(database: Path | str, *, pool_size: int) -> AsyncStore:
    """Return the store for a server; the store is opened when first used, and reopened after a failure."""
    if isinstance(database, Path):
        from tasktimer.store.sqlite.async_store import AsyncSqliteStore

        return AsyncSqliteStore(database, lock_timeout=_REQUEST_LOCK_TIMEOUT)
    from tasktimer.store.postgres.async_store import AsyncPostgresStore

    return AsyncPostgresStore(database, pool_size=pool_size, lock_timeout=_REQUEST_LOCK_TIMEOUT)
