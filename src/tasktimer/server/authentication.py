"""Bearer token authentication, which every route requires unless its path is public."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from starlette.datastructures import Headers

from tasktimer.core.task import ALL_USERS, DEFAULT_USER, Actor
from tasktimer.server.problem_details import Problem, ProblemException
from tasktimer.services import tokens
from tasktimer.store.protocols import Store

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

PUBLIC_PATHS = frozenset({"/healthz", "/readyz", "/docs", "/docs/oauth2-redirect", "/openapi.json"})

_REALM = 'Bearer realm="tasktimer"'


class Principal(NamedTuple):
    """The authenticated caller: the ID of the caller's token, and the actor that the token represents."""

    token_id: int
    actor: Actor

    def authorize(self, user_id: int) -> Actor:
        """Return the actor for a user's tasks; raise ProblemException if the token may not act for that user."""
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


# The caller of every request if the server runs without authentication; changes are attributed to the tasks' owner.
ANONYMOUS = Principal(0, Actor(None, ALL_USERS))


def read_bearer_token(request_headers: Headers) -> str:
    """Return the secret from the Authorization header; raise ProblemException if there is no bearer token."""
    scheme, _, secret = request_headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        hint = "send Authorization: Bearer TOKEN, with the token that tasktimer token create printed"
        headers = {"WWW-Authenticate": _REALM}
        raise ProblemException(Problem(401, "missing-token", "the request has no token", hint, headers=headers))
    return secret.strip()


def authenticate(store: Store, secret: str, now: datetime) -> Principal:
    """Return the caller whose token has this secret; raise ProblemException if the token is not valid."""
    token = tokens.authenticate(store, secret, now=now)
    if token is None:
        detail, hint = "the token is unknown, expired or revoked", "ask an administrator for a new token"
        headers = {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
        raise ProblemException(Problem(401, "invalid-token", detail, hint, headers=headers))
    return Principal(token.id, Actor(token.user_id, ALL_USERS if token.admin else token.user_id))


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
