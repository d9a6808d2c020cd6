"""The statements about tokens, each beside the function that runs it."""

from datetime import datetime
from typing import Any

from tasktimer.core.token import Token
from tasktimer.errors import NotFound
from tasktimer.store import Connection
from tasktimer.store.statements.task_queries import from_microseconds, to_microseconds

INSERT_TOKEN = """
INSERT INTO tokens (digest, user_id, admin, name, created_time, expiry_time)
VALUES (:digest, :user_id, :admin, :name, :created_time, :expiry_time)
RETURNING id
"""

SELECT_TOKEN = """
SELECT id, user_id, admin, name, created_time, expiry_time, revoked_time FROM tokens WHERE id = :id
"""

SELECT_TOKEN_OF_DIGEST = """
SELECT id, user_id, admin, name, created_time, expiry_time, revoked_time FROM tokens WHERE digest = :digest
"""

# One statement with an optional user: there are so few that it may read them all.
SELECT_TOKENS = """
SELECT id, user_id, admin, name, created_time, expiry_time, revoked_time FROM tokens
WHERE CAST(:user_id AS BIGINT) IS NULL OR user_id = :user_id
ORDER BY id
"""

SELECT_ANY_TOKEN = """
SELECT 1 FROM tokens LIMIT 1
"""

UPDATE_REVOKED = """
UPDATE tokens SET revoked_time = :revoked_time WHERE id = :id AND revoked_time IS NULL
RETURNING id, user_id, admin, name, created_time, expiry_time, revoked_time
"""


class TokenNotFound(NotFound):
    """No token has this id."""

    def __init__(self, token_id: int) -> None:
        super().__init__("token-not-found", f"there is no token {token_id}")


def insert_token(  # noqa: PLR0913 (the columns)
    connection: Connection,
    *,
    digest: str,
    user_id: int,
    admin: bool,
    name: str | None,
    created_time: datetime,
    expiry_time: datetime | None,
) -> Token:
    """Store a token by the digest of its secret."""
    parameters: dict[str, int | str | None] = {
        "digest": digest,
        "user_id": user_id,
        "admin": int(admin),
        "name": name,
        "created_time": to_microseconds(created_time),
        "expiry_time": None if expiry_time is None else to_microseconds(expiry_time),
    }
    ((token_id,),) = connection.execute(INSERT_TOKEN, parameters)
    return Token(token_id, user_id, admin, name, created_time, expiry_time, None)


def get_token(connection: Connection, token_id: int) -> Token:
    """The token of an id.

    Raises:
        TokenNotFound: there is none.
    """
    for row in connection.execute(SELECT_TOKEN, {"id": token_id}):
        return row_to_token(row)
    raise TokenNotFound(token_id)


def find_token(connection: Connection, digest: str) -> Token | None:
    """The token whose secret has this digest."""
    rows = list(connection.execute(SELECT_TOKEN_OF_DIGEST, {"digest": digest}))
    return row_to_token(rows[0]) if rows else None


def all_tokens(connection: Connection, user_id: int | None) -> list[Token]:
    """The tokens, of one user or (None) of all, by id."""
    return [row_to_token(row) for row in connection.execute(SELECT_TOKENS, {"user_id": user_id})]


def has_tokens(connection: Connection) -> bool:
    """Whether there is any token, be it good or not."""
    return bool(list(connection.execute(SELECT_ANY_TOKEN, {})))


def revoke_token(connection: Connection, token_id: int, revoked_time: datetime) -> Token | None:
    """End a token; None when it has been ended before, or never was."""
    parameters: dict[str, int] = {"id": token_id, "revoked_time": to_microseconds(revoked_time)}
    rows = list(connection.execute(UPDATE_REVOKED, parameters))
    return row_to_token(rows[0]) if rows else None


def row_to_token(row: tuple[Any, ...]) -> Token:
    """Return the token of a row that has these columns."""
    token_id, user_id, admin, name, *times = row
    created, expiry, revoked = (None if time is None else from_microseconds(time) for time in times)
    assert created is not None
    return Token(token_id, user_id, bool(admin), name, created, expiry, revoked)
