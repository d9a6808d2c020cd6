"""Migration of an older file, after making a copy of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tasktimer.errors import Unavailable
from tasktimer.store.migrations import pending_migrations, split_statements
from tasktimer.store.protocols import SCHEMA_VERSION
from tasktimer.store.sqlite.connection import SETTINGS, begin, connect, execute_with_retry
from tasktimer.store.sqlite.new_file import copy


def upgrade(connection: sqlite3.Connection, path: Path, deadline: float) -> Path | None:
    """Migrate a file to the current schema; return its copy, or None if a concurrent command has migrated it.

    Raises:
        Unavailable: if the file cannot be written.
    """
    for setting in SETTINGS:
        execute_with_retry(connection, setting, deadline)
    kept = None
    version = begin(connection, path, "BEGIN IMMEDIATE", deadline)
    if version < SCHEMA_VERSION:
        try:
            # Before the copy is made: a read-only file raises here, and no copy is left beside it.
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
                raise
            raise Unavailable(
                "store-too-old",
                f"{path} was created by an older tasktimer (schema {version}, this one needs {SCHEMA_VERSION}) "
                "and cannot be upgraded: it or its folder is read-only",
                "copy it to a writable folder and name the copy with --database; this one was not changed",
            ) from error
        with closing(connect(path)) as unchanged:
            kept = copy(unchanged, path.with_name(f"{path.name}.schema-{version}"))
        for migration in pending_migrations(version):
            for statement in split_statements(migration.SQLITE):
                connection.execute(statement)
            migration.backfill(connection)
    execute_with_retry(connection, "COMMIT", deadline)
    return kept
