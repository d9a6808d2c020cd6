"""Where tasks are kept: one file with the stdlib's sqlite3, or PostgreSQL through SQLAlchemy."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

SCHEMA_VERSION = 3

# How many seconds a command waits for its turn: hundreds of shells at once need some, a stuck program is told of.
PATIENCE = 60.0

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


class Interrupts(Protocol):
    """What keeps Ctrl-C away from a commit, so that nobody takes for undone what is stored."""

    def hold(self) -> None:
        """Let an interrupt wait from now on."""

    def release(self) -> None:
        """Let it come, if it came meanwhile at once."""


class OwnedStore(Store, Protocol):
    """A store as the one who opened it sees it."""

    name: str  # as a person may see it: without a password
    copy: Path | None  # of the file as it was before this store upgraded it, if it did

    def version(self) -> int | None:
        """The version of the schema, of whatever age; None where nothing was stored yet."""

    def engine(self) -> str:
        """What keeps the store, with its version."""

    def size(self) -> int | None:
        """How many bytes it takes; None where nothing was stored yet."""

    def upgrade(self) -> None:
        """Set up a new store, or bring an older schema to this version; who does so at the same time waits."""

    def close(self) -> None:
        """Let go of what is held open between transactions."""
