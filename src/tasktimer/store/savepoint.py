"""Stores for services that run in an open transaction, or before the actual store has been created."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import NoReturn

from tasktimer.errors import StoreMissing, TasktimerError
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.sqlite.connection import open_empty_store


class SavepointStore:
    """A store that runs each transaction as a savepoint within an open transaction.

    A TasktimerError rolls back to the savepoint; any other exception makes the whole transaction fail.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self) -> AbstractContextManager[Connection]:
        """Return a context manager for reading the store, including the open transaction's uncommitted changes."""
        return nullcontext(self._connection)

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[Connection]:  # noqa: ARG002 (the store exists)
        """Create a savepoint for writing, and roll back to it if the block raises a TasktimerError."""
        self._connection.execute("SAVEPOINT service", {})
        try:
            yield self._connection
        except TasktimerError:
            self._connection.execute("ROLLBACK TO SAVEPOINT service", {})
            self._connection.execute("RELEASE SAVEPOINT service", {})
            raise
        self._connection.execute("RELEASE SAVEPOINT service", {})


def write_nothing(store: Store) -> None:
    """Run a transaction that writes no rows, but fails if the store is read-only."""
    with store.write() as connection:
        connection.execute("UPDATE tasks SET end_time = NULL WHERE 1 = 0", {})


class StoreRequired(Exception):
    """The error for a service that must be run again once its store has been created."""


class MissingStore:
    """A placeholder for a store that does not exist yet, for a service that may need to create it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def read(self) -> AbstractContextManager[Connection]:
        """Return a context manager for reading an empty store."""
        return open_empty_store()

    def write(self, *, create: bool = False) -> NoReturn:
        """Raise StoreRequired if `create` is true, otherwise StoreMissing."""
        raise StoreRequired if create else StoreMissing(self._name)
