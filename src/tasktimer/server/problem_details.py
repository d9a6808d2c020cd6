"""Errors as problem details (RFC 9457) with a stable code and a hint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tasktimer.errors import Conflict, InvalidValue, NotFound, TasktimerError, Unavailable

MEDIA_TYPE = "application/problem+json"

STATUSES: dict[type[TasktimerError], HTTPStatus] = {
    InvalidValue: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

# Hints for errors of services, which do not know that they are called over HTTP.
HINTS = {
    "task-not-found": "GET /tasks?user_id=42 lists the tasks with their IDs",
    "already-stopped": "a stopped task keeps its end_time",
    "clock-before-start": "correct the clock of the server, or the start of the task with tasktimer edit",
    "end-before-start": "use a later end_time",
}

# Errors that a retry may not meet again.
_TRANSIENT_CODES = ("store-locked", "store-busy", "store-unreachable")

_RETRY_AFTER = "2"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request failed; `errors` has an entry for each invalid field."""

    status: int
    code: str
    detail: str
    hint: str | None = None
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the members of the JSON object."""
        found: dict[str, Any] = {
            "type": f"urn:tasktimer:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "hint": self.hint,
        }
        return {**found, "errors": self.errors} if self.errors else found

    def response(self) -> Response:
        """Return the response to send."""
        return Response(to_json(self.body()), self.status, dict(self.headers), media_type=MEDIA_TYPE)


class ProblemException(HTTPException):
    """An error of the server itself, such as an invalid token or the wrong content type."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status, problem.detail)
        self.problem = problem


def problem_from_error(error: TasktimerError) -> Problem:
    """Return the problem for an error of a service or the store."""
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    if isinstance(error, Unavailable):
        # Which store it is, and why it cannot be used, is in the log and not disclosed to clients.
        return Problem(
            status,
            error.code,
            "the store is unavailable",
            "retry in a moment; with an Idempotency-Key nothing is done twice"
            if error.code in _TRANSIENT_CODES
            else "contact the administrator; details are in the server log",
            headers={"Retry-After": _RETRY_AFTER},
        )
    return Problem(status, error.code, error.message, error.hint or HINTS.get(error.code))


def json_response(content: object) -> Response:
    """Return a JSON response."""
    return Response(to_json(content), media_type="application/json")
