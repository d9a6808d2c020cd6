"""Who may act over HTTP: tokens are created, listed and revoked, and a secret is recognised."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tasktimer.core.token import Token, hash_secret, new_secret, validate_name
from tasktimer.errors import Conflict, StoreMissing, format_timestamp
from tasktimer.store import Connection, Store
from tasktimer.store.statements import tokens


def create_token(
    store: Store, *, user_id: int, admin: bool, name: str | None, expiry_time: datetime | None, now: datetime
) -> tuple[Token, str]:
    """Make a token for a user, and give it with its secret, which is nowhere else and cannot be shown again.

    Raises:
        InvalidValue: the name cannot be one.
    """
    if name is not None:
        validate_name(name)
    secret = new_secret()
    digest = hash_secret(secret)
    assert digest is not None
    with store.write(create=True) as connection:
        token = tokens.insert_token(
            connection,
            digest=digest,
            user_id=user_id,
            admin=admin,
            name=name,
            created_time=now.astimezone(UTC),
            expiry_time=expiry_time,
        )
    return token, secret


def list_tokens(store: Store, *, user_id: int | None) -> list[Token]:
    """The tokens, of a user or (None) of all, by id, the revoked and the expired ones among them."""
    with store.read() as connection:
        return tokens.all_tokens(connection, user_id)


def has_tokens(store: Store) -> bool:
    """Whether anybody was ever given a token."""
    with store.read() as connection:
        return tokens.has_tokens(connection)


def revoke_tokens(store: Store, ids: Sequence[int], *, now: datetime) -> list[Token]:
    """End these tokens, all or none; they are refused from now on.

    Raises:
        TokenNotFound: there is no such token.
        Conflict: one has been revoked before.
    """
    try:
        with store.write() as connection:
            ended = {number: _revoke(connection, number, now) for number in sorted(set(ids))}
    except StoreMissing:
        raise tokens.TokenNotFound(ids[0]) from None
    return [ended[number] for number in dict.fromkeys(ids)]


def authenticate(store: Store, secret: str, *, now: datetime) -> Token | None:
    """The token of a secret, unless it is unknown, expired or revoked."""
    digest = hash_secret(secret)
    if digest is None:
        return None
    with store.read() as connection:
        token = tokens.find_token(connection, digest)
    return token if token is not None and token.is_valid(now) else None


def _revoke(connection: Connection, token_id: int, now: datetime) -> Token:
    revoked = tokens.revoke_token(connection, token_id, now.astimezone(UTC))
    if revoked is None:
        token = tokens.get_token(connection, token_id)
        since = (token.revoked_time or now).astimezone(now.tzinfo)
        raise Conflict("already-revoked", f"token {token_id} is already revoked, since {format_timestamp(since)}")
    return revoked
