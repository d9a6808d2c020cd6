"""The content types that request bodies must have."""

from starlette.types import Scope

from tasktimer.errors import quote_value
from tasktimer.server.headers import joined_header
from tasktimer.server.problem_details import Problem, ProblemException

# Browsers send these to another site without asking it first, so that any page could send a file to a server without
# tokens. curl sends the first by default, and removes the line breaks of a file unless it has --data-binary.
_OF_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "")


def require_json(scope: Scope) -> None:
    """Raise ProblemException unless the body is JSON."""
    if (media_type := _media_type(scope)) != "application/json":
        raise _problem(media_type, "send JSON, with Content-Type: application/json")


def require_file(scope: Scope) -> None:
    """Raise ProblemException unless the content type is one of files."""
    media_type = _media_type(scope)
    if media_type in _OF_FORMS or "," in media_type:
        hint = "send the file itself, with Content-Type: application/octet-stream; with curl, use --data-binary"
        raise _problem(media_type, hint)


def _media_type(scope: Scope) -> str:
    return (joined_header(scope, b"content-type") or "").partition(";")[0].strip().lower()


def _problem(media_type: str, hint: str) -> ProblemException:
    detail = f"the content type is {quote_value(media_type)}" if media_type else "the content type is missing"
    return ProblemException(Problem(415, "unsupported-media-type", detail, hint))
