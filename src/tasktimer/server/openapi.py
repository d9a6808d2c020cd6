"""The parts of the OpenAPI document that FastAPI cannot derive: problem details and response headers."""

from collections.abc import Sequence
from http import HTTPStatus
from operator import attrgetter
from typing import Any

from fastapi import FastAPI

from tasktimer.server.problem_details import HINTS, MEDIA_TYPE, Problem
from tasktimer.server.schemas import ProblemDetails

# The operation ID of a route is the name of its function; generated clients name their functions after it.
operation_id = attrgetter("name")


def extend_document(app: FastAPI) -> None:
    """Add the schemas for problem details to an application's OpenAPI document.

    If the schemas were passed as models in `responses`, FastAPI would describe them with the media type of the route's
    own response, not with that of problem details.
    """
    build = app.openapi
    schema = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = {**schema.pop("$defs"), "ProblemDetails": schema}

    def openapi() -> dict[str, Any]:
        document = build()
        document["components"]["schemas"].update(schemas)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def describe_responses(
    *statuses: int, headers: Sequence[str] = (), has_csv: bool = False
) -> dict[int | str, dict[str, Any]]:
    """Describe a route's responses: problems with these statuses, 400 and 500, and the headers of a 200 response.

    With `has_csv`, a 200 response can also be CSV. The document says so in words only: for two media types, generated
    clients would return a union of both types.
    """
    responses: dict[int | str, dict[str, Any]] = {}
    if headers:
        responses[200] = {"headers": {name: _HEADERS[name] for name in headers}}
    if has_csv:
        description = "Successful response; CSV, with a header, if the request prefers `Accept: text/csv`."
        responses.setdefault(200, {})["description"] = description
    return responses | {status: _PROBLEMS[status] for status in sorted({*statuses, 400, 500})}


_HEADERS = {
    name: {"description": description, "schema": {"type": "string"}, "example": example}
    for name, description, example in (
        ("Location", "The path of the task.", "/tasks/7"),
        ("ETag", "The version of the task, for `If-Match` and `If-None-Match`.", '"5f1c3a0b9d8e7f6a5b4c3d2e1f0a9b8c"'),
        ("Content-Disposition", "The usual name of a file in this format.", 'attachment; filename="tasks.csv"'),
        ("Tasktimer-Losses", "What the format has no place for, and for how many tasks.", "note=312, user=2"),
        ("Link", "The next page, relative to this one; absent on the last page.", '<?limit=100&after=0.1>; rel="next"'),
        ("Vary", "The response depends on `Accept`.", "Accept"),
        ("Idempotent-Replayed", "Present if this is the stored response to an earlier request.", "true"),
        ("Retry-After", "The number of seconds to wait before a retry.", "2"),
        ("WWW-Authenticate", "The authentication scheme.", 'Bearer realm="tasktimer"'),
    )
}

NOT_MODIFIED: dict[str, Any] = {
    "description": "The task has not changed; the response has no body.",
    "headers": {"ETag": _HEADERS["ETag"]},
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
        Problem(400, "host-not-allowed", "the host 'evil.example' is not allowed", "allow it with --allowed-host …"),
        Problem(401, "missing-token", "the request has no token", "send Authorization: Bearer TOKEN …"),
        Problem(403, "user-not-allowed", "this token acts for user 1, not for user 42", "use a token for user 42 …"),
        Problem(404, "task-not-found", "there is no task 7", HINTS["task-not-found"]),
        Problem(
            408,
            "request-timeout",
            "the body is sent too slowly: less than 64 KiB in 30 seconds",
            "send the whole body at once",
        ),
        Problem(
            409,
            "already-stopped",
            "task 7 is already stopped: it ended at 10:00",
            HINTS["already-stopped"].format(id=7),
        ),
        Problem(412, "task-changed", "task 7 has changed since it was read", "read the task again, then repeat …"),
        Problem(413, "body-too-large", "the body is larger than 65,536 bytes", "send a smaller body"),
        Problem(415, "unsupported-media-type", "the content type is 'text/plain'", "send JSON, with Content-Type: …"),
        Problem(422, "invalid-user", "invalid user '0'", "use an integer from 1 to 9223372036854775807"),
        Problem(500, "internal-error", "internal server error", "see the server log"),
        Problem(503, "store-locked", "the store is unavailable", "retry in a moment …"),
    )
}
