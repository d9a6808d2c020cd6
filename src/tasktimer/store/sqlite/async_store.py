"""A server's store in a SQLite file, which is kept open in WAL mode; concurrent writes share a group commit.

Services run in the event loop, because a transaction takes microseconds, less than switching to a thread. Only the
commit, which waits for the disk, and long transactions run in threads, while the event loop accepts further requests.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

from tasktimer.errors import StoreMissing, Unavailable
from tasktimer.store.bounded_threads import BoundedThreads
from tasktimer.store.errors import outdated_schema_error
from tasktimer.store.protocols import SCHEMA_VERSION, Parameters, Result, Row, Store
from tasktimer.store.savepoint import MissingStore, SavepointStore, StoreRequired, write_nothing
from tasktimer.store.sqlite.connection import (
    SETTINGS,
    check_version,
    commit,
    is_busy,
    open_empty_store,
    opened,
    rollback_on_error,
    translate_errors,
)
from tasktimer.store.sqlite.group_commit import run, run_in_savepoint
from tasktimer.store.sqlite.new_file import check_can_create
from tasktimer.store.sqlite.new_file import create as create_file
from tasktimer.store.sqlite.open_files import Identity, identity_of
from tasktimer.store.sqlite.server_lock import ServerLock
from tasktimer.store.sqlite.store import SqliteStore

# Seconds between two attempts to acquire a lock that a command holds.
_RETRY_INTERVAL = 0.005
_LONG_READS = 4  # at a time

_Write = tuple[Callable[[Store], Any], "asyncio.Future[Any]"]
_Outcome = tuple["asyncio.Future[Any]", Any, Exception | None]


class AsyncSqliteStore:
    """A store in a SQLite file, for concurrent requests; commands may use the file at the same time.

    `checkpoint_delay` is the number of seconds between the most recent write and a WAL checkpoint.
    """

    runs_directly = False

    def __init__(self, path: Path, *, lock_timeout: float, checkpoint_delay: float = 1) -> None:
        self.path = path
        self._lock_timeout = lock_timeout
        self._checkpoint_delay = checkpoint_delay
        self._opened: Identity | None = None  # of the file that the connections use
        self._connections = ExitStack()
        self._reader: sqlite3.Connection
        self._writer: sqlite3.Connection
        self._opening = asyncio.Lock()  # prevents opening and closing during a write
        self._queue: list[_Write] = []
        self._writer_task: asyncio.Task[None] | None = None
        self._checkpoint_timer: asyncio.TimerHandle | None = None
        self._lock = ServerLock(path)
        self._committer = ThreadPoolExecutor(1, thread_name_prefix="commit")
        self._readers = BoundedThreads(_LONG_READS, "read")
        self._long_writer = BoundedThreads(1, "write")

    async def read(self, service: Callable[[Store], Result]) -> Result:
        """Run a read-only service and return its result; a missing file is read as an empty store."""
        deadline = time.monotonic() + self._lock_timeout
        with translate_errors(self.path):
            while True:
                if not self._is_open():
                    try:
                        async with self._opening:
                            await self._open()
                    except StoreMissing:
                        with open_empty_store() as empty:
                            return service(SavepointStore(empty))
                try:  # without await, so that reads can share a connection
                    with rollback_on_error(self._reader):
                        self._begin(self._reader, "BEGIN")
                        result = service(SavepointStore(self._reader))
                        self._reader.execute("COMMIT")
                        return result
                except sqlite3.OperationalError as error:
                    if not is_busy(error) or time.monotonic() > deadline:
                        raise
                await asyncio.sleep(_RETRY_INTERVAL)

    async def read_in_thread(self, service: Callable[[Store], Result]) -> Result:
        """Run a read-only service in a thread, with its own connection, and return its result."""
        await self.read(lambda _: None)  # fails if the schema is outdated, which SqliteStore would upgrade
        return await self._run_in(self._readers, service)

    async def write_in_thread(self, service: Callable[[Store], Result]) -> Result:
        """Run a service in a thread, with its own connection, and return its result once its changes are durable.

        Other writes wait for the end of its transaction.
        """
        await self.read(lambda _: None)
        return await self._run_in(self._long_writer, service)

    async def run_directly(
        self,
        statement: str,  # noqa: ARG002
        parameters: Parameters,  # noqa: ARG002
        *,
        is_reading: bool,  # noqa: ARG002
    ) -> Sequence[Row] | None:
        """Return None: in this process, services take no longer than a single statement."""
        return None

    async def _run_in(self, threads: BoundedThreads, service: Callable[[Store], Result]) -> Result:
        store = SqliteStore(self.path, lock_timeout=self._lock_timeout)
        deadline = asyncio.get_running_loop().time() + self._lock_timeout
        try:
            return await threads.run(partial(service, store), deadline=deadline)
        except TimeoutError:
            message = f"too many long requests to {self.path} were running for {self._lock_timeout:g} seconds"
            raise Unavailable("store-busy", message, "find out what takes so long") from None

    async def write(self, service: Callable[[Store], Result]) -> Result:
        """Run a service as part of a group commit, and return its result once its changes are durable."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.append((service, done))
        if self._writer_task is None or self._writer_task.done():
            self._writer_task = asyncio.create_task(self._write_queue())
        return await done

    async def check_writable(self) -> bool:
        """Raise Unavailable if changes cannot be stored; return whether the file exists."""
        try:
            await self.write(write_nothing)
        except StoreMissing:
            check_can_create(self.path)
            return False
        return True

    async def close(self) -> None:
        """Finish pending services, switch the file back to rollback-journal mode, and close it."""
        for threads in (self._readers, self._long_writer):
            await threads.shut_down()
        if self._writer_task is not None:
            await self._writer_task
        if self._checkpoint_timer is not None:
            self._checkpoint_timer.cancel()
        async with self._opening:
            if self._opened is not None:
                self._reader.close()
                with suppress(sqlite3.OperationalError):  # in use by a command: the next command that writes does this
                    self._writer.execute("PRAGMA journal_mode = DELETE")
                self._connections.close()
                self._opened = None
            self._lock.release()
        self._committer.shutdown()

    async def _write_queue(self) -> None:
        if self._checkpoint_timer is not None:
            self._checkpoint_timer.cancel()
        while self._queue:
            writes, self._queue = self._queue, []
            async with self._opening:
                try:
                    with translate_errors(self.path):
                        outcomes = await self._group_commit([write for write in writes if not write[1].done()])
                except Exception as raised:  # noqa: BLE001 (raised in the callers)
                    outcomes = [(done, None, raised) for _, done in writes]
            for done, result, error in outcomes:
                if done.done():  # the request was cancelled
                    continue
                if error is None:
                    done.set_result(result)
                else:
                    done.set_exception(error)
        self._checkpoint_timer = asyncio.get_running_loop().call_later(self._checkpoint_delay, self._checkpoint)

    def _checkpoint(self) -> None:
        """Run a WAL checkpoint, so that the file is complete if it is copied or moved."""
        if self._opened is not None and not self._writer.in_transaction:
            with suppress(sqlite3.Error):  # blocked by a reader: try again after the next write
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def _group_commit(self, writes: list[_Write]) -> list[_Outcome]:
        if identity_of(self.path) is None:
            outcomes = [(done, *run(service, MissingStore(str(self.path)), self.path)) for service, done in writes]
            if not any(isinstance(error, StoreRequired) for *_, error in outcomes):
                return outcomes
            create_file(self.path)
        await self._open()
        connection = self._writer
        with rollback_on_error(connection):
            await self._retry_while_busy(lambda: self._begin(connection, "BEGIN IMMEDIATE"))
            outcomes = [(done, *run_in_savepoint(connection, service, self.path)) for service, done in writes]
            await asyncio.get_running_loop().run_in_executor(self._committer, self._commit, connection)
        return outcomes

    def _begin(self, connection: sqlite3.Connection, statement: str) -> None:
        connection.execute(statement)
        (version,) = connection.execute("PRAGMA user_version").fetchone()  # perhaps upgraded by a newer tasktimer
        if version != SCHEMA_VERSION:
            check_version(self.path, version)
            raise outdated_schema_error(str(self.path), version)

    def _commit(self, connection: sqlite3.Connection) -> None:
        deadline = time.monotonic() + self._lock_timeout
        connection.execute(f"PRAGMA busy_timeout = {_RETRY_INTERVAL * 1000:.0f}")  # this thread may block
        try:
            commit(connection, self.path, deadline)
        finally:
            connection.execute("PRAGMA busy_timeout = 0")

    def _is_open(self) -> bool:
        return self._opened is not None and self._opened == identity_of(self.path)

    async def _open(self) -> None:
        """Open the file unless it is already open; if another file has replaced it, open the new file instead."""
        if self._is_open():
            return
        if self._opened is not None:
            self._checkpoint()  # for the previous file, even if it has been moved
            self._opened = None
            self._connections.close()
        identity = identity_of(self.path)
        if identity is not None:
            self._lock.acquire()
        with ExitStack() as opening:
            connections = [
                opening.enter_context(opened(self.path, check_same_thread=False, lasting=True))[0] for _ in range(2)
            ]
            for connection in connections:
                # SQLite itself must not wait for locks, because that would block the event loop.
                for setting in ("PRAGMA busy_timeout = 0", *SETTINGS):
                    await self._retry_while_busy(partial(connection.execute, setting))
            await self._retry_while_busy(partial(self._use_wal, connections[0]))
            self._reader, self._writer = connections
            self._opened = identity
            self._connections = opening.pop_all()  # the connections now stay open

    def _use_wal(self, connection: sqlite3.Connection) -> None:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if is_busy(error):
                raise
            # The disk is full or read-only; the file can still be read in rollback-journal mode.

    async def _retry_while_busy(self, step: Callable[[], object]) -> None:
        deadline = time.monotonic() + self._lock_timeout
        while True:
            try:
                step()
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise
            else:
                return
            await asyncio.sleep(_RETRY_INTERVAL)
