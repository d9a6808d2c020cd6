"""Checks that apply to every route: hosts, origins, the size of bodies, and internal errors."""

import asyncio
import logging

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tasktimer.errors import quote_value
from tasktimer.server.problem_details import Problem, ProblemException
from tasktimer.server.state import AppState

MAX_BODY_BYTES = 64 * 1024
BODY_TIMEOUT = 30

log = logging.getLogger("tasktimer.server")

# Load balancers check these by address.
_ANY_HOST = ("/healthz", "/readyz")


class TrustedHostMiddleware:
    """Rejects requests for other hosts, which prevents DNS rebinding."""

    def __init__(self, app: ASGIApp, allowed_hosts: tuple[str, ...]) -> None:
        self._app = app
        self._names = {host for host in allowed_hosts if not host.startswith("*")}
        self._endings = tuple(host[1:] for host in allowed_hosts if host.startswith("*."))
        self._any = "*" in allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not self._any and scope["path"] not in _ANY_HOST:
            given = Headers(scope=scope).get("host", "")
            host = _without_port(given).lower()
            if host not in self._names and not (self._endings and host.endswith(self._endings)):
                await _refuse(_wrong_host(given), scope, receive, send)
                return
        await self._app(scope, receive, send)


class BodyLimitMiddleware:
    """Rejects a body that is too large or does not arrive in time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        # Not all of its digits: Python refuses to parse more than 4,300.
        if announced.isdecimal() and int(announced[:20]) > MAX_BODY_BYTES:
            await _refuse(_too_large(), scope, receive, send)
            return
        size = 0
        deadline: float | None = asyncio.get_running_loop().time() + BODY_TIMEOUT

        async def receive_limited() -> Message:
            nonlocal size, deadline
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise ProblemException(_too_slow()) from None
            if not message.get("more_body"):
                deadline = None  # the next message is that the client has disconnected
            size += len(message.get("body", b""))
            if size > MAX_BODY_BYTES:
                raise ProblemException(_too_large())
            return message

        await self._app(scope, receive_limited, send)


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


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    await AppState.of(scope["app"]).problem_response(problem)(scope, receive, send)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


# The rest of the body is not read, so that the connection cannot be used again.
_CLOSE = {"Connection": "close"}


def _wrong_host(given: str) -> Problem:
    return Problem(
        400,
        "host-not-allowed",
        f"the host {quote_value(given)} is not served here",
        "allow the host with --allowed-host or TASKTIMER_ALLOWED_HOSTS",
        headers=_CLOSE,
    )


def _too_large() -> Problem:
    message = f"the body has more than {MAX_BODY_BYTES:,} bytes"
    return Problem(413, "body-too-large", message, "send a shorter body", headers=_CLOSE)


def _too_slow() -> Problem:
    message = f"the body did not arrive within {BODY_TIMEOUT} seconds"
    return Problem(408, "request-timeout", message, "send the whole body at once", headers=_CLOSE)


class InternalErrorMiddleware:
    """Answers an unexpected exception with 500 and logs it.

    If it reached uvicorn, uvicorn would close the connection, and requests that the client has pipelined would be lost.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        has_started = False

        async def send_watched(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, send_watched)
        except Exception:
            if (
                has_started or scope["type"] != "http"
            ):  # closing the connection is the only way to show that the response is incomplete
                raise
            log.exception("internal error")
            await AppState.of(scope["app"]).problem_response(_internal_error())(scope, receive, send)


def _internal_error() -> Problem:
    return Problem(500, "internal-error", "internal server error", "see the server log")
