"""Errors as problem details (RFC 9457) with a stable code and a hint, and the exception handlers that send them."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, get_args

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from tasktimer.errors import Conflict, InvalidValue, NotFound, StoreMissing, TasktimerError, Unavailable
from tasktimer.server.invalid_fields import describe_errors
from tasktimer.server.state import AppState

MEDIA_TYPE = "application/problem+json"

# Headers of every response: it has the media type that it says, and nothing on the way keeps a copy.
SAFE_HEADERS = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))

STATUSES: dict[type[TasktimerError], HTTPStatus] = {
    InvalidValue: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

# The statuses of errors that have another one than their class.
_STATUSES_OF_CODES = {"task-changed": HTTPStatus.PRECONDITION_FAILED}

_HISTORY = "to list commands with their IDs, send GET /history"

# Hints for errors from services and stores, which do not know the interface that called them. Hints for store errors
# are only logged. Fields in braces are filled in from the error's context.
HINTS = {
    "already-undone": _HISTORY,
    "command-is-reversal": "undo or redo command {reverses} instead",
    "command-not-found": f"{_HISTORY}; only administrators can undo commands of other users",
    "nothing-to-undo": _HISTORY,
    "undo-conflict": "undo first what has changed the task since; to list it, send GET /history?task_id={id}",
    "task-not-found": "to list tasks with their IDs, send GET /tasks",
    "already-stopped": "to change the end of a stopped task, send PATCH /tasks/{id} with an end_time",
    "clock-before-start": "correct the server's clock, or change the start of the task with PATCH /tasks/{id}",
    "already-running": 'to stop it, send POST /stop with {{"id": {id}}}',
    "end-before-start": "use a later end_time",
    "export-overlaps": "add flatten=true to cut a task while another one is running",
    "flatten-and-format": "omit flatten, or use format=timewarrior",
    "spreadsheets-and-format": "omit for_spreadsheets, or use format=csv",
    "import-date-order": "add day_first=true or day_first=false",
    "import-encoding": "add the encoding of the file, such as encoding=latin-1",
    "import-file-invalid": "check that the file is complete; to read it in another format, add the format",
    "import-format-unknown": "add the format of the file, such as format=klog",
    "incompatible-tasks": "to use the same values for both, send PATCH /tasks/ID first",
    "multiple-running": "add the id of one of them; GET /tasks/running lists them",
    "nothing-running": "to start a task, send POST /track",
    "nothing-tracked": "to start a task, send POST /track",
    "store-missing": "to start a task, send POST /track",
    "switch-before-start": "use a later start_time",
    "tasks-not-adjacent": "add max_gap, in seconds, to include the time between them",
    "missing-user": "add user_id",
    "multiple-users": "add user_id",
    "rounding-requires-each": "add each=true to round the time of each task",
    "store-damaged": "stop the server and restore a backup with tasktimer restore",
    "store-no-locks": "move the file to a local disk",
    "store-not-a-file": "serve a regular file",
    "store-read-only": "make the file and its folder writable by the server's user",
    "store-too-new": "upgrade tasktimer, or serve another database",
    "store-too-old": "to upgrade it, run: tasktimer db upgrade, or serve with --migrate",
    "store-unrecognized": "serve another database; this one was not changed",
    "store-unusable": "fix this, or serve another database",
    "too-many-buckets": "use by={larger}, or a shorter range",
    **{f"undecodable-{noun}": "use valid Unicode text" for noun in ("description", "project", "tag", "note")},
}

# After these errors, a retry may succeed.
_TRANSIENT_CODES = ("store-locked", "store-busy", "store-unreachable")

_NOT_ROUTED = {404: "no route has this path", 405: "the route does not accept this method"}

ServerError = HTTPException | RequestValidationError | ClientDisconnect | TasktimerError

log = logging.getLogger("tasktimer.server")


@dataclass(frozen=True, slots=True)
class Problem:
    """The reason why a request failed; `errors` has an entry for each invalid field."""

    status: int
    code: str
    detail: str
    hint: str | None = None
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the problem as a JSON object."""
        return {
            "type": f"urn:tasktimer:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "hint": self.hint,
            **({"errors": self.errors} if self.errors else {}),
        }

    def response(self) -> Response:
        """Return the problem as a response."""
        return Response(to_json(self.body()), self.status, dict(self.headers), media_type=MEDIA_TYPE)


class ProblemException(HTTPException):
    """An error raised by the server itself, for example because of an invalid token or a wrong content type."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status, problem.detail)
        self.problem = problem


def problem_from_error(error: ServerError) -> Problem:
    """Return the problem for an error from the server, the framework, a service or the store."""
    match error:
        case ProblemException():
            return error.problem
        case RequestValidationError():
            return _invalid_request(error)
        case ClientDisconnect():  # only for the log and the metrics
            message = "the client disconnected before the body was complete"
            return Problem(400, "body-incomplete", message, "send the whole body")
        case HTTPException():
            phrase = HTTPStatus(error.status_code).phrase.lower()
            message, code = _NOT_ROUTED.get(error.status_code, phrase), phrase.replace(" ", "-")
            headers = error.headers or {}
            hint = "see /docs for the routes"
            if "Allow" in headers:
                hint = f"use {headers['Allow'].replace(', ', ' or ')}; {hint}"
            return Problem(error.status_code, code, message, hint, headers=headers)
        case Unavailable():
            # The name of the store and the reason are logged, but not disclosed to clients.
            hint = "contact the administrator; details are in the server log"
            if error.code in _TRANSIENT_CODES:
                hint = "retry in a moment; an Idempotency-Key makes retries safe"
            return Problem(503, error.code, "the store is unavailable", hint, headers={"Retry-After": "2"})
    status_of_class = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    status = _STATUSES_OF_CODES.get(error.code, status_of_class)
    # Do not disclose the name of the store, which the message contains.
    message = "nothing has been tracked yet" if isinstance(error, StoreMissing) else error.message
    problem = Problem(status, error.code, message, error.hint or _hint(error))
    return problem if error.item is None else locate_item(problem, error.item)


def locate_item(problem: Problem, index: int) -> Problem:
    """Return a problem that names the item that caused it, by its index in the `tasks` of the body."""
    location = f"body.tasks.{index}"
    errors = [{"location": location, "detail": problem.detail}]
    return replace(problem, detail=f"{location}: {problem.detail}", errors=errors)


def _hint(error: TasktimerError) -> str | None:
    hint = HINTS.get(error.code)
    return hint and hint.format_map(error.context)


def _invalid_request(error: RequestValidationError) -> Problem:
    # Do not repeat the values: a secret may have been sent by mistake.
    errors = [{"location": ".".join(map(str, part["loc"])), "detail": part["msg"]} for part in error.errors()]
    detail = "; ".join(f"{part['location']}: {part['detail']}" for part in errors)
    return Problem(422, "invalid-request", detail, "see /docs", errors)


def problem_response(state: AppState, problem: Problem) -> Response:
    """Count a problem in the metrics, and return the response that reports it."""
    state.metrics.problems.labels(problem.code).inc()
    return problem.response()


def error_response(state: AppState, error: ServerError) -> Response:
    """Return the response to an error; log an error from the store, since the response does not include its details."""
    if isinstance(error, Unavailable):
        hint = error.hint or HINTS.get(error.code)
        log.error("%s%s", error.message, f" ({hint})" if hint else "")
    return problem_response(state, problem_from_error(error))


async def _handle_error(request: Request, error: ServerError) -> Response:
    if isinstance(error, RequestValidationError):
        endpoint = getattr(request.scope.get("route"), "endpoint", None)
        error = RequestValidationError(describe_errors(error.errors(), endpoint))
    return error_response(AppState.of(request.app), error)


EXCEPTION_HANDLERS: dict[Any, Any] = dict.fromkeys(get_args(ServerError), _handle_error)


def json_response(content: object, headers: Mapping[str, str] | None = None) -> Response:
    """Return the content as a JSON response."""
    return Response(to_json(content), headers=headers, media_type="application/json")
