"""Threads for blocking calls from an event loop; a call waits for a free thread, but only for a limited time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tasktimer.store.protocols import Result


class BoundedThreads:
    """A number of threads; `delay_release` returns how many seconds to wait after an exception to reuse a thread."""

    def __init__(
        self, count: int, name: str, *, delay_release: Callable[[BaseException | None], float] | None = None
    ) -> None:
        self._free = asyncio.Semaphore(count)  # a wait in the executor's own queue could not time out
        self._executor = ThreadPoolExecutor(count, thread_name_prefix=name)
        self._delay_release = delay_release

    async def run(self, work: Callable[[], Result], *, deadline: float) -> Result:
        """Run a function in a thread and return its result; raise TimeoutError if none is free before the deadline."""
        async with asyncio.timeout_at(deadline):
            await self._free.acquire()
        running = asyncio.get_running_loop().run_in_executor(self._executor, work)
        running.add_done_callback(self._release)
        return await asyncio.shield(running)  # cancelling it would free the thread before its work ends

    async def shut_down(self) -> None:
        """Wait for the work in all threads, and end them."""
        await asyncio.to_thread(self._executor.shutdown)

    def _release(self, done: "asyncio.Future[Any]") -> None:
        error = None if done.cancelled() else done.exception()
        delay = self._delay_release(error) if self._delay_release is not None else 0
        if delay:
            done.get_loop().call_later(delay, self._free.release)
        else:
            self._free.release()
