"""Authentication by bearer token, required of every route unless it is listed as public."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Router
from starlette.types import Message, Receive, Scope, Send

from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.errors import TasktimerError
from tasktimer.server.middleware import AppMiddleware, announces_large_body
from tasktimer.server.problem_details import Problem, ProblemException, error_response
from tasktimer.server.state import AppState
from tasktimer.services import tokens
from tasktimer.store.protocols import Store

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

PUBLIC_PATHS = frozenset({"/healthz", "/readyz", "/docs", "/docs/oauth2-redirect", "/openapi.json"})

_REALM = 'Bearer realm="tasktimer"'


class Principal(NamedTuple):
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
    """The token of a request, and the principal once the token has been looked up.

    Raises:
        ProblemException: if the request has no token and needs one.
    """

    def __init__(self, state: AppState, request_headers: Headers) -> None:
        self.now = state.now()
        self.principal = None if state.options.needs_token else Principal(0, Actor(None, ALL_USERS))
        self._store = state.store
        scheme, _, secret = request_headers.get("authorization", "").partition(" ")
        self._secret = secret.strip()
        if self.principal is None and scheme.lower() != "bearer":
            hint = "send Authorization: Bearer TOKEN, with the token that tasktimer token create printed"
            headers = {"WWW-Authenticate": _REALM}
            raise ProblemException(Problem(401, "missing-token", "the request has no token", hint, headers=headers))

    def look_up(self, store: Store) -> Principal:
        """Return the principal, looking the token up on first use, in a transaction that is already open.

        Raises:
            ProblemException: if the token is unknown, expired or revoked.
        """
        if self.principal is None:
            token = tokens.authenticate(store, self._secret, now=self.now)
            if token is None:
                detail, hint = "the token is unknown, expired or revoked", "ask an administrator for a new token"
                headers = {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
                raise ProblemException(Problem(401, "invalid-token", detail, hint, headers=headers))
            self.principal = Principal(token.id, Actor(token.user_id, ALL_USERS if token.admin else token.user_id))
        return self.principal

    async def authenticate(self) -> Principal:
        """Return the principal, looking the token up in a transaction of its own if that has not been done.

        Raises:
            ProblemException: if the token is unknown, expired or revoked.
        """
        return await self._store.read(self.look_up) if self.principal is None else self.principal


def defer_authentication(endpoint: Endpoint) -> Endpoint:
    """Mark a GET route that looks the token up itself, in the transaction that reads its data."""
    endpoint.defers_authentication = True  # type: ignore[attr-defined]
    return endpoint


class AuthenticationMiddleware(AppMiddleware):
    """Answers 401 to requests without a valid token, before their body and parameters are read.

    The principal is left in `request.state.authentication`. A route marked with `defer_authentication` runs first,
    but its response is sent only after the token has been looked up.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_rejected = False

        async def reject(error: HTTPException | TasktimerError) -> None:
            nonlocal is_rejected
            is_rejected = True
            await _rejection(self._state, error, Headers(scope=scope))(scope, receive, send)

        async def send_authenticated(message: Message) -> None:
            try:
                if authentication is not None and not is_rejected:
                    await authentication.authenticate()
            except (HTTPException, TasktimerError) as error:
                await reject(error)
            if not is_rejected:
                await send(message)

        try:
            authentication = None if scope["type"] == "lifespan" else await self._authenticate(scope)
        except (HTTPException, TasktimerError) as error:
            await reject(error)
        else:
            await self._app(scope, receive, send_authenticated)

    async def _authenticate(self, scope: Scope) -> Authentication | None:
        """Return the authentication of a request, without a principal if it is deferred; None for a public route."""
        route = _find_route(scope["app"].router, scope)
        scope["route"] = route  # the metrics count rejected requests by route, too
        method = scope.get("method")  # a WebSocket has none
        if method in ("GET", "HEAD") and getattr(route, "path", None) in PUBLIC_PATHS:
            return None
        authentication = Authentication(self._state, Headers(scope=scope))
        endpoint = getattr(route, "endpoint", None)
        if method != "GET" or not getattr(endpoint, "defers_authentication", False):
            await authentication.authenticate()
        scope.setdefault("state", {})["authentication"] = authentication
        return authentication


def _rejection(state: AppState, error: HTTPException | TasktimerError, headers: Headers) -> Response:
    response = error_response(state, error)
    if "transfer-encoding" in headers or announces_large_body(headers):
        response.headers["Connection"] = "close"  # rather than read a large body to its end
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
