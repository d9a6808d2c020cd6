"""Where tasks are kept: one file with the stdlib's sqlite3, or PostgreSQL through SQLAlchemy."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

SCHEMA_VERSION = 3

# How many seconds a command waits for its turn: hundreds of shells at once need some, a stuck program is told of.
LOCK_TIMEOUT = 60.0

Parameters = Mapping[str, int | str | None]


class Connection(Protocol):
    """What a statement needs: both sqlite3 and the PostgreSQL side take SQL with :name parameters."""

    def execute(self, statement: str, parameters: Parameters, /) -> Iterable[tuple[Any, ...]]:
        """Run a statement and give its rows."""

    def executemany(self, statement: str, rows: Sequence[Parameters], /) -> object:
        """Run a statement that gives no rows once for each of these, in their order."""


class Store(Protocol):
    """A store as services see it: each block is one transaction, and may raise Unavailable."""

    def read(self) -> AbstractContextManager[Connection]:
        """Read the store as it is at one moment. One that does not exist is not created: it reads as an empty one."""

    def write(self, *, create: bool = False) -> AbstractContextManager[Connection]:
        """Write to the store: everything is stored when the block ends, and nothing if it raises.

        Raises:
            StoreMissing: if the store does not exist and is not to be created.
        """
