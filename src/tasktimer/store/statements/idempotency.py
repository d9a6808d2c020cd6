"""The statements about answers that were given to requests with a key, so that a repetition gets the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tasktimer.store import Connection
from tasktimer.store.statements.task_queries import to_microseconds

# How long the answer of a key is kept.
LIFETIME = timedelta(hours=24)

# Of two with the same key at once, the second waits here for the first to commit, and then inserts nothing.
INSERT_ANSWER = """
INSERT INTO answers (token_id, idempotency_key, request, created_time)
VALUES (:token_id, :key, :request, :created_time)
ON CONFLICT (token_id, idempotency_key) DO NOTHING
RETURNING token_id
"""

SELECT_ANSWER = """
SELECT request, status, body FROM answers WHERE token_id = :token_id AND idempotency_key = :key
"""

UPDATE_ANSWER = """
UPDATE answers SET status = :status, body = :body WHERE token_id = :token_id AND idempotency_key = :key
"""

DELETE_EXPIRED_ANSWER = """
DELETE FROM answers WHERE token_id = :token_id AND idempotency_key = :key AND created_time <= :expired
"""

DELETE_EXPIRED_ANSWERS = """
DELETE FROM answers WHERE created_time <= :expired
"""


@dataclass(frozen=True, slots=True)
class Key:
    """What names an answer: a key belongs to its token, 0 where a server asks for none."""

    token_id: int
    text: str

    def parameters(self) -> dict[str, int | str | None]:
        """How statements name it."""
        return {"token_id": self.token_id, "key": self.text}


@dataclass(frozen=True, slots=True)
class Answer:
    """A status of HTTP and the text of a body; `request` is the digest of what was asked."""

    request: str
    status: int
    body: str


def claim_key(connection: Connection, key: Key, request: str, now: datetime) -> Answer | None:
    """Take a key for a request; None when it is taken, else the answer that was given to it before."""
    connection.execute(DELETE_EXPIRED_ANSWER, {**key.parameters(), "expired": to_microseconds(now - LIFETIME)})
    new = {**key.parameters(), "request": request, "created_time": to_microseconds(now)}
    while True:
        if list(connection.execute(INSERT_ANSWER, new)):
            return None
        for asked, status, body in connection.execute(SELECT_ANSWER, key.parameters()):
            return Answer(asked, status, body)
        # It was forgotten in between, its time being over.


def keep_answer(connection: Connection, key: Key, status: int, body: str) -> None:
    """Remember the answer of a key that was claimed in this transaction."""
    connection.execute(UPDATE_ANSWER, {**key.parameters(), "status": status, "body": body})


def forget_answers(connection: Connection, now: datetime) -> None:
    """Delete the answers whose time is over."""
    connection.execute(DELETE_EXPIRED_ANSWERS, {"expired": to_microseconds(now - LIFETIME)})
