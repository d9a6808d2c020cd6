"""Limits on the size and the time of request bodies, and the encoding that they must have."""

import asyncio
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from tasktimer.errors import quote_value
from tasktimer.server.app_middleware import AppMiddleware
from tasktimer.server.authentication import Endpoint
from tasktimer.server.problem_details import Problem, ProblemException, problem_response

MAX_BODY_BYTES = 64 * 1024

# A request without the first two has no body.
_BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding", b"content-encoding"})

# The rest of the body is not read, so the connection cannot be reused.
CLOSE = {"Connection": "close"}


def limit_body(size: int) -> Callable[[Endpoint], Endpoint]:
    """Set the largest number of bytes in a body for an endpoint, instead of MAX_BODY_BYTES."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.max_body_bytes = size  # type: ignore[attr-defined]
        return endpoint

    return mark


def max_body_bytes(scope: Scope) -> int:
    """Return the largest number of bytes in a body for the route of a request."""
    endpoint = getattr(scope.get("route"), "endpoint", None)
    limit: int = getattr(endpoint, "max_body_bytes", MAX_BODY_BYTES)
    return limit


def has_body(scope: Scope) -> bool:
    """Return whether a request may have a body."""
    return any(name in _BODY_HEADERS for name, _ in scope["headers"])


def announces_large_body(headers: Headers, limit: int, *, otherwise: bool = False) -> bool:
    """Return whether the Content-Length exceeds a limit, or `otherwise` if it is not a number."""
    announced = headers.get("content-length", "0")
    # Parse only the first digits: Python raises ValueError for more than 4,300.
    return int(announced[:20]) > limit if announced.isdecimal() else otherwise


def body_too_large(limit: int) -> Problem:
    """Return the problem for a body that is larger than this number of bytes."""
    detail = f"the body is larger than {limit:,} bytes"
    return Problem(413, "body-too-large", detail, "send a smaller body", headers=CLOSE)


def find_compression(headers: Headers) -> Problem | None:
    """Return the problem for a compressed body, which the limits on its size would not cover, or None."""
    codings = ",".join(headers.getlist("content-encoding")).split(",")
    coding = next((coding.strip() for coding in codings if coding.strip().lower() not in ("", "identity")), None)
    if coding is None:
        return None
    detail, hint = f"the body has the content encoding {quote_value(coding)}", "send the body without compression"
    return Problem(415, "unsupported-content-encoding", detail, hint, headers={**CLOSE, "Accept-Encoding": "identity"})


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
        await self._app(scope, _LimitedBody(scope, receive, limit, self._state.options.body_timeout).receive, send)


class _LimitedBody:
    def __init__(self, scope: Scope, receive: Receive, limit: int, timeout: float) -> None:
        self._state = scope["state"]
        self._receive = receive
        self._limit = limit
        self._timeout = timeout
        self._size = 0
        self._deadline: float | None = asyncio.get_running_loop().time() + timeout

    async def receive(self) -> Message:
        """Return the next part; raise ProblemException if it arrives too late or makes the body too large."""
        # Setting a timeout takes several times as long as reading a body that has already arrived.
        message = await (self._receive() if self._state.get("is_complete") else self._receive_in_time())
        before, self._size = self._size, self._size + len(message.get("body", b""))
        if self._size > self._limit:
            raise ProblemException(body_too_large(self._limit))
        if not message.get("more_body"):
            self._deadline = None  # the next message reports that the client has disconnected
        elif self._size // MAX_BODY_BYTES > before // MAX_BODY_BYTES:
            self._deadline = asyncio.get_running_loop().time() + self._timeout
        return message

    async def _receive_in_time(self) -> Message:
        try:
            async with asyncio.timeout_at(self._deadline):
                return await self._receive()
        except TimeoutError:
            least = MAX_BODY_BYTES // 1024
            detail = f"the body is sent too slowly: less than {least} KiB in {self._timeout:g} seconds"
            hint = "send the whole body at once"
            raise ProblemException(Problem(408, "request-timeout", detail, hint, headers=CLOSE)) from None
