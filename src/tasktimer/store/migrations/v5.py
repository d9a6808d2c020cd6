"""Version 5 of the schema: users with names, tokens with less access, and their last use."""

from tasktimer.store.protocols import Connection

_STATEMENTS = """
CREATE TABLE users (
  id BIGINT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT users_id_positive CHECK (id >= 1),
  UNIQUE (name)
);
ALTER TABLE tokens ADD COLUMN access TEXT DEFAULT 'write' NOT NULL;
ALTER TABLE tokens ADD COLUMN last_used_time BIGINT;
"""

SQLITE = _STATEMENTS
POSTGRES = f"""{_STATEMENTS}
ALTER TABLE schema_version ADD COLUMN oldest_writer INTEGER;
"""


def backfill(connection: Connection) -> None:
    """Do nothing: the defaults are right."""
