"""The SQLAlchemy engine with its connection pool, and connections with an interface like sqlite3's."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any

import sqlalchemy

from tasktimer.errors import InvalidValue
from tasktimer.store.postgres.dialect import DRIVER, RETURNS_NO_ROWS
from tasktimer.store.postgres.errors import unreadable_url_error
from tasktimer.store.postgres.urls import PostgresUrl
from tasktimer.store.protocols import Parameters, Row

# Overrides the encoding set by the URL, PGCLIENTENCODING, the role or the database, which may not cover all characters.
_SESSION = {"client_encoding": "utf8"}
_ROWS_AT_ONCE = 1_000
_IMPORT_LOCK = {"lock": 0x74746D69}
_LOCK_ALL_IMPORTS = "SELECT pg_advisory_xact_lock(:lock)"
# Users with the same remainder only wait for each other.
_LOCK_IMPORTS_OF_USER = """
SELECT pg_advisory_xact_lock_shared(:lock),
  pg_advisory_xact_lock(CAST(:lock AS INTEGER), CAST(MOD(CAST(:user_id AS BIGINT), 2147483647) AS INTEGER))
"""
_RESERVE_IDS = "SELECT nextval(pg_get_serial_sequence('tasks', 'id')) FROM generate_series(1, CAST(:count AS BIGINT))"

text = cache(sqlalchemy.text)  # cached: text() parses its argument, and there are only a few statements


def connect_arguments(url: PostgresUrl, *, lock_timeout: float) -> dict[str, Any]:
    """Return the arguments with which psycopg connects to a database."""
    seconds = math.ceil(lock_timeout)
    # The timeouts also detect a lost network connection. The URL overrides these defaults.
    defaults = {
        "application_name": "tasktimer",
        "connect_timeout": str(seconds),
        "tcp_user_timeout": str(seconds * 1000),
        "keepalives_idle": str(seconds),
    }
    return defaults | dict(url.parameters) | _SESSION | _driver_arguments(url)


def build_engine(url: PostgresUrl, *, lock_timeout: float, pool_size: int) -> sqlalchemy.Engine:
    """Return an engine that connects on first use; raise InvalidValue if the driver is not installed."""
    try:
        return sqlalchemy.create_engine(
            f"{DRIVER}://",
            connect_args=connect_arguments(url, lock_timeout=lock_timeout),
            isolation_level="READ COMMITTED",  # a transaction that waited for a row reads the new version of the row
            pool_size=pool_size,
            hide_parameters=True,  # an internal error would log the text of tasks
            max_overflow=0,  # never more connections than pool_size
            pool_timeout=lock_timeout,
            use_native_hstore=False,  # otherwise, SQLAlchemy looks up this type, which no table uses
        )
    except ImportError:
        raise InvalidValue(
            "postgres-not-installed",
            "PostgreSQL requires a driver, which is not installed",
            "install the extra: pip install 'tasktimer-cli[postgres]', or '.[postgres]' in a checkout",
        ) from None


def watch_connections(engine: sqlalchemy.Engine) -> Collection[int]:
    """Return a collection that always contains the identities of the engine's open connections."""
    identities: set[int] = set()
    sqlalchemy.event.listen(engine, "connect", lambda connection, _: identities.add(id(connection)))
    sqlalchemy.event.listen(engine, "close", lambda connection, _: identities.discard(id(connection)))
    return identities


def to_libpq_conninfo(arguments: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return a connection string for PostgreSQL's own programs, and environment variables for its secrets.

    Raises:
        InvalidValue: if the URL contains a secret for which libpq has no environment variable.
    """
    from psycopg import conninfo, pq  # imported lazily: psycopg is optional

    options = {option.keyword.decode(): option for option in pq.Conninfo.get_defaults()}
    known = {name: str(value) for name, value in arguments.items() if name in options and value}
    # libpq marks secret options with "*".
    secrets = {name: known.pop(name) for name in list(known) if options[name].dispchar == b"*"}
    environ = {}
    for name, secret in secrets.items():
        variable = options[name].envvar
        if variable is None:
            raise InvalidValue(
                "secret-parameter",
                f"cannot pass the URL's {name} to pg_dump without revealing it to other users of this machine",
                f"use a URL without {name} for the backup",
            )
        environ[variable.decode()] = secret
    return conninfo.make_conninfo(**known), environ


def _driver_arguments(url: PostgresUrl) -> dict[str, int | None]:
    """Return the arguments of psycopg that are not parameters of libpq: `prepare_threshold`, if the URL sets it."""
    match url.parameters.get("prepare_threshold"):
        case None:
            return {}
        case "none":  # for poolers without support for prepared statements
            return {"prepare_threshold": None}
        case str(text) if text.isascii() and text.isdigit():
            return {"prepare_threshold": int(text)}
    raise unreadable_url_error()


class PostgresConnection:
    """A `Connection` that wraps a SQLAlchemy connection and returns rows as tuples, like sqlite3."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection
        self._streams = count(1)

    def execute(self, statement: str, parameters: Parameters, /) -> Iterable[Row]:
        """Run a statement and return its rows."""
        result = self._connection.execute(text(statement), dict(parameters))
        return [tuple(row) for row in result] if result.returns_rows else []

    def stream(self, statement: str, parameters: Parameters, /) -> Iterable[Row]:
        """Run a query and yield its rows from a server-side cursor, until the transaction ends."""
        # Not a cursor of psycopg, which takes five round trips for a few rows.
        cursor = f"stream_{next(self._streams)}"
        self._run(sqlalchemy.text(f"DECLARE {cursor} NO SCROLL CURSOR FOR {statement}"), [parameters])
        return self._fetch(cursor)

    def executemany(self, statement: str, rows: Sequence[Parameters], /) -> None:
        """Run a statement that returns no rows, once for each item of `rows`, in order."""
        self._run(text(statement), rows)

    def lock_imports(self, user_id: int | None) -> None:
        """Wait for other imports for a user, or for any user if None, and make later ones wait for this transaction."""
        if user_id is None:
            self._connection.execute(text(_LOCK_ALL_IMPORTS), _IMPORT_LOCK)
        else:
            self._connection.execute(text(_LOCK_IMPORTS_OF_USER), _IMPORT_LOCK | {"user_id": user_id})

    def reserve_ids(self, count: int) -> Sequence[int]:
        """Return unused IDs of tasks, in ascending order, which no other transaction will use."""
        rows = self._connection.execute(text(_RESERVE_IDS), {"count": count})
        return sorted(task_id for (task_id,) in rows)

    def _run(self, statement: sqlalchemy.TextClause, rows: Sequence[Parameters]) -> None:
        if rows:  # SQLAlchemy treats a single item like a call of `execute`
            options = {RETURNS_NO_ROWS: True}
            self._connection.execute(statement, [dict(row) for row in rows], execution_options=options)

    def _fetch(self, cursor: str) -> Iterator[Row]:
        has_more = True
        while has_more:
            rows = self._connection.exec_driver_sql(f"FETCH {_ROWS_AT_ONCE} FROM {cursor}").all()
            yield from map(tuple, rows)
            has_more = len(rows) == _ROWS_AT_ONCE
        self._run(sqlalchemy.text(f"CLOSE {cursor}"), [{}])
