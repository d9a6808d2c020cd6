"""The embedded file behind a server: kept open in WAL mode; writes that wait at the same time share one commit.

Reading a file takes some microseconds, less than handing it to a thread: verbs run in the event loop. Only the commit,
which waits for the disk, is left to a thread, while the loop takes in the next requests.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

from tasktimer.errors import StoreMissing
from tasktimer.store import SCHEMA_VERSION, Store
from tasktimer.store.async_store import Result, outdated_schema_error
from tasktimer.store.savepoint import MissingStore, SavepointStore, StoreRequired
from tasktimer.store.sqlite import new_file
from tasktimer.store.sqlite.connection import (
    SETTINGS,
    check_version,
    commit,
    is_busy,
    opened,
    rollback_on_error,
    translate_errors,
)
from tasktimer.store.sqlite.empty_store import open_empty_store
from tasktimer.store.sqlite.open_files import Identity, identity_of
from tasktimer.store.sqlite.server_lock import ServerLock

# Seconds between two looks at whether a command has ended its change.
_PAUSE = 0.005
# Seconds after the last write at which the WAL is brought into the file.
_SECONDS_TO_REST = 1

_Write = tuple[Callable[[Store], Any], "asyncio.Future[Any]"]
_Outcome = tuple["asyncio.Future[Any]", Any, Exception | None]


class AsyncSqliteStore:
    """A tasktimer file, for many requests at once; commands may use it beside the server."""

    def __init__(self, path: Path, *, lock_timeout: float) -> None:
        self.path = path
        self._lock_timeout = lock_timeout
        self._opened: Identity | None = None  # of the file that the connections have open
        self._connections = ExitStack()
        self._reader: sqlite3.Connection
        self._writer: sqlite3.Connection
        self._opening = asyncio.Lock()  # nobody opens or closes while somebody writes
        self._waiting: list[_Write] = []
        self._writing: asyncio.Task[None] | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._lock = ServerLock(path)
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="commit")

    async def read(self, verb: Callable[[Store], Result]) -> Result:
        """Run a verb that changes nothing; a missing file reads as an empty one.

        Raises:
            Unavailable: the file cannot be used.
        """
        deadline = time.monotonic() + self._lock_timeout
        with translate_errors(self.path):
            while True:
                if not self._is_open():
                    try:
                        async with self._opening:
                            await self._open()
                    except StoreMissing:
                        with open_empty_store() as empty:
                            return verb(SavepointStore(empty))
                try:  # without a pause in it, so that reads can share a connection
                    with rollback_on_error(self._reader):
                        self._begin(self._reader, "BEGIN")
                        answer = verb(SavepointStore(self._reader))
                        self._reader.execute("COMMIT")
                        return answer
                except sqlite3.OperationalError as error:
                    if not is_busy(error) or time.monotonic() > deadline:
                        raise
                await asyncio.sleep(_PAUSE)

    async def write(self, verb: Callable[[Store], Result]) -> Result:
        """Run a verb, with others that wait at the same time; when this returns, what it changed is on the disk.

        Raises:
            Unavailable: the file cannot be used.
        """
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((verb, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        return await done

    async def close(self) -> None:
        """Finish what was begun, and give the file its mode at rest."""
        if self._writing is not None:
            await self._writing
        if self._resting is not None:
            self._resting.cancel()
        async with self._opening:
            if self._opened is not None:
                self._reader.close()
                with suppress(sqlite3.OperationalError):  # a command uses it now; the next one that writes does this
                    self._writer.execute("PRAGMA journal_mode = DELETE")
                self._connections.close()
                self._opened = None
            self._lock.release()
        self._committer.shutdown()

    async def _write_waiting(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        while self._waiting:
            writes, self._waiting = self._waiting, []
            async with self._opening:
                try:
                    with translate_errors(self.path):
                        outcomes = await self._write_together([write for write in writes if not write[1].done()])
                except Exception as raised:  # noqa: BLE001 (it is given to those who asked)
                    outcomes = [(done, None, raised) for _, done in writes]
            for done, answer, error in outcomes:
                if done.done():  # nobody waits for it any more
                    continue
                if error is None:
                    done.set_result(answer)
                else:
                    done.set_exception(error)
        self._resting = asyncio.get_running_loop().call_later(_SECONDS_TO_REST, self._rest)

    def _rest(self) -> None:
        """Bring what the WAL holds into the file, which whoever copies or moves it takes for the whole."""
        if self._opened is not None and not self._writer.in_transaction:
            with suppress(sqlite3.Error):  # somebody reads; the next write comes back to it
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def _write_together(self, writes: list[_Write]) -> list[_Outcome]:
        if identity_of(self.path) is None:
            outcomes = [(done, *self._run_absent(verb)) for verb, done in writes]
            if not any(isinstance(error, StoreRequired) for *_, error in outcomes):
                return outcomes
            new_file.create(self.path)
        await self._open()
        connection = self._writer
        with rollback_on_error(connection):
            await self._patiently(lambda: self._begin(connection, "BEGIN IMMEDIATE"))
            outcomes = [(done, *self._run_one(connection, verb)) for verb, done in writes]
            await asyncio.get_running_loop().run_in_executor(self._committer, self._commit, connection)
        return outcomes

    def _run_absent(self, verb: Callable[[Store], Any]) -> tuple[Any, Exception | None]:
        try:
            return verb(MissingStore(str(self.path))), None
        except Exception as error:  # noqa: BLE001 (it is given to the one who asked)
            return None, error

    def _run_one(self, connection: sqlite3.Connection, verb: Callable[[Store], Any]) -> tuple[Any, Exception | None]:
        """Run a verb as a part of the transaction: whatever goes wrong in it is undone without the others."""
        connection.execute("SAVEPOINT request")
        try:
            with translate_errors(self.path):
                answer, error = verb(SavepointStore(connection)), None
        except Exception as raised:  # it is given to the one who asked
            if not connection.in_transaction:  # SQLite has undone everything: the disk is full, or fails
                raise
            connection.execute("ROLLBACK TO SAVEPOINT request")
            answer, error = None, raised
        connection.execute("RELEASE SAVEPOINT request")
        return answer, error

    def _begin(self, connection: sqlite3.Connection, statement: str) -> None:
        connection.execute(statement)
        (version,) = connection.execute("PRAGMA user_version").fetchone()  # a newer command may have upgraded it
        if version != SCHEMA_VERSION:
            check_version(self.path, version)
            raise outdated_schema_error(str(self.path), version)

    def _commit(self, connection: sqlite3.Connection) -> None:
        deadline = time.monotonic() + self._lock_timeout
        connection.execute(f"PRAGMA busy_timeout = {_PAUSE * 1000:.0f}")  # this thread, unlike the loop, may wait
        try:
            commit(connection, self.path, deadline)
        finally:
            connection.execute("PRAGMA busy_timeout = 0")

    def _is_open(self) -> bool:
        found = identity_of(self.path)
        return found is not None and found == self._opened

    async def _open(self) -> None:
        """Open the file, unless it is the one that is open: another may have been put in its place."""
        if self._is_open():
            return
        if self._opened is not None:
            self._rest()  # into the file that was, wherever it is now, not into the one in its place
            self._opened = None
            self._connections.close()
        found = identity_of(self.path)
        if found is not None:
            self._lock.acquire()
        with ExitStack() as opening:
            connections = [self._connect(opening) for _ in range(2)]
            for connection in connections:
                for setting in SETTINGS:
                    await self._patiently(partial(connection.execute, setting))
            await self._patiently(partial(self._use_wal, connections[0]))
            self._reader, self._writer = connections
            self._opened = found
            self._connections = opening.pop_all()  # from here on they stay open

    def _use_wal(self, connection: sqlite3.Connection) -> None:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if is_busy(error):
                raise
            # On a full disk, or where nothing may be written, it can still be read as it is.

    def _connect(self, opening: ExitStack) -> sqlite3.Connection:
        connection, _ = opening.enter_context(opened(self.path, check_same_thread=False, lasting=True))
        connection.execute("PRAGMA busy_timeout = 0")  # the event loop must not stand still
        return connection

    async def _patiently(self, step: Callable[[], object]) -> None:
        deadline = time.monotonic() + self._lock_timeout
        while True:
            try:
                step()
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise
            else:
                return
            await asyncio.sleep(_PAUSE)
