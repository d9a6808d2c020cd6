"""Statements that read and write the names of users."""

from tasktimer.core.user import User
from tasktimer.store.protocols import Connection
from tasktimer.store.statements import statistics

SELECT_NAMES = "SELECT id, name FROM users"
SELECT_USER_OF_NAME = "SELECT id FROM users WHERE name = :name"
SELECT_NAME_OF_USER = "SELECT name FROM users WHERE id = :id"

# If another transaction has just added the same number or name, this returns no row.
INSERT_USER = """
INSERT INTO users (id, name) VALUES (:id, :name)
ON CONFLICT DO NOTHING
RETURNING id
"""

# If another user has the new name, this changes nothing.
UPDATE_NAME = """
UPDATE users SET name = :name
WHERE id = :id AND NOT EXISTS (SELECT 1 FROM users WHERE name = :name)
RETURNING id
"""


def all_users(connection: Connection) -> list[User]:
    """Return the users who have a name, a task, a journal entry or a token, sorted by number."""
    names: dict[int, str] = dict(connection.execute(SELECT_NAMES, {}))
    return [User(number, names.get(number)) for number in sorted({*names, *statistics.users(connection)})]


def find_user(connection: Connection, name: str) -> int | None:
    """Return the number of the user with a name, or None if no user has it."""
    return next((number for (number,) in connection.execute(SELECT_USER_OF_NAME, {"name": name})), None)


def find_name(connection: Connection, user_id: int) -> str | None:
    """Return the name of a user, or None if the user has none."""
    return next((name for (name,) in connection.execute(SELECT_NAME_OF_USER, {"id": user_id})), None)


def insert_user(connection: Connection, user: User) -> bool:
    """Insert a user with a name; return False if the number or the name is taken."""
    return bool(list(connection.execute(INSERT_USER, {"id": user.id, "name": user.name})))


def rename_user(connection: Connection, user_id: int, name: str) -> bool:
    """Change the name of a user; return False if the user has no name yet, or the new name is taken."""
    return bool(list(connection.execute(UPDATE_NAME, {"id": user_id, "name": name})))
