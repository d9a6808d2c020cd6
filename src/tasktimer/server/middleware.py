"""Middleware for every route: trusted hosts, CORS and authentication."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tasktimer.errors import TasktimerError, quote_value
from tasktimer.server.app_middleware import AppMiddleware
from tasktimer.server.authentication import PUBLIC_PATHS, looks_up_token
from tasktimer.server.body_limit import CLOSE, MAX_BODY_BYTES, announces_large_body
from tasktimer.server.dependencies import RequestContext
from tasktimer.server.headers import header_values
from tasktimer.server.problem_details import Problem, error_response, problem_response
from tasktimer.server.root_path import requested_path
from tasktimer.server.state import AppState

# Load balancers request these paths by IP address.
_ANY_HOST = ("/healthz", "/readyz")


class TrustedHostMiddleware(AppMiddleware):
    """Middleware that prevents DNS rebinding by rejecting requests for hosts that are not allowed."""

    def __init__(self, app: ASGIApp, state: AppState) -> None:
        super().__init__(app, state)
        self._names = frozenset(state.options.allowed_hosts)
        # The host "*" becomes the empty suffix, which matches any name.
        self._suffixes = tuple(name[1:] for name in self._names if name.startswith("*"))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = self._find_problem(scope, [host.decode("latin-1") for host in header_values(scope, b"host")])
        answer = self._app if problem is None else problem_response(self._state, problem)
        await answer(scope, receive, send)

    def _find_problem(self, scope: Scope, hosts: Sequence[str]) -> Problem | None:
        if len(hosts) > 1:
            # A proxy may have checked one of the hosts, and the program another.
            hint = "send one Host header, and no other host in the request line"
            return Problem(400, "ambiguous-host", "the request names more than one host", hint, headers=CLOSE)
        host = hosts[0] if hosts else ""
        if self._allows(host.lower()) or requested_path(scope) in _ANY_HOST:
            return None
        hint = "allow the host with --allowed-host or TASKTIMER_ALLOWED_HOSTS"
        return Problem(400, "host-not-allowed", f"the host {quote_value(host)} is not allowed", hint, headers=CLOSE)

    def _allows(self, host: str) -> bool:
        name, colon, port = host.rpartition(":")
        name = name if colon and port.isdecimal() else host
        return name in self._names or name.endswith(self._suffixes)


class ProblemCORSMiddleware(CORSMiddleware):
    """CORS middleware that reports errors as problem details."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """Return the response to a preflight request."""
        response = super().preflight_response(request_headers)
        if response.status_code == 200:
            return response
        kept = {name: text for name, text in response.headers.items() if name.startswith(("vary", "access-control-"))}
        message, hint = bytes(response.body).decode(), "allow the origin with --cors-origin or TASKTIMER_CORS_ORIGINS"
        return Problem(400, "cors-not-allowed", message[:1].lower() + message[1:], hint, headers=kept).response()


class AuthenticationMiddleware(AppMiddleware):
    """Middleware that responds with 401 to a request without a valid token, before its body and parameters are read.

    The middleware stores the request context in `request.state.context`. A route marked with
    `defer_authentication` runs before the token is looked up, but its response is sent only afterwards.
    """

    _scope_types = ("http", "websocket")

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            context = await self._authenticate(scope)
        except (HTTPException, TasktimerError) as error:
            await self._rejection(error, scope)(scope, receive, send)
            return
        await self._app(scope, receive, send if context is None else self._guard(context, scope, receive, send))

    def _guard(self, context: RequestContext, scope: Scope, receive: Receive, send: Send) -> Send:
        """Return a function that sends a response only if the token is valid, and otherwise sends 401 instead."""
        is_valid: bool | None = None

        async def send_authenticated(message: Message) -> None:
            nonlocal is_valid
            if is_valid is None:
                try:
                    await context.authenticate()
                    is_valid = True
                except (HTTPException, TasktimerError) as error:
                    is_valid = False
                    await self._rejection(error, scope)(scope, receive, send)
            if is_valid:
                await send(message)

        return send_authenticated

    def _rejection(self, error: HTTPException | TasktimerError, scope: Scope) -> Response:
        response, headers = error_response(self._state, error), Headers(scope=scope)
        if "transfer-encoding" in headers or announces_large_body(headers, MAX_BODY_BYTES, otherwise=True):
            response.headers["Connection"] = "close"  # avoids reading a large body to its end
        return response

    async def _authenticate(self, scope: Scope) -> RequestContext | None:
        """Return the request context, or None for a public route; look up the token unless the route defers this."""
        route = scope["app"].select_route(scope)
        method = scope.get("method")  # a WebSocket has no method
        if method in ("GET", "HEAD") and getattr(route, "path", None) in PUBLIC_PATHS:
            return None
        context = RequestContext(self._state, scope)
        if not looks_up_token(method, getattr(route, "endpoint", None)):
            await context.authenticate()
        scope.setdefault("state", {})["context"] = context
        return context
