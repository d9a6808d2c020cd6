"""Version 2 of the schema: tokens, and stored responses to requests with an Idempotency-Key."""

from tasktimer.store.protocols import Connection

_STATEMENTS = """
CREATE TABLE tokens (
  id {id},
  digest TEXT NOT NULL,
  user_id BIGINT NOT NULL,
  admin INTEGER NOT NULL,
  name TEXT,
  created_time BIGINT NOT NULL,
  expiry_time BIGINT,
  revoked_time BIGINT,
  CONSTRAINT token_user_id_positive CHECK (user_id >= 1),
  UNIQUE (digest)
);
CREATE TABLE answers (
  token_id BIGINT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request TEXT NOT NULL,
  status INTEGER,
  body TEXT,
  created_time BIGINT NOT NULL,
  PRIMARY KEY (token_id, idempotency_key)
);
CREATE INDEX answers_by_created ON answers (created_time);
"""

SQLITE = _STATEMENTS.format(id="INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT")
POSTGRES = _STATEMENTS.format(id="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")


def backfill(connection: Connection) -> None:
    """Do nothing: the new tables are empty."""
