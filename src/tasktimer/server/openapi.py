"""How OpenAPI describes refusals: their shape, and an example of each status."""

from http import HTTPStatus
from typing import Annotated, Any

from pydantic import BaseModel, Field

from tasktimer.server.problem_details import MEDIA_TYPE, Problem


class ProblemDetails(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: Annotated[str, Field(examples=["urn:tasktimer:problem:already-stopped"])]
    title: str
    status: int
    detail: str
    code: Annotated[str, Field(description="Stable: what programs can rely on.", examples=["already-stopped"])]
    hint: Annotated[str | None, Field(description="What to do.")]
    errors: Annotated[list[dict[str, str]], Field(description="The parts of the request that cannot be.")] = []


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals that a route may answer with, for OpenAPI."""
    return {status: _EXAMPLES[status] for status in sorted({*statuses, 400, 500})}


def _example(problem: Problem) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    content = {MEDIA_TYPE: {"schema": schema, "example": problem.body()}}
    return {"description": HTTPStatus(problem.status).phrase, "content": content}


_EXAMPLES = {
    problem.status: _example(problem)
    for problem in (
        Problem(400, "host-not-allowed", "the host 'evil.example' is not served here", "start the server with …"),
        Problem(401, "token-missing", "the request carries no token", "send Authorization: Bearer TOKEN …"),
        Problem(403, "not-your-user", "this token acts for user 1, not for user 42", "use a token of that user …"),
        Problem(404, "task-not-found", "there is no task 7", "GET /tasks?user_id=42 lists the tasks with their ids"),
        Problem(408, "body-too-slow", "the body did not come within 30 seconds", "send the whole body at once"),
        Problem(409, "already-stopped", "task 7 is already stopped: it ended at 2023-07-16 10:00", "its end stays …"),
        Problem(413, "body-too-large", "the body has more than 65,536 bytes", "send a shorter one"),
        Problem(415, "not-json", "the content type is 'text/plain'", "send JSON, with Content-Type: application/json"),
        Problem(422, "invalid-user", "invalid user '0'", "use an integer from 1 to 9223372036854775807"),
        Problem(500, "internal-error", "the server made a mistake", "its log says which"),
        Problem(503, "store-locked", "the store cannot be used at the moment", "try again in a moment …"),
    )
}
