"""Stores for a service that runs in an open transaction, or before its store has been created."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import NoReturn

from tasktimer.errors import StoreMissing, TasktimerError
from tasktimer.store.protocols import Connection
from tasktimer.store.sqlite.connection import open_empty_store


class SavepointStore:
    """A store that runs each transaction as a savepoint of one open transaction.

    A TasktimerError rolls back to the savepoint; after any other exception, the whole transaction fails.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self) -> AbstractContextManager[Connection]:
        """Read within the transaction, including its uncommitted changes."""
        return nullcontext(self._connection)

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[Connection]:  # noqa: ARG002 (the store exists)
        """Write within a savepoint, which is rolled back if the block raises a TasktimerError."""
        self._connection.execute("SAVEPOINT service", {})
        try:
            yield self._connection
        except TasktimerError:
            self._connection.execute("ROLLBACK TO SAVEPOINT service", {})
            self._connection.execute("RELEASE SAVEPOINT service", {})
            raise
        self._connection.execute("RELEASE SAVEPOINT service", {})


class StoreRequired(Exception):
    """The error for a service that needs a new store: create the store, then run the service again."""


class MissingStore:
    """A store that does not exist yet, for a service that may need to create it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def read(self) -> AbstractContextManager[Connection]:
        """Read an empty store."""
        return open_empty_store()

    def write(self, *, create: bool = False) -> NoReturn:
        """Raise StoreRequired if `create` is true, otherwise StoreMissing."""
        raise StoreRequired if create else StoreMissing(self._name)
