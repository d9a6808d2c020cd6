"""Version 4 of the schema: the sources of imported tasks."""

from tasktimer.store.protocols import Connection

_STATEMENTS = """
CREATE TABLE sources (
  user_id BIGINT NOT NULL,
  identity BIGINT NOT NULL,
  task_id BIGINT NOT NULL,
  command_id BIGINT NOT NULL,
  PRIMARY KEY (user_id, identity)
){without_rowid};
CREATE INDEX sources_by_command ON sources (command_id, task_id);
CREATE INDEX imports ON commands (id) WHERE name = 'import';
"""

SQLITE = _STATEMENTS.format(without_rowid=" WITHOUT ROWID")
POSTGRES = _STATEMENTS.format(without_rowid="")


def backfill(connection: Connection) -> None:
    """Do nothing: no task has been imported yet."""
