"""A connection whose socket the event loop watches all the time, instead of once for each statement."""

import asyncio
from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.waiting import Ready, Wait

from tasktimer.store.protocols import Row

_WRITE = int(Wait.W)  # members of enumerations are slow to look up


class WatchedConnection(psycopg.AsyncConnection[Row]):
    """A connection for one statement at a time, which notices if the server closes it.

    psycopg adds the socket to the event loop for each wait, and removes it afterwards. That takes as long as
    everything else that it does for a short statement.
    """

    is_ended = False  # whether the server has closed the connection, or sent something although no statement is running

    _loop: asyncio.AbstractEventLoop | None = None
    _waiting: asyncio.Future[Ready] | None = None

    def watch(self) -> None:
        """Let the event loop watch the socket."""
        self._loop = asyncio.get_running_loop()
        self._socket = self.fileno()
        self._loop.add_reader(self._socket, self._wake, Ready.R)
        self._cursor = psycopg.AsyncRawCursor(self)

    def finish(self) -> None:
        """Close the connection at once."""
        self._unwatch()
        self.pgconn.finish()

    async def fetch(self, statement: bytes, values: list[Any]) -> list[Row]:
        """Run a statement with `$1`, `$2`, … in place of values, and return its rows."""
        await self._cursor.execute(statement, values)
        return await self._cursor.fetchall()

    async def wait(self, gen: PQGen[Any], *arguments: Any, **options: Any) -> Any:
        """Run the steps of a statement as its socket becomes ready."""
        if self._loop is None:
            return await super().wait(gen, *arguments, **options)
        try:
            state = next(gen)
            while True:
                state = gen.send(await self._until_ready(self._loop, state))
        except StopIteration as done:
            return done.value

    async def _until_ready(self, loop: asyncio.AbstractEventLoop, state: Wait) -> Ready:
        self._waiting = loop.create_future()
        if state & _WRITE:  # a statement too long for the buffer of the socket
            loop.add_writer(self._socket, self._wake, Ready.W)
        try:
            return await self._waiting
        finally:
            self._waiting = None
            if state & _WRITE:
                loop.remove_writer(self._socket)

    def _wake(self, ready: Ready) -> None:
        if self._waiting is None:
            self.is_ended = True
            self._unwatch()
        elif not self._waiting.done():
            self._waiting.set_result(ready)

    def _unwatch(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._socket)
