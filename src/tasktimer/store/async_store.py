"""A store that a server keeps open: verbs are given to it, so that it decides when they run and who waits."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from tasktimer.errors import Unavailable
from tasktimer.store import SCHEMA_VERSION, Store

Result = TypeVar("Result")


class AsyncStore(Protocol):
    """Runs verbs for many requests at once; each may raise what the verb raises, and Unavailable."""

    async def read(self, verb: Callable[[Store], Result]) -> Result:
        """Run a verb that changes nothing."""

    async def write(self, verb: Callable[[Store], Result]) -> Result:
        """Run a verb; when this returns, what it changed is on the disk. A verb may be run again from its start."""

    async def close(self) -> None:
        """Finish what was begun, and let go of the store."""


def outdated_schema_error(name: str, version: int) -> Unavailable:
    """The refusal to serve a schema that has to be upgraded first."""
    return Unavailable(
        "store-too-old",
        f"{name} has the schema of an older tasktimer ({version}, this one needs {SCHEMA_VERSION})",
        "serve --migrate upgrades it first; so does tasktimer db upgrade",
    )
