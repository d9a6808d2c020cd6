"""What every request passes before it reaches a route: its Host is one of ours, its body comes whole and is small."""

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

# A load balancer asks for these by address.
_ANY_HOST = ("/healthz", "/readyz")


class TrustedHostMiddleware:
    """Refuses requests for other hosts: a page of another site cannot reach this server under a name of its own."""

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
    """Refuses a body that is too large, or does not come."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        # Of its digits as many as say enough: Python refuses to read thousands.
        if announced.isdecimal() and int(announced[:20]) > MAX_BODY_BYTES:
            await _refuse(_too_large(), scope, receive, send)
            return
        size = 0
        deadline: float | None = asyncio.get_running_loop().time() + BODY_TIMEOUT

        async def bounded() -> Message:
            nonlocal size, deadline
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise ProblemException(_too_slow()) from None
            if not message.get("more_body"):
                deadline = None  # what comes now is that the client has gone, some day
            size += len(message.get("body", b""))
            if size > MAX_BODY_BYTES:
                raise ProblemException(_too_large())
            return message

        await self._app(scope, bounded, send)


class ProblemCORSMiddleware(CORSMiddleware):
    """Tells a browser which sites' pages may ask; a refusal looks like all others."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer a browser that asks whether a page may ask."""
        response = super().preflight_response(request_headers)
        if response.status_code == 200:
            return response
        kept = {name: text for name, text in response.headers.items() if name.startswith(("vary", "access-control-"))}
        hint = "for a page of another site start the server with --cors-origin ORIGIN, or TASKTIMER_CORS_ORIGINS"
        message = bytes(response.body).decode()
        return Problem(400, "cors-not-allowed", message[:1].lower() + message[1:], hint, headers=kept).response()


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    await AppState.of(scope["app"]).problem_response(problem)(scope, receive, send)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


# After a refusal of these the rest of the body is not read: the connection ends.
_CLOSE = {"Connection": "close"}


def _wrong_host(given: str) -> Problem:
    return Problem(
        400,
        "host-not-allowed",
        f"the host {quote_value(given)} is not served here",
        "start the server with --allowed-host NAME, or TASKTIMER_ALLOWED_HOSTS",
        headers=_CLOSE,
    )


def _too_large() -> Problem:
    message = f"the body has more than {MAX_BODY_BYTES:,} bytes"
    return Problem(413, "body-too-large", message, "send a shorter one", headers=_CLOSE)


def _too_slow() -> Problem:
    message = f"the body did not come within {BODY_TIMEOUT} seconds"
    return Problem(408, "request-timeout", message, "send the whole body at once", headers=_CLOSE)


log = logging.getLogger("tasktimer.server")


class InternalErrorMiddleware:
    """Answers an unexpected error with 500 and logs it, so that the connection stays open.

    uvicorn closes the connection of an error that reaches it, and a request that the client has sent by then is lost.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_answered = False

        async def watched(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if is_answered or scope["type"] != "http":  # what is missing of an answer can only be shown by closing
                raise
            log.exception("internal error")
            await AppState.of(scope["app"]).problem_response(_internal_error())(scope, receive, send)


def _internal_error() -> Problem:
    return Problem(500, "internal-error", "the server made a mistake", "its log says which")
