"""Stores that stand in for the real one while a verb runs: within an open transaction, or where there is none yet."""

from collections.abc import Iterator
from contextlib import contextmanager

from tasktimer.errors import StoreMissing, TasktimerError
from tasktimer.store import Connection
from tasktimer.store.sqlite.empty_store import open_empty_store


class SavepointStore:
    """Runs transactions as parts of one: a part that is refused is undone alone, any other failure ends the whole."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """See what the transaction sees, its own changes included."""
        yield self._connection

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[Connection]:  # noqa: ARG002 (whoever began has created)
        """Change a part: all of it when the block ends, none of it when the block refuses."""
        self._connection.execute("SAVEPOINT part", {})
        try:
            yield self._connection
        except TasktimerError:
            self._connection.execute("ROLLBACK TO SAVEPOINT part", {})
            self._connection.execute("RELEASE SAVEPOINT part", {})
            raise
        self._connection.execute("RELEASE SAVEPOINT part", {})


class StoreRequired(Exception):
    """A verb would create the store."""


class MissingStore:
    """A store that does not exist, for a verb that may find out that it needs one."""

    def __init__(self, name: str) -> None:
        self._name = name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read an empty store."""
        with open_empty_store() as connection:
            yield connection

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[Connection]:
        """Nothing can be changed.

        Raises:
            StoreRequired: the store is to be created.
            StoreMissing: it is not.
        """
        raise StoreRequired if create else StoreMissing(self._name)
        yield  # never reached: it makes this a generator
