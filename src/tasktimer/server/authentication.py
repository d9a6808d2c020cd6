"""Authentication by bearer token, required of every route unless it is listed as public."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tasktimer.core.actor import ALL_USERS, Actor
from tasktimer.errors import TasktimerError
from tasktimer.server.exception_handlers import error_response
from tasktimer.server.middleware import MAX_BODY_BYTES
from tasktimer.server.problem_details import Problem, ProblemException
from tasktimer.server.state import AppState
from tasktimer.services import tokens
from tasktimer.store import Store
from tasktimer.store.async_store import AsyncStore

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

PUBLIC_PATHS = frozenset({"/healthz", "/readyz", "/docs", "/docs/oauth2-redirect", "/openapi.json"})

_REALM = 'Bearer realm="tasktimer"'


@dataclass(frozen=True, slots=True)
class Principal:
    """The authenticated caller: a token, and the actor that it stands for."""

    token_id: int  # 0 if the server runs without authentication
    actor: Actor  # without a user if the server runs without authentication

    def authorize(self, user_id: int) -> Actor:
        """Return the actor for the tasks of a user.

        Raises:
            ProblemException: if the token belongs to another user.
        """
        if self.actor.tasks_of not in (ALL_USERS, user_id):
            detail = f"this token acts for user {self.actor.tasks_of}, not for user {user_id}"
            raise ProblemException(
                Problem(403, "user-not-allowed", detail, "use a token of that user, or one created with --admin")
            )
        return Actor(self.actor.user_id, user_id)


class Authentication:
    """The token of a request, and the principal once the token has been looked up."""

    def __init__(self, secret: str, now: datetime, *, principal: Principal | None = None) -> None:
        """Start with the token's secret, and the principal if no token is required."""
        self.now = now
        self.principal = principal
        self._secret = secret

    def look_up(self, store: Store) -> Principal:
        """Return the principal, looking the token up on first use, in a transaction that is already open.

        Raises:
            ProblemException: if the token is unknown, expired or revoked.
        """
        if self.principal is None:
            token = tokens.authenticate(store, self._secret, now=self.now)
            if token is None:
                raise _invalid_token()
            self.principal = Principal(token.id, Actor(token.user_id, ALL_USERS if token.admin else token.user_id))
        return self.principal

    async def authenticate(self, store: AsyncStore) -> Principal:
        """Return the principal, looking the token up in a transaction of its own if that has not been done.

        Raises:
            ProblemException: if the token is unknown, expired or revoked.
        """
        if self.principal is not None:
            return self.principal
        return await store.read(self.look_up)


def defer_authentication(endpoint: Endpoint) -> Endpoint:
    """Mark a GET route that looks the token up itself, in the transaction that reads its data."""
    endpoint.defers_authentication = True  # type: ignore[attr-defined]
    return endpoint


class AuthenticationMiddleware:
    """Answers 401 to requests without a valid token, before their body and parameters are read.

    The principal is left in `request.state.authentication`. A route marked with `defer_authentication` runs first,
    but its response is sent only after the token has been looked up.
    """

    def __init__(self, app: ASGIApp, state: AppState) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            authentication = await self._authenticate(scope)
        except (HTTPException, TasktimerError) as error:
            await _rejection(self._state, error, scope)(scope, receive, send)
            return
        if authentication is not None and authentication.principal is None:
            send = _DeferredSend(self._state, authentication, scope=scope, receive=receive, send=send)
        await self._app(scope, receive, send)

    async def _authenticate(self, scope: Scope) -> Authentication | None:
        """Return the authentication of a request, without a principal if it is deferred; None for a public route."""
        route = _find_route(scope["app"].router, scope)
        scope["route"] = route  # the metrics count rejected requests by route, too
        method = scope.get("method")  # a WebSocket has none
        if method in ("GET", "HEAD") and getattr(route, "path", None) in PUBLIC_PATHS:
            return None
        authentication = self._begin(scope)
        if method != "GET" or not _defers_authentication(route):
            await authentication.authenticate(self._state.store)
        scope.setdefault("state", {})["authentication"] = authentication
        return authentication

    def _begin(self, scope: Scope) -> Authentication:
        now = self._state.now()
        if not self._state.options.needs_token:
            return Authentication("", now, principal=Principal(0, Actor(None, ALL_USERS)))
        return Authentication(_read_secret(scope), now)


class _DeferredSend:
    """Sends the response of a route that defers authentication, or 401 in its place."""

    def __init__(
        self, state: AppState, authentication: Authentication, *, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._state = state
        self._authentication = authentication
        self._scope = scope
        self._receive = receive
        self._send = send
        self._is_refused = False

    async def __call__(self, message: Message) -> None:
        """Send a message of the response if the request is authenticated."""
        if self._authentication.principal is None and not self._is_refused:
            try:
                await self._authentication.authenticate(self._state.store)
            except (HTTPException, TasktimerError) as error:
                self._is_refused = True
                response = _rejection(self._state, error, self._scope)
                await response(self._scope, self._receive, self._send)
        if not self._is_refused:
            await self._send(message)


def _rejection(state: AppState, error: HTTPException | TasktimerError, scope: Scope) -> Response:
    """Return the response for an error; it closes the connection rather than read a large body to its end."""
    response = error_response(state, error)
    headers = Headers(scope=scope)
    announced = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not announced.isdecimal() or int(announced[:20]) > MAX_BODY_BYTES:
        response.headers["Connection"] = "close"
    return response


def _find_route(router: Router, scope: Scope) -> BaseRoute:
    """Return the route that the router will choose.

    Raises:
        HTTPException: if no route has the path (404) or the method (405); such a request is not passed on.
    """
    allowed: set[str] | None = None
    for route in router.routes:
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return route
        if match is Match.PARTIAL and allowed is None:
            allowed = getattr(route, "methods", None) or set()
            scope["route"] = route
    if allowed is None:
        raise HTTPException(404)
    raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})


def _defers_authentication(route: BaseRoute) -> bool:
    return getattr(getattr(route, "endpoint", None), "defers_authentication", False)


def _read_secret(scope: Scope) -> str:
    scheme, _, secret = Headers(scope=scope).get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        detail = "the request has no token"
        hint = "send Authorization: Bearer TOKEN, with the token that tasktimer token create printed"
        raise ProblemException(Problem(401, "missing-token", detail, hint, headers={"WWW-Authenticate": _REALM}))
    return secret.strip()


def _invalid_token() -> ProblemException:
    detail, hint = "the token is unknown, expired or revoked", "ask an administrator for a new token"
    headers = {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
    return ProblemException(Problem(401, "invalid-token", detail, hint, headers=headers))
