"""Responses in JSON or, if the client prefers it, in CSV."""

from collections.abc import Callable, Mapping

import mimeparse
from fastapi.responses import Response

from tasktimer.server.dependencies import RequestContext
from tasktimer.server.problem_details import json_response

CSV = "text/csv"
_TYPES = (CSV, "application/json")  # if the client prefers neither, the last one is used


def prefers_csv(accept: str | None) -> bool:
    """Return whether an Accept header prefers CSV to JSON; a header that accepts neither is ignored.

    >>> [prefers_csv(text) for text in ("text/csv", "text/*, application/json;q=0.9", "*/*", "text/html", None)]
    [True, True, False, False, False]
    """
    if not accept:
        return False
    try:
        return bool(mimeparse.best_match(_TYPES, accept.lower()) == CSV)
    except mimeparse.MimeTypeParseException:
        return False


def data_response(
    context: RequestContext,
    to_json: Callable[[], object],
    to_csv: Callable[[], str],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return data in the format that the client prefers."""
    headers = {"Vary": "Accept", **(headers or {})}
    if prefers_csv(context.accept):
        return Response(to_csv(), headers=headers, media_type=CSV)
    return json_response(to_json(), headers)
