"""PostgreSQL behind a server: a thread for each connection of the pool runs the verbs."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tasktimer.errors import Unavailable
from tasktimer.store import Store
from tasktimer.store.async_store import Result
from tasktimer.store.postgres.store import PostgresStore


class AsyncPostgresStore:
    """The tasktimer schema of a PostgreSQL database, for many requests at once."""

    def __init__(self, url: str, *, pool_size: int, lock_timeout: float) -> None:
        self._store = PostgresStore(url, lock_timeout=lock_timeout, pool_size=pool_size)
        self._lock_timeout = lock_timeout
        self._free = asyncio.Semaphore(pool_size)  # who waits for a thread itself could not give up
        self._threads = ThreadPoolExecutor(pool_size, thread_name_prefix="store")

    async def read(self, verb: Callable[[Store], Result]) -> Result:
        """Run a verb that changes nothing."""
        return await self._run(verb)

    async def write(self, verb: Callable[[Store], Result]) -> Result:
        """Run a verb; when this returns, PostgreSQL has committed what it changed."""
        return await self._run(verb)

    async def close(self) -> None:
        """Finish what was begun, and close the pool."""
        await asyncio.to_thread(self._threads.shutdown)
        self._store.close()

    async def _run(self, verb: Callable[[Store], Result]) -> Result:
        try:
            async with asyncio.timeout(self._lock_timeout):
                await self._free.acquire()
        except TimeoutError:
            raise Unavailable(
                "store-busy",
                f"all connections to {self._store.name} were in use for {self._lock_timeout:g} seconds",
                "raise --pool-size, or see what holds them up",
            ) from None
        running = asyncio.get_running_loop().run_in_executor(self._threads, verb, self._store)
        running.add_done_callback(lambda _: self._free.release())  # not when the one who waits gives up
        return await running
