"""An empty store in memory, which is read in place of a store that does not exist."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


class EmptyConnection(sqlite3.Connection):
    """A connection to an empty store, of either engine: SELECTs return no rows, COUNT returns 0."""


@contextmanager
def open_empty_store() -> Iterator[EmptyConnection]:
    """Open an empty store that can only be read."""
    with closing(sqlite3.connect(":memory:", isolation_level=None, factory=EmptyConnection)) as connection:
        tables, _, _ = schema_script().partition("CREATE INDEX")  # indexes and views take twice as long as the tables
        connection.executescript(tables)
        connection.execute("PRAGMA query_only = ON")
        yield connection


def schema_script() -> str:
    """Return the statements that create the tables, then the indexes and views, in an empty file."""
    return Path(__file__).parents[1].joinpath("schema.sql").read_text(encoding="utf-8")
