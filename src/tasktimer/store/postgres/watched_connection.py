"""A connection for single statements that stays registered with the event loop."""

import asyncio
import select
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, TransactionStatus

from tasktimer.store.protocols import Row

_FAILED = int(ExecStatus.FATAL_ERROR)
_LONGEST_WAIT = 0.5  # seconds; then libpq reads from the socket anyway


class WatchedConnection:
    """A connection that runs one statement at a time, each in its own transaction, and notices if the server closes it.

    It calls libpq through psycopg's `pq` module. psycopg's cursors would register the socket with the event loop for
    each statement, and look for a converter for each value, which takes longer than everything else they do.
    """

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        self._connection = connection  # closes the socket when it is deleted
        self._libpq = connection.pgconn
        self._rows = Transformer(connection)
        self._names: dict[bytes, bytes] = {}  # of prepared statements
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Future[None] | None = None
        self._socket = connection.fileno()
        self._loop.add_reader(self._socket, self._wake)
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    @classmethod
    async def connect(cls, arguments: Mapping[str, Any]) -> "WatchedConnection":
        """Connect to a database with the arguments of psycopg."""
        return cls(await psycopg.AsyncConnection.connect(**arguments, autocommit=True))

    @property
    def is_ended(self) -> bool:
        """Whether the server has closed the idle connection, or sent data between statements."""
        return bool(self._poll.poll(0))

    @property
    def is_idle(self) -> bool:
        """Whether the connection can run another statement."""
        return self._libpq.transaction_status == TransactionStatus.IDLE

    def close(self) -> None:
        """Close the connection at once."""
        self._loop.remove_reader(self._socket)
        self._libpq.finish()

    async def fetch(self, statement: bytes, values: Sequence[str | int | None]) -> Sequence[Row]:
        """Run a statement with `$1`, `$2`, … in place of values, and return its rows; raise psycopg.Error if it fails.

        PostgreSQL infers the types of the values from the statement.
        """
        texts = [None if value is None else str(value).encode() for value in values]
        if self._connection.prepare_threshold is None:  # for poolers without support for prepared statements
            self._libpq.send_query_params(statement, texts)
        else:
            self._libpq.send_query_prepared(self._names.get(statement) or await self._prepare(statement), texts)
        self._rows.set_pgresult(result := await self._result())
        return self._rows.load_rows(0, result.ntuples, tuple)

    async def _prepare(self, statement: bytes) -> bytes:
        name = b"direct_%d" % len(self._names)
        self._libpq.send_prepare(name, statement)
        await self._result()
        self._names[statement] = name
        return name

    async def _result(self) -> Any:
        while self._libpq.flush():  # the statement was too long for the buffer of the socket
            await self._until_writable()
        last: Any = None
        while True:
            while self._libpq.is_busy():
                await self._until_readable()
                self._libpq.consume_input()
            result = self._libpq.get_result()
            if result is None:
                break
            last = result
        if last.status == _FAILED:
            raise psycopg.errors.error_from_result(last)
        return last

    async def _until_readable(self) -> None:
        self._waiting = self._loop.create_future()
        # After an error, such as a reset connection, uvloop stops watching the socket without reporting the error.
        timer = self._loop.call_later(_LONGEST_WAIT, self._wake)
        try:
            await self._waiting
        finally:
            timer.cancel()
            self._waiting = None

    async def _until_writable(self) -> None:
        self._loop.add_writer(self._socket, self._wake)
        try:
            await self._until_readable()  # or writable
        finally:
            self._loop.remove_writer(self._socket)
        self._libpq.consume_input()

    def _wake(self) -> None:
        if self._waiting is not None:
            if not self._waiting.done():
                self._waiting.set_result(None)
        elif self.is_ended:  # asyncio's own loop also reports what the last statement has just read
            self._loop.remove_reader(self._socket)
