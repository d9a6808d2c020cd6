"""Middleware for every route: trusted hosts, CORS, authentication and limits on request bodies."""

import asyncio
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tasktimer.errors import TasktimerError, quote_value
from tasktimer.server.app_middleware import AppMiddleware
from tasktimer.server.authentication import PUBLIC_PATHS, looks_up_token
from tasktimer.server.body_limit import (
    CLOSE,
    MAX_BODY_BYTES,
    announces_large_body,
    body_too_large,
    find_compression,
    has_body,
    max_body_bytes,
)
from tasktimer.server.dependencies import RequestContext
from tasktimer.server.headers import header_values
from tasktimer.server.problem_details import Problem, ProblemException, error_response, problem_response
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
        is_rejected = False

        async def reject(error: HTTPException | TasktimerError) -> None:
            nonlocal is_rejected
            is_rejected = True
            await self._rejection(error, Headers(scope=scope))(scope, receive, send)

        async def send_authenticated(message: Message) -> None:
            try:
                if context is not None and not is_rejected:
                    await context.authenticate()
            except (HTTPException, TasktimerError) as error:
                await reject(error)
            if not is_rejected:
                await send(message)

        try:
            context = await self._authenticate(scope)
        except (HTTPException, TasktimerError) as error:
            await reject(error)
        else:
            await self._app(scope, receive, send_authenticated)

    def _rejection(self, error: HTTPException | TasktimerError, headers: Headers) -> Response:
        response = error_response(self._state, error)
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


class BodyLimitMiddleware(AppMiddleware):
    """Middleware that rejects a request body that is compressed, too large or does not arrive in time.

    Each 64 KiB of a body may take as long as a whole body of that size.
    """

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not has_body(scope):
            await self._app(scope, receive, send)
            return
        headers, limit = Headers(scope=scope), max_body_bytes(scope)
        problem = find_compression(headers) or (body_too_large(limit) if announces_large_body(headers, limit) else None)
        if problem is not None:
            await problem_response(self._state, problem)(scope, receive, send)
            return
        size = 0
        timeout = self._state.options.body_timeout
        loop = asyncio.get_running_loop()
        deadline: float | None = loop.time() + timeout

        async def receive_limited() -> Message:
            nonlocal size, deadline
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                detail = f"the body is sent too slowly: less than {MAX_BODY_BYTES // 1024} KiB in {timeout:g} seconds"
                hint = "send the whole body at once"
                raise ProblemException(Problem(408, "request-timeout", detail, hint, headers=CLOSE)) from None
            if not message.get("more_body"):
                deadline = None  # the next message reports that the client has disconnected
            before, size = size, size + len(message.get("body", b""))
            if size > limit:
                raise ProblemException(body_too_large(limit))
            if deadline is not None and size // MAX_BODY_BYTES > before // MAX_BODY_BYTES:
                deadline = loop.time() + timeout
            return message

        await self._app(scope, receive_limited, send)
