"""Services that create, list and revoke a server's tokens, and authenticate clients."""

from collections.abc import Sequence
from datetime import UTC, datetime

from tasktimer.core.task import Actor
from tasktimer.core.token import Access, Token, hash_secret, new_secret, validate_name
from tasktimer.errors import Conflict, InvalidValue, StoreMissing, format_timestamp
from tasktimer.services.transaction import resolve_user
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import tokens


def create_token(  # noqa: PLR0913 (the fields of a token)
    store: Store,
    actor: Actor,
    *,
    admin: bool,
    name: str | None,
    expiry_time: datetime | None,
    access: Access = Access.WRITE,
    now: datetime,
) -> tuple[Token, str]:
    """Create a token for user `actor.owner`; return the token and its secret, which is not stored.

    Raises:
        InvalidValue: if the name is invalid, or a token for reports is to be an administrator's.
    """
    if admin and access is Access.REPORTS:
        raise InvalidValue("token-access", "an administrator's token cannot be limited to reports")
    if name is not None:
        validate_name(name)
    secret = new_secret()
    digest = hash_secret(secret)
    assert digest is not None
    with store.write(create=True) as connection:
        token = tokens.insert_token(
            connection,
            digest=digest,
            user_id=resolve_user(connection, actor).owner,
            admin=admin,
            name=name,
            access=access,
            created_time=now.astimezone(UTC),
            expiry_time=expiry_time,
        )
    return token, secret


def list_tokens(store: Store, actor: Actor) -> list[Token]:
    """Return all tokens that the actor may access, including revoked and expired ones, sorted by ID."""
    with store.read() as connection:
        return tokens.all_tokens(connection, actor.tasks_of_user)


def get_token(store: Store, token_id: int) -> Token:
    """Return the token with this ID; raise TokenNotFound if it does not exist."""
    with store.read() as connection:
        return tokens.get_token(connection, token_id)


def has_tokens(store: Store) -> bool:
    """Return whether any token has ever been created."""
    with store.read() as connection:
        return tokens.has_tokens(connection)


def revoke_tokens(store: Store, ids: Sequence[int], *, now: datetime) -> list[Token]:
    """Revoke the tokens with these IDs in one transaction, and return them in the order of `ids`.

    Raises:
        TokenNotFound: if a token does not exist.
        Conflict: if a token is already revoked.
    """
    try:
        with store.write() as connection:
            ended = {number: _revoke(connection, number, now) for number in sorted(set(ids))}
    except StoreMissing:
        raise tokens.TokenNotFound(ids[0]) from None
    return [ended[number] for number in dict.fromkeys(ids)]


def authenticate(store: Store, digest: str, *, now: datetime) -> Token | None:
    """Return the token, given the hash of its secret, or None if the token is unknown, expired or revoked."""
    with store.read() as connection:
        token = tokens.find_token(connection, digest)
    return token if token is not None and token.is_valid(now) else None


def _revoke(connection: Connection, token_id: int, now: datetime) -> Token:
    revoked = tokens.revoke_token(connection, token_id, now.astimezone(UTC))
    if revoked is None:
        token = tokens.get_token(connection, token_id)
        time = format_timestamp(token.revoked_time or now, now)
        raise Conflict("already-revoked", f"token {token_id} was already revoked at {time}")
    return revoked
