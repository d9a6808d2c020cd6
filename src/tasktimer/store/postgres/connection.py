"""A transaction on PostgreSQL with the interface of a sqlite3 connection."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any

import sqlalchemy

from tasktimer.store.protocols import Parameters

_ROWS_AT_ONCE = 1_000

text = cache(sqlalchemy.text)  # text() parses a statement for its parameters, and there are few statements


class PostgresConnection:
    """A `Connection` on a SQLAlchemy connection; rows are tuples, like those of sqlite3."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection
        self._cursors = ExitStack()

    def close(self) -> None:
        """Close the cursors of streams that were not read to the end."""
        self._cursors.close()

    def execute(self, statement: str, parameters: Parameters, /) -> Iterable[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        result = self._connection.execute(text(statement), dict(parameters))
        return [tuple(row) for row in result] if result.returns_rows else []

    def stream(self, statement: str, parameters: Parameters, /) -> Iterable[tuple[Any, ...]]:
        """Run a query and yield its rows from a server-side cursor."""
        options = {"yield_per": _ROWS_AT_ONCE}
        result = self._connection.execute(text(statement), dict(parameters), execution_options=options)
        return map(tuple, self._cursors.enter_context(result))

    def executemany(self, statement: str, rows: Sequence[Parameters], /) -> None:
        """Run a statement that returns no rows once for each item of `rows`, in order."""
        if rows:  # psycopg pipelines them
            self._connection.execute(text(statement), [dict(row) for row in rows])
