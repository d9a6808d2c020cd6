"""Middleware for every route: monitoring, trusted hosts, CORS and limits on bodies."""

import asyncio
import logging
import time

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tasktimer.errors import quote_value
from tasktimer.server.problem_details import Problem, ProblemException, problem_response
from tasktimer.server.state import AppState

MAX_BODY_BYTES = 64 * 1024

# Load balancers check these by address.
_ANY_HOST = ("/healthz", "/readyz")

# The rest of the body is not read, so that the connection cannot be used again.
_CLOSE = {"Connection": "close"}

log = logging.getLogger("tasktimer.server")


class AppMiddleware:
    """An ASGI middleware that knows the state of the application."""

    def __init__(self, app: ASGIApp, state: AppState) -> None:
        self._app = app
        self._state = state


class MonitoringMiddleware(AppMiddleware):
    """Counts requests in the metrics, and logs unexpected exceptions and answers them with 500.

    If they reached uvicorn, uvicorn would close the connection, and requests that the client has pipelined would be
    lost.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status = None

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_watched)
        except Exception:
            if status is not None:  # closing the connection is the only way to show that the response is incomplete
                raise
            log.exception("internal error")
            problem = Problem(500, "internal-error", "internal server error", "see the server log")
            await problem_response(self._state, problem)(scope, receive, send_watched)
        finally:
            self._state.metrics.count_request(scope, status or 500, time.perf_counter() - start)


class TrustedHostMiddleware(AppMiddleware):
    """Rejects requests for other hosts, which prevents DNS rebinding."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        given = Headers(scope=scope).get("host", "") if scope["type"] == "http" else None
        if given is None or scope["path"] in _ANY_HOST or self._allows(given):
            await self._app(scope, receive, send)
            return
        message = f"the host {quote_value(given)} is not served here"
        hint = "allow the host with --allowed-host or TASKTIMER_ALLOWED_HOSTS"
        problem = Problem(400, "host-not-allowed", message, hint, headers=_CLOSE)
        await problem_response(self._state, problem)(scope, receive, send)

    def _allows(self, given: str) -> bool:
        name, colon, port = given.lower().rpartition(":")
        host = name if colon and port.isdecimal() else given.lower()
        allowed_hosts = self._state.options.allowed_hosts
        suffixes = tuple(allowed[1:] for allowed in allowed_hosts if allowed.startswith("*"))  # "*" has an empty one
        return host in allowed_hosts or host.endswith(suffixes)


class BodyLimitMiddleware(AppMiddleware):
    """Rejects a body that is too large or does not arrive in time."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if announces_large_body(Headers(scope=scope)):
            await problem_response(self._state, _body_too_large())(scope, receive, send)
            return
        size = 0
        timeout = self._state.options.body_timeout
        deadline: float | None = asyncio.get_running_loop().time() + timeout

        async def receive_limited() -> Message:
            nonlocal size, deadline
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                detail = f"the body did not arrive within {timeout:g} seconds"
                raise ProblemException(
                    Problem(408, "request-timeout", detail, "send the whole body at once", headers=_CLOSE)
                ) from None
            if not message.get("more_body"):
                deadline = None  # the next message is that the client has disconnected
            size += len(message.get("body", b""))
            if size > MAX_BODY_BYTES:
                raise ProblemException(_body_too_large())
            return message

        await self._app(scope, receive_limited, send)


def _body_too_large() -> Problem:
    detail = f"the body has more than {MAX_BODY_BYTES:,} bytes"
    return Problem(413, "body-too-large", detail, "send a shorter body", headers=_CLOSE)


def announces_large_body(headers: Headers) -> bool:
    """Return whether the Content-Length is over the limit."""
    announced = headers.get("content-length", "0")
    # Not all of its digits: Python refuses to parse more than 4,300.
    return not announced.isdecimal() or int(announced[:20]) > MAX_BODY_BYTES


class ProblemCORSMiddleware(CORSMiddleware):
    """CORS with problem details as errors."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """Return the response to a preflight request."""
        response = super().preflight_response(request_headers)
        if response.status_code == 200:
            return response
        kept = {name: text for name, text in response.headers.items() if name.startswith(("vary", "access-control-"))}
        hint = "allow the origin with --cors-origin or TASKTIMER_CORS_ORIGINS"
        message = bytes(response.body).decode()
        return Problem(400, "cors-not-allowed", message[:1].lower() + message[1:], hint, headers=kept).response()
