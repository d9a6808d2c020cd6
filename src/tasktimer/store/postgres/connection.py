"""A transaction on PostgreSQL, as statements see it."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import cache
from typing import Any

import sqlalchemy

from tasktimer.store import Parameters

_ROWS_AT_ONCE = 1_000

text = cache(sqlalchemy.text)  # there are few statements, and each is taken apart to find its parameters


class PostgresConnection:
    """Gives rows as tuples, as sqlite3 does."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection
        self._cursors = ExitStack()

    def close(self) -> None:
        """Close the cursors of questions whose rows were not all asked for."""
        self._cursors.close()

    def execute(self, statement: str, parameters: Parameters, /) -> Iterable[tuple[Any, ...]]:
        """Run a statement and give its rows."""
        result = self._connection.execute(text(statement), dict(parameters))
        return [tuple(row) for row in result] if result.returns_rows else []

    def stream(self, statement: str, parameters: Parameters, /) -> Iterable[tuple[Any, ...]]:
        """Run a question and give its rows as they are asked for, by a cursor of the server."""
        options = {"yield_per": _ROWS_AT_ONCE}
        result = self._connection.execute(text(statement), dict(parameters), execution_options=options)
        return map(tuple, self._cursors.enter_context(result))

    def executemany(self, statement: str, rows: Sequence[Parameters], /) -> None:
        """Run a statement that gives no rows once for each of these, in their order."""
        if rows:  # psycopg sends them without waiting for the answer to each
            self._connection.execute(text(statement), [dict(row) for row in rows])
