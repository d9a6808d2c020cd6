"""The steps from each version of the schema to the next; a step, once released, never changes."""

from tasktimer.store import SCHEMA_VERSION

# What the engines write differently.
_SQLITE = {"identity": "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"}
_POSTGRES = {"identity": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"}

_STEPS = {
    2: """
CREATE TABLE tokens (
  id {identity},
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
""",
}


def sqlite_statements(version: int) -> list[str]:
    """What brings a file of this version to SCHEMA_VERSION."""
    return _statements(version, _SQLITE)


def postgres_statements(version: int) -> list[str]:
    """What brings a PostgreSQL schema of this version to SCHEMA_VERSION."""
    return _statements(version, _POSTGRES)


def _statements(version: int, words: dict[str, str]) -> list[str]:
    steps = (_STEPS[number].format_map(words) for number in range(version + 1, SCHEMA_VERSION + 1))
    return [statement for step in steps for statement in step.strip().removesuffix(";").split(";\n")]
