"""The store interface, which is the same for both database engines."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tasktimer.errors import StoreMissing

if TYPE_CHECKING:
    from typing import Protocol
else:
    Protocol = object  # creating three protocols at start-up takes 0.2 million instructions

SCHEMA_VERSION = 5

# The oldest schema version whose programs may still use this schema. A migration leaves it as it is if it only adds
# tables, and columns that may be NULL or have a default: older servers then run on while they are replaced.
OLDEST_WRITER = 5

# Seconds that a command waits for a lock: enough for hundreds of concurrent shells.
LOCK_TIMEOUT = 60.0

Parameters = Mapping[str, int | str | None]
Row = tuple[Any, ...]
Result = TypeVar("Result")


class Interrupts:
    """A handler that delays Ctrl-C during a commit, so that a committed change is not reported as interrupted.

    The methods of this base class do nothing.
    """

    def hold(self) -> None:
        """Start delaying interrupts."""

    def release(self) -> None:
        """Stop delaying interrupts, and deliver any delayed interrupt."""


class Connection(Protocol):
    """A database connection that runs SQL with `:name` parameters: a sqlite3.Connection or a PostgresConnection."""

    def execute(self, statement: str, parameters: Parameters, /) -> Iterable[Row]:
        """Run a statement and return its rows."""

    def executemany(self, statement: str, rows: Sequence[Parameters], /) -> object:
        """Run a statement that returns no rows, once for each item of `rows`, in order."""


class Store(Protocol):
    """The interface through which services use a store: each `with` block is one transaction.

    Any method that uses the file or the database may raise Unavailable.
    """

    def read(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that reads a snapshot of the store; a missing store is read as an empty one."""

    def write(self, *, create: bool = False) -> AbstractContextManager[Connection]:
        """Begin a transaction that writes: commit when the block ends, or roll back if it raises an exception.

        Raises:
            StoreMissing: if the store does not exist and `create` is false.
        """


class StoreHandle(Store, Protocol):
    """A store that can also be inspected, upgraded and closed."""

    name: str  # for display; contains no password
    backup_path: Path | None  # the copy made before the file was upgraded, or None

    def missing_error(self) -> StoreMissing | None:
        """Return the error for a missing store, or None if the store exists."""

    def version(self) -> int | None:
        """Return the schema version without upgrading the store, or None if the store does not exist."""

    def engine(self) -> str:
        """Return the name and version of the database engine."""

    def size(self) -> int | None:
        """Return the size of the store in bytes, or None if the store does not exist."""

    def upgrade(self) -> None:
        """Create the store, or migrate an older schema; concurrent calls are safe."""

    def check_writable(self) -> bool:
        """Raise Unavailable if changes cannot be stored; return whether the store exists already."""

    def close(self) -> None:
        """Close any connections that stay open between transactions."""
