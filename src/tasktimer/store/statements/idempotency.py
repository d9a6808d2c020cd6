"""Statements that store the responses to requests with an Idempotency-Key, and look them up for repeated requests."""

from datetime import datetime, timedelta
from typing import NamedTuple

from tasktimer.store.protocols import Connection
from tasktimer.store.statements.task_queries import to_microseconds

LIFETIME = timedelta(hours=24)  # how long a response is stored

# If two requests have the same key, the second waits here until the first commits, and then inserts nothing.
INSERT_RESPONSE = """
INSERT INTO answers (token_id, idempotency_key, request, created_time)
VALUES (:token_id, :key, :request, :created_time)
ON CONFLICT (token_id, idempotency_key) DO NOTHING
RETURNING token_id
"""

SELECT_RESPONSE = "SELECT request, status, body FROM answers WHERE token_id = :token_id AND idempotency_key = :key"

UPDATE_RESPONSE = """
UPDATE answers SET status = :status, body = :body WHERE token_id = :token_id AND idempotency_key = :key
"""

DELETE_EXPIRED_RESPONSE = """
DELETE FROM answers WHERE token_id = :token_id AND idempotency_key = :key AND created_time <= :expired
"""

DELETE_EXPIRED_RESPONSES = "DELETE FROM answers WHERE created_time <= :expired"


class IdempotencyKey(NamedTuple):
    """The primary key of a stored response: the client's token ID (0 if no tokens exist) and its Idempotency-Key."""

    token_id: int
    key: str


class StoredResponse(NamedTuple):
    """A stored response: the digest of the request, and the HTTP status and the body of the response."""

    request: str
    status: int
    body: str


def claim_key(connection: Connection, key: IdempotencyKey, request: str, now: datetime) -> StoredResponse | None:
    """Claim a key for a request and return None, or return the stored response if the key has already been claimed."""
    connection.execute(DELETE_EXPIRED_RESPONSE, {**key._asdict(), "expired": to_microseconds(now - LIFETIME)})
    new = {**key._asdict(), "request": request, "created_time": to_microseconds(now)}
    while True:
        if list(connection.execute(INSERT_RESPONSE, new)):
            return None
        for earlier, status, body in connection.execute(SELECT_RESPONSE, key._asdict()):
            return StoredResponse(earlier, status, body)
        # The earlier response expired and was deleted between the two statements: try again.


def save_response(connection: Connection, key: IdempotencyKey, status: int, body: str) -> None:
    """Store the response for a key that has been claimed in this transaction."""
    connection.execute(UPDATE_RESPONSE, {**key._asdict(), "status": status, "body": body})


def delete_expired_responses(connection: Connection, now: datetime) -> None:
    """Delete all expired responses."""
    connection.execute(DELETE_EXPIRED_RESPONSES, {"expired": to_microseconds(now - LIFETIME)})
