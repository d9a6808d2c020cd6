"""Statements that read and write tokens."""

from datetime import datetime

from tasktimer.core.token import Access, Token
from tasktimer.errors import NotFound
from tasktimer.store.protocols import Connection, Row
from tasktimer.store.statements.task_queries import find_one, from_microseconds, to_microseconds

# In the order that row_to_token expects.
TOKEN_COLUMNS = "id, user_id, admin, name, access, created_time, expiry_time, revoked_time, last_used_time"

INSERT_TOKEN = """
INSERT INTO tokens (digest, user_id, admin, name, access, created_time, expiry_time)
VALUES (:digest, :user_id, :admin, :name, :access, :created_time, :expiry_time)
RETURNING id
"""

SELECT_TOKEN = f"SELECT {TOKEN_COLUMNS} FROM tokens WHERE id = :id"
SELECT_TOKEN_OF_DIGEST = f"SELECT {TOKEN_COLUMNS} FROM tokens WHERE digest = :digest"

# A single statement with an optional condition, because there are few tokens to scan.
SELECT_TOKENS = f"""
SELECT {TOKEN_COLUMNS} FROM tokens
WHERE CAST(:user_id AS BIGINT) IS NULL OR user_id = :user_id
ORDER BY id
"""

SELECT_ANY_TOKEN = "SELECT 1 FROM tokens LIMIT 1"

UPDATE_REVOKED = f"""
UPDATE tokens SET revoked_time = :revoked_time WHERE id = :id AND revoked_time IS NULL
RETURNING {TOKEN_COLUMNS}
"""


UPDATE_LAST_USED = """
UPDATE tokens SET last_used_time = :time WHERE id = :id AND (last_used_time IS NULL OR last_used_time < :time)
"""


class TokenNotFound(NotFound):
    """The error for a token that does not exist."""

    def __init__(self, token_id: int) -> None:
        super().__init__("token-not-found", f"there is no token {token_id}")


def insert_token(  # noqa: PLR0913 (the columns)
    connection: Connection,
    *,
    digest: str,
    user_id: int,
    admin: bool,
    name: str | None,
    access: Access = Access.WRITE,
    created_time: datetime,
    expiry_time: datetime | None,
) -> Token:
    """Insert a token with the digest of its secret, and return the token."""
    parameters: dict[str, int | str | None] = {
        "digest": digest,
        "user_id": user_id,
        "admin": int(admin),
        "name": name,
        "access": str(access),
        "created_time": to_microseconds(created_time),
        "expiry_time": None if expiry_time is None else to_microseconds(expiry_time),
    }
    ((token_id,),) = connection.execute(INSERT_TOKEN, parameters)
    return Token(token_id, user_id, admin, name, created_time, expiry_time, None, access)


def get_token(connection: Connection, token_id: int) -> Token:
    """Return the token with this ID, or raise TokenNotFound if it does not exist."""
    if token := find_one(connection, SELECT_TOKEN, {"id": token_id}, row_to_token):
        return token
    raise TokenNotFound(token_id)


def find_token(connection: Connection, digest: str) -> Token | None:
    """Return the token whose secret has this digest, or None if there is no such token."""
    return find_one(connection, SELECT_TOKEN_OF_DIGEST, {"digest": digest}, row_to_token)


def all_tokens(connection: Connection, user_id: int | None) -> list[Token]:
    """Return the tokens of a user or of all users, sorted by ID."""
    return [row_to_token(row) for row in connection.execute(SELECT_TOKENS, {"user_id": user_id})]


def has_tokens(connection: Connection) -> bool:
    """Return whether any tokens exist, including expired and revoked ones."""
    return bool(list(connection.execute(SELECT_ANY_TOKEN, {})))


def revoke_token(connection: Connection, token_id: int, revoked_time: datetime) -> Token | None:
    """Revoke a token and return it, or return None if the token does not exist or has already been revoked."""
    parameters = {"id": token_id, "revoked_time": to_microseconds(revoked_time)}
    return find_one(connection, UPDATE_REVOKED, parameters, row_to_token)


def record_use(connection: Connection, token_id: int, hour: datetime) -> None:
    """Record that a token was used in the hour that begins at this time."""
    connection.execute(UPDATE_LAST_USED, {"id": token_id, "time": to_microseconds(hour)})


def row_to_token(row: Row) -> Token:
    """Convert a row of `TOKEN_COLUMNS` to a token."""
    token_id, user_id, admin, name, access, *times = row
    created, expiry, revoked, last_used = (None if time is None else from_microseconds(time) for time in times)
    assert created is not None
    return Token(token_id, user_id, bool(admin), name, created, expiry, revoked, Access(access), last_used)
