"""The interface of a server's store, and a function that creates the store from a path or a URL."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from tasktimer.store.protocols import Parameters, Result, Row, Store
from tasktimer.store.sqlite.async_store import AsyncSqliteStore


class AsyncStore(Protocol):
    """A store that a server keeps open, and that runs services in transactions.

    The methods raise any exception that the service raises, or Unavailable.
    """

    runs_directly: bool  # whether `run_directly` is supported

    async def read(self, service: Callable[[Store], Result]) -> Result:
        """Run a read-only service and return its result."""

    async def read_in_thread(self, service: Callable[[Store], Result]) -> Result:
        """Run a read-only service that may take long, while other services run; return its result."""

    async def write(self, service: Callable[[Store], Result]) -> Result:
        """Run a service and return its result once its changes are durable; the service may be run more than once."""

    async def write_in_thread(self, service: Callable[[Store], Result]) -> Result:
        """Run a service that makes many changes, while other services run; return its result once they are durable."""

    async def run_directly(self, statement: str, parameters: Parameters, *, is_reading: bool) -> Sequence[Row] | None:
        """Run a statement of `direct_statements` and return its rows, or None if a service must be run instead.

        Set `is_reading` if the statement changes nothing: if the connection is lost, a service can then repeat it.

        Raises:
            Unavailable: if a row is locked for too long, or, unless `is_reading`, if the connection is lost and the
                statement may have been committed.
        """

    async def check_writable(self) -> bool:
        """Raise Unavailable if changes cannot be stored; return whether the store exists already."""

    async def close(self) -> None:
        """Finish pending work and close the store."""


def open_async_store(database: Path | str, *, pool_size: int, lock_timeout: float) -> AsyncStore:
    """Return a store for a server; the store is opened on first use, and reopened after a failure.

    `lock_timeout`, in seconds, also limits the wait for a connection from the pool.
    """
    if isinstance(database, Path):
        return AsyncSqliteStore(database, lock_timeout=lock_timeout)
    from tasktimer.store.postgres.async_store import AsyncPostgresStore

    return AsyncPostgresStore(database, pool_size=pool_size, lock_timeout=lock_timeout)
