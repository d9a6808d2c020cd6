"""The statements about answers that were given to requests with a key, so that a repetition gets the same."""

from datetime import datetime, timedelta
from typing import NamedTuple

from tasktimer.store import Connection
from tasktimer.store.statements.task_queries import to_microseconds

# How long the answer of a key is kept.
LIFETIME = timedelta(hours=24)

# Of two with the same key at once, the second waits here for the first to commit, and then inserts nothing.
INSERT_RESPONSE = """
INSERT INTO answers (token_id, idempotency_key, request, created_time)
VALUES (:token_id, :key, :request, :created_time)
ON CONFLICT (token_id, idempotency_key) DO NOTHING
RETURNING token_id
"""

SELECT_RESPONSE = """
SELECT request, status, body FROM answers WHERE token_id = :token_id AND idempotency_key = :key
"""

UPDATE_RESPONSE = """
UPDATE answers SET status = :status, body = :body WHERE token_id = :token_id AND idempotency_key = :key
"""

DELETE_EXPIRED_RESPONSE = """
DELETE FROM answers WHERE token_id = :token_id AND idempotency_key = :key AND created_time <= :expired
"""

DELETE_EXPIRED_RESPONSES = """
DELETE FROM answers WHERE created_time <= :expired
"""


class IdempotencyKey(NamedTuple):
    """What names an answer: a key belongs to its token, 0 where a server asks for none."""

    token_id: int
    text: str

    def parameters(self) -> dict[str, int | str | None]:
        """How statements name it."""
        return {"token_id": self.token_id, "key": self.text}


class StoredResponse(NamedTuple):
    """A status of HTTP and the text of a body; `request` is the digest of what was asked."""

    request: str
    status: int
    body: str


def claim_key(connection: Connection, key: IdempotencyKey, request: str, now: datetime) -> StoredResponse | None:
    """Take a key for a request; None when it is taken, else the answer that was given to it before."""
    connection.execute(DELETE_EXPIRED_RESPONSE, {**key.parameters(), "expired": to_microseconds(now - LIFETIME)})
    new = {**key.parameters(), "request": request, "created_time": to_microseconds(now)}
    while True:
        if list(connection.execute(INSERT_RESPONSE, new)):
            return None
        for asked, status, body in connection.execute(SELECT_RESPONSE, key.parameters()):
            return StoredResponse(asked, status, body)
        # It was forgotten in between, its time being over.


def save_response(connection: Connection, key: IdempotencyKey, status: int, body: str) -> None:
    """Remember the answer of a key that was claimed in this transaction."""
    connection.execute(UPDATE_RESPONSE, {**key.parameters(), "status": status, "body": body})


def delete_expired_responses(connection: Connection, now: datetime) -> None:
    """Delete the answers whose time is over."""
    connection.execute(DELETE_EXPIRED_RESPONSES, {"expired": to_microseconds(now - LIFETIME)})
