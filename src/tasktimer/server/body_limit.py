"""Limits on the size of request bodies, and the encoding that they must have."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import Scope

from tasktimer.errors import quote_value
from tasktimer.server.authentication import Endpoint
from tasktimer.server.problem_details import Problem

MAX_BODY_BYTES = 64 * 1024

# Only a request with one of the first two has a body.
_OF_BODIES = frozenset({b"content-length", b"transfer-encoding", b"content-encoding"})

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
    return any(name in _OF_BODIES for name, _ in scope["headers"])


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
