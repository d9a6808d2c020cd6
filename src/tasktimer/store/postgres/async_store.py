"""A server's store in a PostgreSQL database, with connections for the event loop and for threads."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from tasktimer.errors import Unavailable
from tasktimer.store.errors import uncertain_error
from tasktimer.store.postgres.direct_connections import ConnectionLost, DirectConnections, Locked
from tasktimer.store.postgres.errors import locked_error
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.protocols import Parameters, Result, Row, Store


class AsyncPostgresStore:
    """A store in the tasktimer schema of a PostgreSQL database, for concurrent requests.

    Half of its connections run single statements in the event loop, and the others run services in threads.
    """

    def __init__(self, url: str, *, pool_size: int, lock_timeout: float) -> None:
        size = (pool_size + 1) // 2
        self._store = PostgresStore(url, lock_timeout=lock_timeout, pool_size=size)
        arguments = self._store.connect_arguments()
        self._direct = DirectConnections(arguments, size=pool_size - size, lock_timeout=lock_timeout)
        self._lock_timeout = lock_timeout
        self._free = asyncio.Semaphore(size)  # a wait in the thread pool's own queue could not time out
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="store")

    async def write(self, service: Callable[[Store], Result]) -> Result:
        """Run a service in a thread and return its result once PostgreSQL has committed its changes."""
        try:
            async with asyncio.timeout(self._lock_timeout):
                await self._free.acquire()
        except TimeoutError:
            raise Unavailable(
                "store-busy",
                f"all connections to {self._store.name} were in use for {self._lock_timeout:g} seconds",
                "increase the pool size, or find out what is using the connections",
            ) from None
        running = asyncio.get_running_loop().run_in_executor(self._threads, service, self._store)
        # Release the connection when the thread ends, not when the request is cancelled.
        running.add_done_callback(lambda _: self._free.release())
        return await running

    read = read_in_thread = write_in_thread = write

    async def run_directly(self, statement: str, parameters: Parameters) -> Sequence[Row] | None:
        """Run a statement in the event loop and return its rows, or None if it failed and nothing was changed."""
        try:
            return await self._direct.fetch(statement, parameters)
        except Locked as error:
            raise locked_error(self._store.name) from error
        except ConnectionLost as error:
            raise uncertain_error(self._store.name, str(error).strip().partition("\n")[0]) from error

    async def check_writable(self) -> bool:
        """Raise Unavailable if changes cannot be stored; return whether the tables exist."""
        return await self.write(lambda _: self._store.check_writable())

    async def close(self) -> None:
        """Finish pending transactions and close the pool."""
        await self._direct.close()
        await asyncio.to_thread(self._threads.shutdown)
        self._store.close()
