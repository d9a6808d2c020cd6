"""A server's store in a PostgreSQL database, with connections for the event loop and for threads."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from tasktimer.errors import Unavailable
from tasktimer.store.bounded_threads import BoundedThreads
from tasktimer.store.errors import uncertain_error
from tasktimer.store.postgres.direct_connections import RETRY_DELAY, ConnectionLost, DirectConnections, Locked
from tasktimer.store.postgres.errors import TooManyConnections, locked_error
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.protocols import Parameters, Result, Row, Store


class AsyncPostgresStore:
    """A store in the tasktimer schema of a PostgreSQL database, for concurrent requests.

    Half of its connections run single statements in the event loop, and the others run services in threads.
    """

    runs_directly = True

    def __init__(self, url: str, *, pool_size: int, lock_timeout: float) -> None:
        size = (pool_size + 1) // 2
        self._store = PostgresStore(url, lock_timeout=lock_timeout, pool_size=size)
        arguments = self._store.connect_arguments()
        self._direct = DirectConnections(arguments, size=pool_size - size, lock_timeout=lock_timeout)
        self._lock_timeout = lock_timeout
        self._threads = BoundedThreads(size, "store", delay_release=_delay_release)

    async def write(self, service: Callable[[Store], Result]) -> Result:
        """Run a service in a thread and return its result once PostgreSQL has committed its changes.

        If PostgreSQL refuses another connection, the service waits for one of those that are open.
        """
        deadline = asyncio.get_running_loop().time() + self._lock_timeout
        refused: TooManyConnections | None = None
        while True:
            try:
                return await self._threads.run(partial(service, self._store), deadline=deadline)
            except TimeoutError:
                raise refused or self._busy_error() from None
            except TooManyConnections as error:
                refused = error
                if not self._store.connections:
                    self._direct.give_up_one()

    def _busy_error(self) -> Unavailable:
        return Unavailable(
            "store-busy",
            f"all connections to {self._store.name} were in use for {self._lock_timeout:g} seconds",
            "increase the pool size, or find out what is using the connections",
        )

    read = read_in_thread = write_in_thread = write

    async def run_directly(self, statement: str, parameters: Parameters, *, is_reading: bool) -> Sequence[Row] | None:
        """Run a statement in the event loop and return its rows, or None if it failed and nothing was changed."""
        try:
            return await self._direct.fetch(statement, parameters)
        except Locked as error:
            raise locked_error(self._store.name) from error
        except ConnectionLost as error:
            if is_reading:
                return None
            raise uncertain_error(self._store.name, str(error).strip().partition("\n")[0]) from error

    async def check_writable(self) -> bool:
        """Raise Unavailable if changes cannot be stored; return whether the tables exist."""
        return await self.write(lambda _: self._store.check_writable())

    async def close(self) -> None:
        """Finish pending transactions and close the pool."""
        await self._direct.close()
        await self._threads.shut_down()
        self._store.close()


def _delay_release(error: BaseException | None) -> float:
    return RETRY_DELAY if isinstance(error, TooManyConnections) else 0  # there are fewer connections than expected
