"""The interface of stores, which is the same for both engines."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tasktimer.errors import StoreMissing

SCHEMA_VERSION = 3

# Seconds that a command waits for a lock: enough for hundreds of shells at once.
LOCK_TIMEOUT = 60.0

Parameters = Mapping[str, int | str | None]
Row = tuple[Any, ...]
Result = TypeVar("Result")


class Interrupts:
    """Delays Ctrl-C during a commit, so that a stored change is not reported as interrupted; the base does nothing."""

    def hold(self) -> None:
        """Delay interrupts from now on."""

    def release(self) -> None:
        """Deliver a delayed interrupt, and stop delaying."""


class Connection(Protocol):
    """A transaction that runs SQL with `:name` parameters: a sqlite3.Connection or a PostgresConnection."""

    def execute(self, statement: str, parameters: Parameters, /) -> Iterable[Row]:
        """Run a statement and return its rows."""

    def executemany(self, statement: str, rows: Sequence[Parameters], /) -> object:
        """Run a statement that returns no rows once for each item of `rows`, in order."""


class Store(Protocol):
    """A store as services see it: each block is one transaction.

    Every function that uses a file or a database may raise Unavailable.
    """

    def read(self) -> AbstractContextManager[Connection]:
        """Read the store as it is at one moment. One that does not exist is not created: it reads as an empty one."""

    def write(self, *, create: bool = False) -> AbstractContextManager[Connection]:
        """Write to the store: everything is stored when the block ends, and nothing if it raises.

        Raises:
            StoreMissing: if the store does not exist and is not to be created.
        """


class StoreHandle(Store, Protocol):
    """A store with its metadata and its lifetime."""

    name: str  # to be displayed: contains no password
    backup_path: Path | None  # the copy made before this store upgraded the file, if it did

    def missing_error(self) -> StoreMissing | None:
        """Return the error for a store that does not exist, or None if it exists."""

    def version(self) -> int | None:
        """Return the version of the schema without upgrading it, or None if the store does not exist."""

    def engine(self) -> str:
        """Return the name and version of the database engine."""

    def size(self) -> int | None:
        """Return the size in bytes, or None if the store does not exist."""

    def upgrade(self) -> None:
        """Create the store, or migrate an older schema; safe to run concurrently."""

    def close(self) -> None:
        """Close what stays open between transactions."""


class AsyncStore(Protocol):
    """A store that a server keeps open: it schedules the transactions of services.

    Methods raise what the service raises, or Unavailable.
    """

    async def read(self, service: Callable[[Store], Result]) -> Result:
        """Run a service that only reads."""

    async def write(self, service: Callable[[Store], Result]) -> Result:
        """Run a service and return once its changes are durable. The service may be run again from the start."""

    async def close(self) -> None:
        """Finish pending work and close the store."""
