"""A check whether changes can be stored in a PostgreSQL database, which changes nothing."""

import sqlalchemy

from tasktimer.errors import Unavailable

# What `track` and `stop` do, without rows. PostgreSQL checks privileges, and whether the transaction may write, anyway.
_WRITE_NOTHING = """
WITH task AS (INSERT INTO tasktimer.tasks (user_id, description, start_time) SELECT 1, '', 0 WHERE false),
  tag AS (INSERT INTO tasktimer.task_tags (task_id, user_id, tag) SELECT 1, 1, '' WHERE false),
  stopped AS (UPDATE tasktimer.tasks SET end_time = 0 WHERE false),
  redoable AS (UPDATE tasktimer.commands SET undone = 2 WHERE false),
  entry AS (INSERT INTO tasktimer.commands (user_id, name, given_time) SELECT 1, '', 0 WHERE false),
  state AS (INSERT INTO tasktimer.changes (command_id, task_id, is_after) SELECT 1, 1, 1 WHERE false)
SELECT 1
"""

_CAN_CREATE = """
SELECT CASE
  WHEN pg_catalog.to_regnamespace('tasktimer') IS NULL
  THEN pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
  ELSE pg_catalog.has_schema_privilege('tasktimer', 'USAGE')
    AND pg_catalog.has_schema_privilege('tasktimer', 'CREATE')
END
"""
_IS_READ_ONLY = "SELECT pg_catalog.current_setting('transaction_read_only') = 'on'"  # also on a standby


def check_writable(connection: sqlalchemy.Connection, name: str, *, exists: bool) -> None:
    """Raise Unavailable or a database error if changes cannot be stored; `exists` is whether the tables exist."""
    if exists:
        connection.exec_driver_sql(_WRITE_NOTHING)
        return
    if connection.exec_driver_sql(_IS_READ_ONLY).scalar_one():
        hint = "use the primary's host in the URL, or a role that can write"
        raise Unavailable("store-read-only", f"the tables in {name} cannot be created: it is read-only", hint)
    if not connection.exec_driver_sql(_CAN_CREATE).scalar_one():
        message = f"the tables in {name} cannot be created: the user has no privilege to do so"
        hint = "grant the user CREATE on the database, or CREATE and USAGE on an empty schema tasktimer"
        raise Unavailable("store-unusable", message, hint)
