"""PostgreSQL, for a team: everything lives in a schema `tasktimer`, reached through a SQLAlchemy engine."""

import math
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy
from sqlalchemy.exc import OperationalError, ProgrammingError

from tasktimer.errors import StoreMissing, Unavailable
from tasktimer.store import LOCK_TIMEOUT, SCHEMA_VERSION, Connection, schema
from tasktimer.store.postgres.connection import PostgresConnection, text
from tasktimer.store.postgres.engine import build_engine, parse_url, redact_url
from tasktimer.store.postgres.errors import sqlstate_of, translate_commit_errors, translate_errors
from tasktimer.store.sqlite.empty_store import open_empty_store

if TYPE_CHECKING:
    from tasktimer.store.protocols import Interrupts

SCHEMA = "tasktimer"
# Held while the tables are made, so that several first commands do not collide. Any number that is ours will do.
_SETUP_LOCK = 0x74746D72

# What every transaction begins with, in one round trip; it fails where our tables are not.
_BEGIN = """
SELECT pg_catalog.set_config('search_path', 'tasktimer, pg_catalog', true),
  pg_catalog.set_config('lock_timeout', :lock_timeout, true),
  (SELECT pg_catalog.max(version) FROM tasktimer.schema_version)
"""
_SELECT_VERSION = "SELECT max(version) FROM tasktimer.schema_version"
_LOCK_VERSION = "LOCK TABLE tasktimer.schema_version IN ACCESS EXCLUSIVE MODE"
_LOCK = "SELECT pg_advisory_xact_lock(:lock)"
_NO_SUCH_TABLE = ("42P01", "3F000")  # nor such schema
_BEGIN_ANYWAY = """
SELECT pg_catalog.set_config('search_path', 'tasktimer, pg_catalog', true),
  pg_catalog.set_config('lock_timeout', :lock_timeout, true)
"""
# One statement, and so one moment: between two, another first command could have made its tables.
_SELECT_TABLES = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'tasktimer'"
# Indexes and long values are counted with their table.
_SELECT_SIZE = """
SELECT CAST(sum(pg_catalog.pg_total_relation_size(c.oid)) AS BIGINT)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'tasktimer' AND c.relkind IN ('r', 'm')
"""
_CREATE_VERSION_TABLE = "CREATE TABLE tasktimer.schema_version (version INTEGER NOT NULL)"
_INSERT_VERSION = "INSERT INTO tasktimer.schema_version (version) VALUES (:version)"
_UPDATE_VERSION = "UPDATE tasktimer.schema_version SET version = :version"


class PostgresStore:
    """The tasktimer schema of a PostgreSQL database."""

    backup_path: Path | None = None  # that is for its administrator to make

    def __init__(
        self,
        url: str,
        *,
        lock_timeout: float = LOCK_TIMEOUT,
        pool_size: int = 5,
        interrupts: "Interrupts | None" = None,
    ) -> None:
        """Take a URL, how many seconds to wait for a connection, and how many of them may be open."""
        self._url = parse_url(url)
        self._lock_timeout = lock_timeout
        self._waiting = {"lock_timeout": f"{math.ceil(lock_timeout)}s"}
        self._pool_size = pool_size
        self._interrupts = interrupts
        self.name = redact_url(self._url)
        self._schema_name = f"the schema {SCHEMA} in {self.name}"

    @cached_property
    def _engine(self) -> sqlalchemy.Engine:
        return build_engine(self._url, lock_timeout=self._lock_timeout, pool_size=self._pool_size)

    @cached_property
    def _reading(self) -> sqlalchemy.Engine:
        """The same pool, for transactions whose statements all see the database as it was at their first."""
        return self._engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read the database as it is at one moment; one without our schema reads as an empty one.

        Raises:
            Unavailable: if it cannot be reached, or its tables are not ours, or of an older or newer version.
        """
        with ExitStack() as stack:
            try:
                transaction = stack.enter_context(self._transaction(is_reading=True))
            except StoreMissing:
                yield stack.enter_context(open_empty_store())
            else:
                yield stack.enter_context(closing(PostgresConnection(transaction)))

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[PostgresConnection]:
        """Change the database: all of it when the block ends, none of it when the block raises.

        Raises:
            StoreMissing: it has no tasktimer tables, and they are not to be created.
            Unavailable: it cannot be reached, or its tables are not ours, of an older or of a newer version.
        """
        with self._transaction(create=create) as connection:
            yield PostgresConnection(connection)
            self._commit(connection)

    def missing_error(self) -> StoreMissing | None:
        """Return the error that the database has no tasktimer schema, or None if it has one."""
        return StoreMissing(self._schema_name) if self.version() is None else None

    def version(self) -> int | None:
        """The version of the schema; None where there are no tasktimer tables."""
        with translate_errors(self.name), ExitStack() as stack:
            return self._begin(stack)[1]

    def engine(self) -> str:
        """PostgreSQL, with the version of the server."""
        with translate_errors(self.name), self._engine.begin() as connection:
            return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar()}"

    def size(self) -> int | None:
        """The bytes of the tables with their indexes; None where there are none."""
        with translate_errors(self.name), self._engine.begin() as connection:
            size: int | None = connection.scalar(text(_SELECT_SIZE))
            return size

    def upgrade(self) -> None:
        """Set up the schema, or bring an older one to this version, in one transaction; others who do so wait."""
        with translate_errors(self.name), ExitStack() as stack:
            connection, version = self._begin(stack)
            if version is None:
                self._set_up(connection)
        if version is not None and version < SCHEMA_VERSION:
            self._upgrade()

    def close(self) -> None:
        """Close the pool's connections."""
        if "_engine" in vars(self):  # to ask for it would build one
            self._engine.dispose()

    def _commit(self, connection: sqlalchemy.Connection) -> None:
        if self._interrupts is not None:
            self._interrupts.hold()
        with translate_commit_errors(self.name):
            connection.commit()

    def _upgrade(self) -> None:
        from tasktimer.store.migrations import pending_migrations, split_statements

        with translate_errors(self.name), self._engine.begin() as connection:
            connection.execute(text(_BEGIN_ANYWAY), self._waiting)
            self._lock(connection)
            # Every transaction has read this table first: those of older programs end before, or do not begin.
            connection.exec_driver_sql(_LOCK_VERSION)
            version = self._checked(connection.scalar(text(_SELECT_VERSION)))
            for migration in pending_migrations(version):
                for statement in split_statements(migration.POSTGRES):
                    connection.exec_driver_sql(statement)
                migration.backfill(PostgresConnection(connection))
            connection.execute(text(_UPDATE_VERSION), {"version": SCHEMA_VERSION})

    @contextmanager
    def _transaction(self, *, create: bool = False, is_reading: bool = False) -> Iterator[sqlalchemy.Connection]:
        with translate_errors(self.name), ExitStack() as stack:
            connection, version = self._begin(stack, is_reading=is_reading)
            if is_reading and version is not None and version < SCHEMA_VERSION:
                # It may have waited for an upgrade, and see the database as it was before.
                stack.close()
                connection, version = self._begin(stack, is_reading=is_reading)
            if version is None and not create:
                raise StoreMissing(self._schema_name)
            if version is None:
                self._set_up(connection)
            elif version < SCHEMA_VERSION:
                raise Unavailable(
                    "store-too-old",
                    f"{self.name} was set up by an older tasktimer (schema {version}, this one needs {SCHEMA_VERSION})",
                    "upgrade it when everybody has this version: tasktimer --database URL db upgrade",
                )
            yield connection

    def _begin(self, stack: ExitStack, *, is_reading: bool = False) -> tuple[sqlalchemy.Connection, int | None]:
        """A transaction that lasts as long as the stack, and the version of the schema."""
        engine = self._reading if is_reading else self._engine
        try:
            with ExitStack() as attempt:
                connection = attempt.enter_context(engine.begin())
                version = connection.execute(text(_BEGIN), self._waiting).one()[2]
                # Only a transaction that has begun well outlives the attempt.
                stack.push(attempt.pop_all())
            return connection, self._checked(version)
        except ProgrammingError as error:
            if sqlstate_of(error) not in _NO_SUCH_TABLE:
                raise
        except OperationalError as error:
            if not error.connection_invalidated:
                raise
        # No tables yet, or a connection that was lost while nobody used it: once more, with care.
        connection = stack.enter_context(engine.begin())
        connection.execute(text(_BEGIN_ANYWAY), self._waiting)
        return connection, self._look(connection)

    def _look(self, connection: sqlalchemy.Connection) -> int | None:
        """The version of the schema; None where there is none, and refused where another program's tables are."""
        tables = connection.scalars(text(_SELECT_TABLES)).all()
        if "schema_version" in tables:
            return self._checked(connection.scalar(text(_SELECT_VERSION)))
        if tables:
            raise Unavailable(
                "store-not-ours",
                f"the schema {SCHEMA} in {self.name} holds tables of another program",
                "name another database; this one was not changed",
            )
        return None

    def _checked(self, version: int | None) -> int:
        if version is None or version < 1:
            raise Unavailable(
                "store-damaged",
                f"the schema {SCHEMA} in {self.name} does not say its version",
                "restore a backup: tasktimer restore COPY",
            )
        if version > SCHEMA_VERSION:
            raise Unavailable(
                "store-too-new",
                f"{self.name} was set up by a newer tasktimer (schema {version}, this one knows {SCHEMA_VERSION})",
                "upgrade tasktimer; the database was not changed",
            )
        return version

    def _set_up(self, connection: sqlalchemy.Connection) -> None:
        self._lock(connection)
        if self._look(connection):  # another first command was quicker
            return
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")  # an administrator may have made it, empty
        schema.metadata.create_all(connection, checkfirst=False)
        connection.execute(text(_CREATE_VERSION_TABLE))
        connection.execute(text(_INSERT_VERSION), {"version": SCHEMA_VERSION})

    def _lock(self, connection: sqlalchemy.Connection) -> None:
        connection.execute(text(_LOCK), {"lock": _SETUP_LOCK})
