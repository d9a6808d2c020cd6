"""Migrations from each schema version to the next; a released migration never changes."""

from types import ModuleType

from tasktimer.store.migrations import v2, v3, v4, v5
from tasktimer.store.protocols import SCHEMA_VERSION

# Each module contains the statements for both engines, and a function `backfill` that fills the new columns afterwards.
MIGRATIONS = {2: v2, 3: v3, 4: v4, 5: v5}


def pending_migrations(version: int) -> list[ModuleType]:
    """Return the migrations from a schema version to SCHEMA_VERSION, in order."""
    return [MIGRATIONS[number] for number in range(version + 1, SCHEMA_VERSION + 1)]


def split_statements(script: str) -> list[str]:
    """Split a migration script into statements; each statement ends with a semicolon at the end of a line.

    sqlite3's `executescript` cannot be used, because it first commits the open transaction.
    """
    return script.strip().removesuffix(";").split(";\n")
