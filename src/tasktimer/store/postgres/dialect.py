"""SQLAlchemy's dialect for psycopg, without the queries that it runs on the first connection of a process.

These take more round trips to the server than most commands need for their own statements. psycopg knows the answers
from the start of the connection, or nothing uses them.
"""

from typing import Any, Literal, NoReturn

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

DRIVER = "postgresql+tasktimer"

registry.register(DRIVER.replace("+", "."), __name__, "Dialect")


class Dialect(PGDialect_psycopg):
    """The dialect for psycopg with hooks that query nothing."""

    supports_statement_cache = True

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
