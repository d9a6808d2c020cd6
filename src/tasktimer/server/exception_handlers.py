"""Exceptions of routes, services and the framework as problem details."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from tasktimer.errors import TasktimerError, Unavailable
from tasktimer.server.problem_details import Problem, ProblemException, problem_from_error
from tasktimer.server.state import AppState

_NOT_ROUTED = {404: "no route has this path", 405: "the route does not accept this method"}

log = logging.getLogger("tasktimer.server")


def error_response(state: AppState, error: HTTPException | TasktimerError) -> Response:
    """Return the response for an error; one of the store is logged, since the response does not name the store."""
    if isinstance(error, ProblemException):
        return state.problem_response(error.problem)
    if isinstance(error, HTTPException):
        return state.problem_response(_problem_from_http_exception(error))
    if isinstance(error, Unavailable):
        log.error("%s (%s)", error.message, error.hint)
    return state.problem_response(problem_from_error(error))


async def handle_error(request: Request, error: Exception) -> Response:
    """Return the response for an error of a route, a service, the store or the framework."""
    assert isinstance(error, HTTPException | TasktimerError)
    return error_response(AppState.of(request.app), error)


async def handle_validation_error(request: Request, error: Exception) -> Response:
    """Return the response for a request that does not match the declared parameters."""
    assert isinstance(error, RequestValidationError)
    # Values are not repeated: one may be a secret that was sent by mistake.
    errors = [{"location": ".".join(map(str, part["loc"])), "detail": part["msg"]} for part in error.errors()]
    detail = "; ".join(f"{part['location']}: {part['detail']}" for part in errors)
    return AppState.of(request.app).problem_response(Problem(422, "invalid-request", detail, "see /docs", errors))


async def handle_disconnect(request: Request, error: Exception) -> Response:
    """Return a response for the log and the metrics; the client that it is for has gone."""
    assert isinstance(error, ClientDisconnect)
    message = "the client disconnected before the body was complete"
    return AppState.of(request.app).problem_response(Problem(400, "body-incomplete", message, "send the whole body"))


def _problem_from_http_exception(error: HTTPException) -> Problem:
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "-")
    message = _NOT_ROUTED.get(error.status_code, phrase.lower())
    return Problem(error.status_code, code, message, "see /docs for the routes", headers=error.headers or {})


EXCEPTION_HANDLERS: dict[Any, Any] = {
    HTTPException: handle_error,
    TasktimerError: handle_error,
    RequestValidationError: handle_validation_error,
    ClientDisconnect: handle_disconnect,
}
