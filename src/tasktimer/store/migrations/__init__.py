"""Migrations from each version of the schema to the next; a released migration never changes."""

from types import ModuleType

from tasktimer.store.migrations import v2, v3
from tasktimer.store.protocols import SCHEMA_VERSION

# Each has the statements of a version for both engines, and `backfill`, which fills the new columns afterwards.
MIGRATIONS = {2: v2, 3: v3}


def pending_migrations(version: int) -> list[ModuleType]:
    """Return the migrations from this version of the schema to SCHEMA_VERSION, in order."""
    return [MIGRATIONS[number] for number in range(version + 1, SCHEMA_VERSION + 1)]


def split_statements(script: str) -> list[str]:
    """Return the statements of a migration, in which every line that ends with a semicolon ends a statement.

    sqlite3's executescript cannot be used: it commits the transaction first.
    """
    return script.strip().removesuffix(";").split(";\n")
