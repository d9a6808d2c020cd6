"""Statements that find the users of a store: those with a task, a journal entry or a token."""

from tasktimer.store.protocols import Connection

# Each MIN and MAX is one look-up in an index; there are few tokens to scan.
SELECT_LOWEST_AND_HIGHEST_USERS = """
SELECT MIN(user_id) FROM tasks UNION ALL SELECT MAX(user_id) FROM tasks
UNION ALL SELECT MIN(user_id) FROM commands UNION ALL SELECT MAX(user_id) FROM commands
UNION ALL SELECT MIN(user_id) FROM tokens UNION ALL SELECT MAX(user_id) FROM tokens
"""


def some_users(connection: Connection) -> set[int]:
    """Return some of the users: none if there is no user, one if there is only one, and at least two otherwise."""
    return {user_id for (user_id,) in connection.execute(SELECT_LOWEST_AND_HIGHEST_USERS, {}) if user_id is not None}
