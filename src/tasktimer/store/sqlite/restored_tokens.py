"""Tokens that become valid again when a backup is restored."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tasktimer.core.token import Token
from tasktimer.store.sqlite.errors import is_damage
from tasktimer.store.statements.tokens import TOKEN_COLUMNS, row_to_token

# The copy is attached to the connection of the file.
_SELECT_REVIVED = f"""
SELECT {TOKEN_COLUMNS} FROM copy.tokens
WHERE revoked_time IS NULL AND digest IN (SELECT digest FROM main.tokens WHERE revoked_time IS NOT NULL)
ORDER BY id
"""
_SELECT_VALID = "SELECT 1 FROM copy.tokens WHERE revoked_time IS NULL LIMIT 1"
# Version 1 of the schema has no tokens.
_SELECT_TABLES = "SELECT 1 FROM {}.sqlite_schema WHERE name = 'tokens'"


def revived_tokens(connection: sqlite3.Connection, copy: Path) -> list[Token] | None:
    """Return the tokens that are revoked in a file but not in its backup; None if the file cannot be read."""
    connection.execute("ATTACH :copy AS copy", {"copy": str(copy)})
    try:
        if not all(connection.execute(_SELECT_TABLES.format(name)).fetchone() for name in ("main", "copy")):
            return []
        return [row_to_token(row) for row in connection.execute(_SELECT_REVIVED)]
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return None if has_valid_tokens(copy) else []
    finally:
        connection.execute("DETACH copy")


def has_valid_tokens(copy: Path) -> bool:
    """Return whether a backup has tokens that were not revoked when it was made."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("ATTACH :copy AS copy", {"copy": str(copy)})
        has_tokens = connection.execute(_SELECT_TABLES.format("copy")).fetchone() is not None
        return has_tokens and connection.execute(_SELECT_VALID).fetchone() is not None
