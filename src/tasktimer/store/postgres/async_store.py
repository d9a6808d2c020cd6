"""A server's store in a PostgreSQL database, with connections for the event loop and for threads."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tasktimer.errors import Unavailable
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
        self._free = asyncio.Semaphore(size)  # a wait in the thread pool's own queue could not time out
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="store")

    async def write(self, service: Callable[[Store], Result]) -> Result:
        """Run a service in a thread and return its result once PostgreSQL has committed its changes.

        If PostgreSQL refuses another connection, the service waits for one of those that are open.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._lock_timeout
        refused: TooManyConnections | None = None
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    await self._free.acquire()
            except TimeoutError:
                raise refused or self._busy_error() from None
            running = loop.run_in_executor(self._threads, service, self._store)
            running.add_done_callback(self._release)
            try:
                return await asyncio.shield(
                    running
                )  # cancelling it would release the connection before the thread ends
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

    def _release(self, done: "asyncio.Future[Any]") -> None:
        error = None if done.cancelled() else done.exception()
        if isinstance(error, TooManyConnections):  # there are fewer connections than expected, for now
            done.get_loop().call_later(RETRY_DELAY, self._free.release)
        else:
            self._free.release()

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
