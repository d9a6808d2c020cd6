"""Stores for a service that runs inside an open transaction, or before the store exists."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import NoReturn

from tasktimer.errors import StoreMissing, TasktimerError
from tasktimer.store.protocols import Connection
from tasktimer.store.sqlite.connection import open_empty_store


class SavepointStore:
    """Runs each transaction as a savepoint of one transaction.

    A TasktimerError rolls back to the savepoint; any other exception fails the whole transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self) -> AbstractContextManager[Connection]:
        """Read within the transaction, including its own changes."""
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
    """The service needs the store to be created; run it again in the new store."""


class MissingStore:
    """A store that does not exist, for a service that may need it to be created."""

    def __init__(self, name: str) -> None:
        self._name = name

    def read(self) -> AbstractContextManager[Connection]:
        """Read an empty store."""
        return open_empty_store()

    def write(self, *, create: bool = False) -> NoReturn:
        """Raise StoreRequired if the store is to be created, otherwise StoreMissing."""
        raise StoreRequired if create else StoreMissing(self._name)
