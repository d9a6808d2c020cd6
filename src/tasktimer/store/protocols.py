"""Types of a store for the code that opens it, imported only by the type checker."""

from pathlib import Path
from typing import Protocol

from tasktimer.errors import StoreMissing
from tasktimer.store import Store


class Interrupts(Protocol):
    """Delays Ctrl-C during a commit, so that a stored change is not reported as interrupted."""

    def hold(self) -> None:
        """Delay interrupts from now on."""

    def release(self) -> None:
        """Deliver a delayed interrupt, and stop delaying."""


class StoreHandle(Store, Protocol):
    """A store with its metadata and its lifetime."""

    name: str  # to be displayed: contains no password
    backup_path: Path | None  # the copy made before this store upgraded the file, if it did

    def missing_error(self) -> StoreMissing | None:
        """Return the error that nothing was ever stored, or None if something was."""

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
