"""Every refusal in one shape: problem details (RFC 9457) with a stable code and a hint."""

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

# What to do, where the verbs do not know it: they do not know through which door they were asked.
HINTS = {
    "task-not-found": "GET /tasks?user_id=42 lists the tasks with their ids",
    "already-stopped": "its end stays as it is",
    "clock-before-start": "correct the clock of the server, or the start of the task: tasktimer edit",
    "end-before-start": "give a later end_time",
}

# What may be over in a moment by itself.
_TRANSIENT_CODES = ("store-locked", "store-busy", "store-unreachable")

_RETRY_AFTER = "2"


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal as HTTP tells it; `errors` names the parts of a request that cannot be."""

    status: int
    code: str
    detail: str
    hint: str | None = None
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """What the client reads."""
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
        """What the client gets."""
        return Response(to_json(self.body()), self.status, dict(self.headers), media_type=MEDIA_TYPE)


class ProblemException(HTTPException):
    """A request that the door itself refuses: the wrong token, the wrong type of content."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status, problem.detail)
        self.problem = problem


def problem_from_error(error: TasktimerError) -> Problem:
    """The problem for what a verb or the store refused."""
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    if isinstance(error, Unavailable):
        # The log says which store and why; a client could do nothing with it but learn of the inside.
        return Problem(
            status,
            error.code,
            "the store cannot be used at the moment",
            "try again in a moment; with an Idempotency-Key nothing is done twice"
            if error.code in _TRANSIENT_CODES
            else "somebody has to mend it; the log of the server says what",
            headers={"Retry-After": _RETRY_AFTER},
        )
    return Problem(status, error.code, error.message, error.hint or HINTS.get(error.code))


def json_response(content: object) -> Response:
    """What a client gets that is not refused."""
    return Response(to_json(content), media_type="application/json")
