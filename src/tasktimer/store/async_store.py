"""A store that a server keeps open: it is given services to run, and schedules their transactions."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from tasktimer.errors import Unavailable
from tasktimer.store import SCHEMA_VERSION, Store

Result = TypeVar("Result")


class AsyncStore(Protocol):
    """A store for concurrent requests; methods raise what the service raises, or Unavailable."""

    async def read(self, service: Callable[[Store], Result]) -> Result:
        """Run a service that only reads."""

    async def write(self, service: Callable[[Store], Result]) -> Result:
        """Run a service and return once its changes are durable. The service may be run again from the start."""

    async def close(self) -> None:
        """Finish pending work and close the store."""


def outdated_schema_error(name: str, version: int) -> Unavailable:
    """Return the error for a schema that must be upgraded before it is served."""
    return Unavailable(
        "store-too-old",
        f"{name} has the schema of an older tasktimer ({version}, this one needs {SCHEMA_VERSION})",
        "upgrade it first: tasktimer db upgrade, or serve --migrate",
    )
