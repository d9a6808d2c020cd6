"""Storage of tasks: a file read with the standard library's sqlite3, or PostgreSQL through SQLAlchemy."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

SCHEMA_VERSION = 3

# Seconds that a command waits for a lock: enough for hundreds of shells at once, and then a stuck program is reported.
LOCK_TIMEOUT = 60.0

Parameters = Mapping[str, int | str | None]


class Connection(Protocol):
    """A transaction that runs SQL with `:name` parameters: a sqlite3.Connection or a PostgresConnection."""

    def execute(self, statement: str, parameters: Parameters, /) -> Iterable[tuple[Any, ...]]:
        """Run a statement and return its rows."""

    def executemany(self, statement: str, rows: Sequence[Parameters], /) -> object:
        """Run a statement that returns no rows once for each item of `rows`, in order."""


class Store(Protocol):
    """A store as services see it: each block is one transaction, and may raise Unavailable."""

    def read(self) -> AbstractContextManager[Connection]:
        """Read the store as it is at one moment. One that does not exist is not created: it reads as an empty one."""

    def write(self, *, create: bool = False) -> AbstractContextManager[Connection]:
        """Write to the store: everything is stored when the block ends, and nothing if it raises.

        Raises:
            StoreMissing: if the store does not exist and is not to be created.
        """
