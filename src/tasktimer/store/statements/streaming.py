"""The rows of a question one by one, where they may be too many for memory."""

from collections.abc import Iterable
from typing import Any, Protocol, runtime_checkable

from tasktimer.store import Connection, Parameters


@runtime_checkable
class _Streaming(Protocol):
    def stream(self, statement: str, parameters: Parameters, /) -> Iterable[tuple[Any, ...]]:
        """Run a question and give its rows as they are asked for."""


def stream(connection: Connection, statement: str, parameters: Parameters) -> Iterable[tuple[Any, ...]]:
    """The rows of a question as they are asked for; meanwhile nothing may be changed."""
    # sqlite3 gives them so anyway.
    run = connection.stream if isinstance(connection, _Streaming) else connection.execute
    return run(statement, parameters)
