"""Connections that run single statements in the event loop, without threads and SQLAlchemy."""

import asyncio
import re
from collections import deque
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import psycopg

from tasktimer.store.postgres.errors import LOCKED, reports_too_many_connections
from tasktimer.store.postgres.watched_connection import WatchedConnection
from tasktimer.store.protocols import Parameters, Row

# Seconds after which another connection is tried, if PostgreSQL has refused one because there are too many.
RETRY_DELAY = 0.2

# Of errors after which it is not known whether a statement was committed: the connection was lost or ended.
_OF_LOST_CONNECTIONS = ("08", "57P")


class ConnectionLost(Exception):
    """Raised if a connection was lost while a statement ran."""


class Locked(Exception):
    """Raised if another transaction held a lock for too long; nothing was changed."""


class DirectConnections:
    """A pool of at most `size` connections, each of which is opened when it is needed; none if `size` is 0."""

    def __init__(self, arguments: Mapping[str, Any], *, size: int, lock_timeout: float) -> None:
        self._size = size
        self._arguments = arguments
        self._idle: deque[WatchedConnection] = deque()
        self._open = 0  # idle or in use
        self._surplus = 0  # in use, to be closed afterwards
        self._refused_until = 0.0
        self._free = asyncio.Semaphore(size)
        self._timeout = lock_timeout

    async def fetch(self, statement: str, parameters: Parameters) -> Sequence[Row] | None:
        """Run a statement as a transaction and return its rows, or None if it failed and nothing was changed.

        Raises:
            Locked: if another transaction held a lock for too long.
            ConnectionLost: if it is not known whether anything was changed.
        """
        if not self._size:
            return None
        numbered, names = _number_parameters(statement)
        parameters = {**parameters, "lock_timeout": f"{self._timeout * 1000:.0f}ms"}
        values = [parameters[name] for name in names]
        try:
            connection = await self._acquire()
            try:
                return await connection.fetch(numbered, values)
            finally:
                self._release(connection)
        except psycopg.Error as error:
            if isinstance(error, _NotConnected):
                return None
            if error.sqlstate == LOCKED:
                raise Locked from error
            if error.sqlstate is None or error.sqlstate.startswith(_OF_LOST_CONNECTIONS):
                raise ConnectionLost(str(error)) from error
            return None

    def give_up_one(self) -> None:
        """Close a connection, at the latest when it is no longer in use, so that PostgreSQL accepts another one."""
        self._refused_until = asyncio.get_running_loop().time() + RETRY_DELAY
        if self._idle:
            self._close(self._idle.pop())
        else:
            self._surplus = min(self._surplus + 1, self._open)

    async def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._close(self._idle.pop())

    def _release(self, connection: WatchedConnection) -> None:
        if connection.is_idle and not self._surplus:
            self._idle.append(connection)
        else:
            self._surplus = max(self._surplus - 1, 0)
            self._close(connection)
        self._free.release()

    async def _acquire(self) -> WatchedConnection:
        """Return an idle or a new connection; if PostgreSQL refuses a new one, wait for one that is in use."""
        if self._idle and not self._free.locked():
            await self._free.acquire()  # without a timeout, which takes longer than the rest
            if (connection := self._pop_idle()) is not None:
                return connection
            self._free.release()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timeout
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    await self._free.acquire()
            except TimeoutError:
                raise _NotConnected from None
            try:
                return self._pop_idle() or await self._connect()
            except _Refused as error:
                if not self._open:
                    self._free.release()
                    raise _NotConnected from error
                # There are fewer connections than expected, for now.
                loop.call_later(RETRY_DELAY, self._free.release)
            except BaseException:
                self._free.release()
                raise

    def _pop_idle(self) -> WatchedConnection | None:
        """Return the connection that was used last, without those that the server has closed meanwhile."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_ended:
                return connection
            self._close(connection)
        return None

    async def _connect(self) -> WatchedConnection:
        loop = asyncio.get_running_loop()
        if loop.time() < self._refused_until:
            raise _Refused
        try:
            connection = await WatchedConnection.connect(self._arguments)
        except psycopg.Error as error:
            if not reports_too_many_connections(error):
                raise _NotConnected from error
            self._refused_until = loop.time() + RETRY_DELAY
            raise _Refused from error
        self._open += 1
        return connection

    def _close(self, connection: WatchedConnection) -> None:
        connection.close()
        self._open -= 1


class _NotConnected(psycopg.OperationalError):
    """Raised before a statement is sent."""


class _Refused(_NotConnected):
    """Raised if PostgreSQL refuses a connection because there are too many."""


@cache
def _number_parameters(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a statement with `$1` in place of each `:name`, and the names in this order."""
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        return f"${names.setdefault(match[1], len(names) + 1)}"

    return re.sub(r":(\w+)", number, statement).encode(), tuple(names)
