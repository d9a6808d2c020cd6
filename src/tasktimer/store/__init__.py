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
    """What verbs need: a transaction a time; it may raise Unavailable, and StoreMissing where nothing is stored."""

    def read(self) -> AbstractContextManager[Connection]:
        """See the store as it is at one moment; creates nothing."""

    def write(self, *, create: bool = False) -> AbstractContextManager[Connection]:
        """Change the store: all of it when the block ends, none of it when the block raises."""
