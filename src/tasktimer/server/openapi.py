"""What FastAPI cannot derive for the OpenAPI document: problem details, and the headers of responses."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from tasktimer.server.problem_details import MEDIA_TYPE, Problem


class InvalidField(BaseModel):
    """A field of the request that is invalid."""

    location: Annotated[str, Field(description="Where the field is.", examples=["body.user_id", "query.date"])]
    detail: Annotated[str, Field(description="Why it is invalid.", examples=["Field required"])]


class ProblemDetails(BaseModel):
    """Why a request failed (RFC 9457)."""

    type: Annotated[str, Field(description="A URN made of `code`.", examples=["urn:tasktimer:problem:already-stopped"])]
    title: Annotated[str, Field(description="The name of the status.", examples=["Conflict"])]
    status: Annotated[int, Field(description="The HTTP status.", examples=[409])]
    detail: Annotated[str, Field(description="What went wrong, for people.", examples=["task 7 is already stopped"])]
    code: Annotated[str, Field(description="What went wrong, for programs.", examples=["already-stopped"])]
    hint: Annotated[
        str | None, Field(description="What to do about it.", examples=["a stopped task keeps its end_time"])
    ]
    errors: Annotated[
        list[InvalidField] | None, Field(description="One entry for each invalid field; only with `invalid-request`.")
    ] = None


def extend_document(app: FastAPI) -> None:
    """Add the schemas of problem details, which are not sent as `application/json`, to the document of an application.

    FastAPI describes a model in `responses` with the media type of the route's own response.
    """
    build = app.openapi
    schema = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = {**schema.pop("$defs"), "ProblemDetails": schema}

    def openapi() -> dict[str, Any]:
        document = build()
        document["components"]["schemas"].update(schemas)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def operation_id(route: APIRoute) -> str:
    """Return the name of the route's function, which is the name of the function in generated clients, too."""
    return route.name


def describe_responses(*statuses: int, headers: Sequence[str] = ()) -> dict[int | str, dict[str, Any]]:
    """Return the problems that a route may answer with, those of every route included, and the headers of success."""
    responses: dict[int | str, dict[str, Any]] = {}
    if headers:
        responses[200] = {"headers": {name: _HEADERS[name] for name in headers}}
    return responses | {status: _PROBLEMS[status] for status in sorted({*statuses, 400, 500})}


_HEADERS = {
    name: {"description": description, "schema": {"type": "string"}, "example": example}
    for name, description, example in (
        ("Location", "The path of the task.", "/tasks/7"),
        ("Idempotent-Replayed", "Sent if this is the stored response of an earlier request.", "true"),
        ("Retry-After", "After how many seconds to retry.", "2"),
        ("WWW-Authenticate", "The authentication scheme.", 'Bearer realm="tasktimer"'),
    )
}

_HEADERS_OF_STATUS = {401: "WWW-Authenticate", 503: "Retry-After"}


def _describe(problem: Problem) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    described: dict[str, Any] = {
        "description": HTTPStatus(problem.status).phrase,
        "content": {MEDIA_TYPE: {"schema": schema, "example": problem.body()}},
    }
    if header := _HEADERS_OF_STATUS.get(problem.status):
        described["headers"] = {header: _HEADERS[header]}
    return described


_PROBLEMS = {
    problem.status: _describe(problem)
    for problem in (
        Problem(400, "host-not-allowed", "the host 'evil.example' is not served here", "start the server with …"),
        Problem(401, "missing-token", "the request has no token", "send Authorization: Bearer TOKEN …"),
        Problem(403, "user-not-allowed", "this token acts for user 1, not for user 42", "use a token of that user …"),
        Problem(404, "task-not-found", "there is no task 7", "GET /tasks?user_id=42 lists the tasks with their IDs"),
        Problem(408, "request-timeout", "the body did not arrive within 30 seconds", "send the whole body at once"),
        Problem(
            409,
            "already-stopped",
            "task 7 is already stopped: it ended at 2023-07-16 10:00",
            "a stopped task keeps its end_time",
        ),
        Problem(413, "body-too-large", "the body has more than 65,536 bytes", "send a shorter body"),
        Problem(415, "unsupported-media-type", "the content type is 'text/plain'", "send JSON, with Content-Type: …"),
        Problem(422, "invalid-user", "invalid user '0'", "use an integer from 1 to 9223372036854775807"),
        Problem(500, "internal-error", "internal server error", "see the server log"),
        Problem(503, "store-locked", "the store is unavailable", "retry in a moment …"),
    )
}
