"""SQLAlchemy's dialect for psycopg, with fewer round trips to the server.

It skips the queries with which SQLAlchemy inspects the server on the first connection of a process: psycopg already
knows the answers, or nothing uses them. Its connections queue statements that return no rows.
"""

from typing import Any, Literal, NoReturn

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

DRIVER = "postgresql+tasktimer"
RETURNS_NO_ROWS = "tasktimer_returns_no_rows"  # an execution option

registry.register(DRIVER.replace("+", "."), __name__, "Dialect")


class Dialect(PGDialect_psycopg):
    """The dialect for psycopg, on connections that queue statements."""

    supports_statement_cache = True

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        """Return a new connection."""
        # Imported lazily: psycopg is optional.
        from tasktimer.store.postgres.queueing_connection import QueueingConnection

        return QueueingConnection.connect(*args, **kwargs)

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        """Set the isolation level of the connection's next transactions."""
        dbapi_connection.isolation_level = self._isolation_lookup[level]

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin a transaction."""
        dbapi_connection.begin()

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Run a statement, or queue it if its execution options say that it returns no rows."""
        if context.execution_options.get(RETURNS_NO_ROWS):
            cursor.connection.queue(statement, [parameters])
        else:
            cursor.connection.run(cursor, statement, parameters)

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any = None) -> None:  # noqa: ARG002
        """Run a statement without parameters."""
        cursor.connection.run(cursor, statement)

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:  # noqa: ARG002
        """Queue a statement that returns no rows, to be run once for each item of `parameters`."""
        cursor.connection.queue(statement, parameters)

    def _get_server_version_info(self, connection: Any) -> tuple[int, ...]:
        version = connection.connection.driver_connection.info.server_version  # such as 160004 for 16.4
        return (version // 10_000, version % 10_000)

    def _get_default_schema_name(self, connection: Any) -> NoReturn:
        raise NotImplementedError  # all names are in the schema `tasktimer`

    def get_default_isolation_level(self, dbapi_conn: Any) -> Literal["READ COMMITTED"]:  # noqa: ARG002 (of the base)
        """Return the level to which a connection is reset, that of the engine."""
        return "READ COMMITTED"

    def _set_backslash_escapes(self, connection: Any) -> None:
        info = connection.connection.driver_connection.info
        self._backslash_escapes = info.parameter_status("standard_conforming_strings") == "off"
