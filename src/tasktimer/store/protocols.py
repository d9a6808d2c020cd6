"""What a store is to those who open it; imported for its types alone, which a run starts without."""

from pathlib import Path
from typing import Protocol

from tasktimer.errors import StoreMissing
from tasktimer.store import Store


class Interrupts(Protocol):
    """What keeps Ctrl-C away from a commit, so that what is stored is not taken for undone."""

    def hold(self) -> None:
        """Let an interrupt wait from now on."""

    def release(self) -> None:
        """Let interrupts come again; one that has waited comes at once."""


class StoreHandle(Store, Protocol):
    """A store as the one who opened it sees it."""

    name: str  # as a person may see it: without a password
    backup_path: Path | None  # of the file as it was before this store upgraded it, if it did

    def missing_error(self) -> StoreMissing | None:
        """Return the error that nothing was ever stored, or None if something was."""

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
