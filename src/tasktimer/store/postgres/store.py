"""A store in the schema `tasktimer` of a PostgreSQL database, accessed through a SQLAlchemy engine."""

import math
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.exc import OperationalError, ProgrammingError

from tasktimer.errors import StoreMissing, Unavailable
from tasktimer.store import schema
from tasktimer.store.errors import newer_schema_error, outdated_schema_error
from tasktimer.store.migrations import pending_migrations, split_statements
from tasktimer.store.postgres.engine import (
    PostgresConnection,
    build_engine,
    connect_arguments,
    text,
    watch_connections,
)
from tasktimer.store.postgres.errors import sqlstate_of, translate_commit_errors, translate_errors
from tasktimer.store.postgres.urls import parse_url
from tasktimer.store.postgres.writability import check_writable
from tasktimer.store.protocols import LOCK_TIMEOUT, OLDEST_WRITER, SCHEMA_VERSION, Connection, Interrupts
from tasktimer.store.sqlite.connection import transaction_or_empty

SCHEMA = "tasktimer"
# The key of the advisory lock that is held while tables are created or migrated.
_SETUP_LOCK = 0x74746D72

# Runs first in every transaction, in one round trip, and fails if the tables do not exist. Writes use no cached plans:
# a plan made while a table was empty would scan the table for each batch, even once the table contains many rows.
_BEGIN = """
SELECT pg_catalog.set_config('search_path', 'tasktimer, pg_catalog', true),
  pg_catalog.set_config('lock_timeout', :lock_timeout, true),
  pg_catalog.set_config('plan_cache_mode', :plan_cache_mode, true),
  (SELECT pg_catalog.max(version) FROM tasktimer.schema_version),
  (SELECT pg_catalog.max(oldest_writer) FROM tasktimer.schema_version)
"""
_SELECT_VERSION = "SELECT max(version) FROM tasktimer.schema_version"
_SELECT_OLDEST_WRITER = "SELECT max(oldest_writer) FROM tasktimer.schema_version"
_LOCK_VERSION = "LOCK TABLE tasktimer.schema_version IN ACCESS EXCLUSIVE MODE"
_LOCK = "SELECT pg_advisory_xact_lock(:lock)"
_OTHER_TABLES = ("42P01", "3F000", "42703")  # undefined_table, invalid_schema_name, undefined_column
_BEGIN_WITHOUT_VERSION = """
SELECT pg_catalog.set_config('search_path', 'tasktimer, pg_catalog', true),
  pg_catalog.set_config('lock_timeout', :lock_timeout, true)
"""
# A single statement, so that the result is consistent even while another process creates the tables.
_SELECT_TABLES = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'tasktimer'"
# Includes indexes and TOAST tables.
_SELECT_SIZE = """
SELECT CAST(sum(pg_catalog.pg_total_relation_size(c.oid)) AS BIGINT)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'tasktimer' AND c.relkind IN ('r', 'm')
"""
_HAS_SCHEMA = "SELECT pg_catalog.to_regnamespace('tasktimer') IS NOT NULL"
_CREATE_VERSION_TABLE = "CREATE TABLE tasktimer.schema_version (version INTEGER NOT NULL, oldest_writer INTEGER)"
_INSERT_VERSION = "INSERT INTO tasktimer.schema_version (version, oldest_writer) VALUES (:version, :oldest_writer)"
_UPDATE_VERSION = "UPDATE tasktimer.schema_version SET version = :version, oldest_writer = :oldest_writer"
_VERSIONS = {"version": SCHEMA_VERSION, "oldest_writer": OLDEST_WRITER}


class PostgresStore:
    """A store in the tasktimer schema of a PostgreSQL database."""

    backup_path: Path | None = None  # backups are left to the database administrator

    def __init__(
        self,
        url: str,
        *,
        lock_timeout: float = LOCK_TIMEOUT,
        pool_size: int = 5,
        interrupts: Interrupts | None = None,
    ) -> None:
        """Initialize the store; `lock_timeout`, in seconds, also limits the wait for a connection from the pool."""
        self._url = parse_url(url)
        self._lock_timeout = lock_timeout
        self._begin_parameters = {"lock_timeout": f"{math.ceil(lock_timeout)}s"}
        self._pool_size = pool_size
        self.connections: Collection[int] = ()  # of the pool, idle or in use
        self._interrupts = interrupts or Interrupts()
        self.name = self._url.name
        self._schema_name = f"the schema {SCHEMA} in {self.name}"

    def connect_arguments(self) -> dict[str, Any]:
        """Return the arguments with which psycopg connects to the database."""
        return connect_arguments(self._url, lock_timeout=self._lock_timeout)

    @cached_property
    def _engine(self) -> sqlalchemy.Engine:
        engine = build_engine(self._url, lock_timeout=self._lock_timeout, pool_size=self._pool_size)
        self.connections = watch_connections(engine)
        return engine

    @cached_property
    def _reading_engine(self) -> sqlalchemy.Engine:
        """The engine for transactions that read a snapshot; it shares the connection pool of `_engine`."""
        return self._engine.execution_options(isolation_level="REPEATABLE READ")

    def read(self) -> AbstractContextManager[Connection]:
        """Begin a transaction that reads a snapshot of the database; a missing schema is read as an empty store."""
        return transaction_or_empty(self._transaction(is_reading=True))

    def write(self, *, create: bool = False) -> AbstractContextManager[PostgresConnection]:
        """Begin a transaction that writes: commit when the block ends, or roll back if it raises an exception."""
        return self._transaction(create=create)

    def missing_error(self) -> StoreMissing | None:
        """Return the error for a missing tasktimer schema, or None if the schema exists."""
        return StoreMissing(self._schema_name) if self.version() is None else None

    def version(self) -> int | None:
        """Return the schema version, or None if the tasktimer tables do not exist."""
        with translate_errors(self.name), ExitStack() as stack:
            return self._begin(stack)[1]

    def engine(self) -> str:
        """Return the name and version of the database server, such as `PostgreSQL 16.4`."""
        with translate_errors(self.name), self._engine.begin() as connection:
            return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar()}"

    def size(self) -> int | None:
        """Return the size of the tables and their indexes in bytes, or None if the tables do not exist."""
        with translate_errors(self.name), self._engine.begin() as connection:
            size: int | None = connection.scalar(text(_SELECT_SIZE))
            return size

    def upgrade(self) -> None:
        """Create the schema, or migrate an older one, in one transaction; concurrent calls are safe."""
        with translate_errors(self.name), ExitStack() as stack:
            connection, version = self._begin(stack)
            if version is None:
                self._set_up(connection)
        if version is not None and version < SCHEMA_VERSION:
            self._upgrade()

    def check_writable(self) -> bool:
        """Raise Unavailable if changes cannot be stored; return whether the tables exist."""
        with translate_errors(self.name), ExitStack() as stack:
            connection, version = self._begin(stack)
            if version is not None and version < SCHEMA_VERSION:
                raise outdated_schema_error(self.name, version)
            check_writable(connection, self.name, exists=version is not None)
            return version is not None

    def close(self) -> None:
        """Close the pool's connections."""
        if "_engine" in vars(self):  # accessing the property would create the engine
            self._engine.dispose()

    def _upgrade(self) -> None:
        with translate_errors(self.name), self._engine.begin() as connection:
            connection.execute(text(_BEGIN_WITHOUT_VERSION), self._begin_parameters)
            connection.execute(text(_LOCK), {"lock": _SETUP_LOCK})
            # Every transaction first reads this table, so the lock waits for open transactions and blocks new ones.
            connection.exec_driver_sql(_LOCK_VERSION)
            version = self._read_version(connection)
            if version >= SCHEMA_VERSION:  # upgraded by a concurrent command
                return
            transaction = PostgresConnection(connection)  # one object, so that the names of its cursors differ
            for migration in pending_migrations(version):
                for statement in split_statements(migration.POSTGRES):
                    connection.exec_driver_sql(statement)
                migration.backfill(transaction)
            connection.execute(text(_UPDATE_VERSION), _VERSIONS)

    @contextmanager
    def _transaction(self, *, create: bool = False, is_reading: bool = False) -> Iterator[PostgresConnection]:
        with translate_errors(self.name), ExitStack() as stack:
            connection, version = self._begin(stack, is_reading=is_reading)
            if is_reading and version is not None and version < SCHEMA_VERSION:
                # The transaction may have waited for an upgrade but read a snapshot from before it: begin again.
                stack.close()
                connection, version = self._begin(stack, is_reading=is_reading)
            if version is None and not create:
                raise StoreMissing(self._schema_name)
            if version is None:
                self._set_up(connection)
            elif version < SCHEMA_VERSION:
                raise outdated_schema_error(self.name, version, shared=True)
            yield PostgresConnection(connection)
            if not is_reading:
                self._interrupts.hold()
                with translate_commit_errors(self.name):
                    connection.commit()

    def _begin(self, stack: ExitStack, *, is_reading: bool = False) -> tuple[sqlalchemy.Connection, int | None]:
        """Begin a transaction that ends when the exit stack closes; return its connection and the schema version."""
        engine = self._reading_engine if is_reading else self._engine
        parameters = self._begin_parameters | {"plan_cache_mode": "auto" if is_reading else "force_custom_plan"}
        try:
            with ExitStack() as attempt:
                connection = attempt.enter_context(engine.begin())
                version, oldest_writer = connection.execute(text(_BEGIN), parameters).one()[3:]
                # Keep the transaction only if the statement succeeded.
                stack.push(attempt.pop_all())
            return connection, self._check_version(version, oldest_writer)
        except ProgrammingError as error:
            if sqlstate_of(error) not in _OTHER_TABLES:
                raise
        except OperationalError as error:
            if not error.connection_invalidated:
                raise
        # The tables are older or missing, or an idle connection was lost: try again without relying on either.
        connection = stack.enter_context(engine.begin())
        connection.execute(text(_BEGIN_WITHOUT_VERSION), self._begin_parameters)
        return connection, self._inspect_schema(connection)

    def _inspect_schema(self, connection: sqlalchemy.Connection) -> int | None:
        """Return the schema version, or None if the schema is empty; raise Unavailable if another program uses it."""
        tables = connection.scalars(text(_SELECT_TABLES)).all()
        if "schema_version" in tables:
            return self._read_version(connection)
        if tables:
            raise Unavailable(
                "store-unrecognized",
                f"the schema {SCHEMA} in {self.name} contains another program's tables",
                "use another database; this one was not changed",
            )
        return None

    def _read_version(self, connection: sqlalchemy.Connection) -> int:
        version = connection.scalar(text(_SELECT_VERSION))
        is_newer = version is not None and version > SCHEMA_VERSION  # otherwise, the other column may not exist yet
        return self._check_version(version, connection.scalar(text(_SELECT_OLDEST_WRITER)) if is_newer else None)

    def _check_version(self, version: int | None, oldest_writer: int | None = None) -> int:
        if version is None or version < 1:
            raise Unavailable("store-damaged", f"the schema {SCHEMA} in {self.name} has no version")
        if version > SCHEMA_VERSION and (oldest_writer is None or oldest_writer > SCHEMA_VERSION):
            raise newer_schema_error(self.name, version, "upgrade tasktimer; the database was not changed")
        return version

    def _set_up(self, connection: sqlalchemy.Connection) -> None:
        connection.execute(text(_LOCK), {"lock": _SETUP_LOCK})
        if self._inspect_schema(connection):  # created by a concurrent command
            return
        # IF NOT EXISTS would require the privilege to create schemas even if an administrator has created this one.
        if not connection.scalar(text(_HAS_SCHEMA)):
            connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
        schema.metadata.create_all(connection, checkfirst=False)
        connection.execute(text(_CREATE_VERSION_TABLE))
        connection.execute(text(_INSERT_VERSION), _VERSIONS)
