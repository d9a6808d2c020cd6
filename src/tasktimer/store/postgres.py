"""PostgreSQL, for a team: everything lives in a schema `tasktimer`, reached through a SQLAlchemy engine."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import sqlalchemy
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from tasktimer.errors import InvalidValue, StoreMissing, Unavailable
from tasktimer.store import PATIENCE, SCHEMA_VERSION, Parameters, schema

SCHEMA = "tasktimer"
# Held while the tables are made, so that several first commands do not collide. Any number that is ours will do.
_SETUP_LOCK = 0x74746D72

# One statement, and so one moment: between two, another first command could have made its tables.
_SELECT_TABLES = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'tasktimer'"
_CREATE_VERSION_TABLE = "CREATE TABLE tasktimer.schema_version (version INTEGER NOT NULL)"
_INSERT_VERSION = "INSERT INTO tasktimer.schema_version (version) VALUES (:version)"
_SELECT_VERSION = "SELECT max(version) FROM tasktimer.schema_version"


class PostgresStore:
    """The tasktimer schema of a PostgreSQL database."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self._url = _parse_url(url)
        self._patience = patience
        # Parameters of the URL may hold secrets, too.
        parts = {part: getattr(self._url, part) for part in ("username", "host", "port", "database")}
        self.name = sqlalchemy.URL.create("postgresql", **parts).render_as_string()

    @cached_property
    def _engine(self) -> sqlalchemy.Engine:
        defaults = {"application_name": "tasktimer", "connect_timeout": str(math.ceil(self._patience))}
        try:
            url = self._url.set(query=defaults | self._url.query)
            return sqlalchemy.create_engine(url, isolation_level="READ COMMITTED")
        except ImportError:
            raise InvalidValue(
                "postgres-not-installed",
                "PostgreSQL needs a driver that is not installed",
                "install the extra: pip install 'tasktimer-cli[postgres]', or from a checkout '.[postgres]'",
            ) from None

    @contextmanager
    def read(self) -> Iterator["_Connection"]:
        """See the database as it is; creates nothing.

        Raises:
            StoreMissing: it has no tasktimer tables.
            Unavailable: it cannot be reached, its tables are not ours, or are too new.
        """
        with self._transaction() as connection:
            if not self._check_tables(connection):
                raise StoreMissing(f"the schema {SCHEMA} in {self.name}")
            yield _Connection(connection)

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator["_Connection"]:
        """Change the database: all of it when the block ends, none of it when the block raises.

        Raises:
            StoreMissing: it has no tasktimer tables, and they are not to be created.
            Unavailable: it cannot be reached, its tables are not ours, or are too new.
        """
        with self._transaction() as connection:
            if not self._check_tables(connection):
                if not create:
                    raise StoreMissing(f"the schema {SCHEMA} in {self.name}")
                self._set_up(connection)
            yield _Connection(connection)

    def close(self) -> None:
        """Close the pool's connections."""
        if "_engine" in vars(self):
            self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[sqlalchemy.Connection]:
        try:
            with self._engine.begin() as connection:
                connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}, pg_catalog")
                yield connection
        except ArgumentError:
            raise _unreadable_url() from None
        except (OperationalError, InterfaceError) as error:
            raise Unavailable(
                "store-unreachable",
                f"cannot use {self.name}: {_first_line(error)}",
                "is the server running, and are the URL, the user and the password right?",
            ) from error
        except DBAPIError as error:
            raise Unavailable(
                "store-unusable",
                f"cannot use {self.name}: {_first_line(error)}",
                f"may this user use the database and its schema {SCHEMA}, and has no other program changed the tables?",
            ) from error

    def _check_tables(self, connection: sqlalchemy.Connection) -> bool:
        """Whether our tables are there; refuses those that are not ours, or of a newer version."""
        tables = connection.scalars(sqlalchemy.text(_SELECT_TABLES)).all()
        if "schema_version" not in tables:
            if tables:
                raise Unavailable(
                    "store-not-ours",
                    f"the schema {SCHEMA} in {self.name} holds tables of another program",
                    "name another database; this one was not changed",
                )
            return False
        version = connection.scalar(sqlalchemy.text(_SELECT_VERSION))
        if version is None or version < 1:
            raise Unavailable(
                "store-damaged", f"the schema {SCHEMA} in {self.name} does not say its version", "restore a backup"
            )
        if version > SCHEMA_VERSION:
            raise Unavailable(
                "store-too-new",
                f"{self.name} was set up by a newer tasktimer (schema {version}, this one knows {SCHEMA_VERSION})",
                "upgrade tasktimer; the database was not changed",
            )
        return True

    def _set_up(self, connection: sqlalchemy.Connection) -> None:
        connection.execute(sqlalchemy.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SETUP_LOCK})
        if self._check_tables(connection):  # another first command was quicker
            return
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        schema.metadata.create_all(connection, checkfirst=False)
        connection.execute(sqlalchemy.text(_CREATE_VERSION_TABLE))
        connection.execute(sqlalchemy.text(_INSERT_VERSION), {"version": SCHEMA_VERSION})


class _Connection:
    """Gives rows as tuples, as sqlite3 does."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, parameters: Parameters, /) -> Iterable[tuple[Any, ...]]:
        return [tuple(row) for row in self._connection.execute(sqlalchemy.text(statement), dict(parameters))]


def _parse_url(url: str) -> sqlalchemy.URL:
    try:
        return sqlalchemy.make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise _unreadable_url() from None


def _unreadable_url() -> InvalidValue:
    # The text may hold a password: it is not repeated.
    return InvalidValue(
        "invalid-database", "the PostgreSQL URL cannot be read", "write it like postgresql://USER@HOST:5432/NAME"
    )


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]
