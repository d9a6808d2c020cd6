"""Bearer token authentication, which every route requires unless its path is public."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from starlette.types import Scope

from tasktimer.core.task import ALL_USERS, DEFAULT_USER, Actor
from tasktimer.core.token import Access, hash_secret
from tasktimer.errors import InvalidValue
from tasktimer.server.headers import joined_header
from tasktimer.server.problem_details import Problem, ProblemException
from tasktimer.services import tokens
from tasktimer.store.protocols import Store

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

PUBLIC_PATHS = frozenset({"/healthz", "/readyz", "/docs", "/docs/{name}", "/openapi.json"})

_REALM = 'Bearer realm="tasktimer"'


class Principal(NamedTuple):
    """The authenticated caller: the ID of the caller's token, and the actor that the token represents."""

    token_id: int
    actor: Actor
    access: Access = Access.WRITE

    @classmethod
    def of(cls, token_id: int, user_id: int, access: Access, *, is_admin: bool) -> "Principal":
        """Return the caller whose token has these values."""
        return cls(token_id, Actor(user_id, ALL_USERS if is_admin else user_id), access)

    def check_access(self, *, is_reading: bool) -> None:
        """Raise ProblemException if the token may only read, and the request does more than that."""
        if self.access is not Access.WRITE and not is_reading:
            hint = "use a token that was created without --read-only and --reports"
            raise ProblemException(Problem(403, "token-read-only", "this token may only read", hint))

    def require_administrator(self) -> None:
        """Raise ProblemException unless the token is an administrator's."""
        if self.actor.tasks_of != ALL_USERS:
            detail, hint = "this token is not an administrator's", "use a token that was created with --admin"
            raise ProblemException(Problem(403, "administrator-required", detail, hint))

    @property
    def for_reports(self) -> "Principal":
        """The caller as far as reports are concerned."""
        return self._replace(actor=Actor(self.actor.user_id, ALL_USERS)) if self.access is Access.REPORTS else self

    def authorize(self, user_id: int | None) -> Actor:
        """Return the actor for a user's tasks, by default those of the token's user.

        Raises:
            ProblemException: if the token may not act for that user.
            InvalidValue: if there is neither a user nor a token.
        """
        user_id = self.actor.user_id if user_id is None else user_id
        if user_id is None:
            raise InvalidValue("missing-user", "a user is required, because the server runs without tokens")
        if self.actor.tasks_of not in (ALL_USERS, user_id):
            detail = f"this token acts for user {self.actor.tasks_of}, not for user {user_id}"
            hint = f"use a token for user {user_id}, or one created with --admin"
            raise ProblemException(Problem(403, "user-not-allowed", detail, hint))
        return Actor(self.actor.user_id, user_id)

    def owner(self, user_id: int | None) -> Actor:
        """Return the actor for a user's tasks; the default is the token's user or, without tokens, the only user."""
        if user_id is not None:
            return self.authorize(user_id)
        author = self.actor.user_id
        return Actor(author, DEFAULT_USER if author is None else author)

    def reader(self, user_id: int | None) -> Actor:
        """Return the actor for reading a user's tasks, by default all tasks that the token may access."""
        return self.actor if user_id is None else self.authorize(user_id)


# The caller of every request if the server runs without authentication; changes are attributed to the tasks' owner.
ANONYMOUS = Principal(0, Actor(None, ALL_USERS))


def read_token_hash(scope: Scope) -> str:
    """Return the hash of the secret in the Authorization header.

    Raises:
        ProblemException: if there is no bearer token, or if it does not have the format of a secret, so that no
            time is spent on the rest of the request.
    """
    scheme, _, secret = (joined_header(scope, b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer":
        hint = "send Authorization: Bearer TOKEN, with the token that tasktimer token create printed"
        headers = {"WWW-Authenticate": _REALM}
        raise ProblemException(Problem(401, "missing-token", "the request has no token", hint, headers=headers))
    token_hash = hash_secret(secret.strip())
    if token_hash is None:
        raise _invalid_token()
    return token_hash


def authenticate(store: Store, token_hash: str, now: datetime, *, is_reading: bool) -> Principal:
    """Return the caller, given the hash of the token's secret.

    Raises:
        ProblemException: if the token is not valid, or if it may only read and the request does more than that.
    """
    token = tokens.authenticate(store, token_hash, now=now)
    if token is None:
        raise _invalid_token()
    principal = Principal.of(token.id, token.user_id, token.access, is_admin=token.admin)
    principal.check_access(is_reading=is_reading)
    return principal


def _invalid_token() -> ProblemException:
    detail, hint = "the token is unknown, expired or revoked", "ask an administrator for a new token"
    headers = {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
    return ProblemException(Problem(401, "invalid-token", detail, hint, headers=headers))


def defer_authentication(endpoint: Endpoint) -> Endpoint:
    """Mark a GET endpoint that looks up the token itself, in the transaction that also reads the data."""
    endpoint.defers_authentication = True  # type: ignore[attr-defined]
    return endpoint


def authenticate_directly(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint that looks up the token itself, in the statement that also makes the change."""
    endpoint.authenticates_directly = True  # type: ignore[attr-defined]
    return endpoint


def looks_up_token(method: str | None, endpoint: object) -> bool:
    """Return whether an endpoint looks up the token itself."""
    name = "defers_authentication" if method == "GET" else "authenticates_directly"
    return getattr(endpoint, name, False)
