"""The page that shows the OpenAPI document, with a script from a package instead of another server."""

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)

_HEADERS = {
    # The style sheet contains its images.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}

# The URLs are relative to the page, so that they work behind any proxy.
_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>tasktimer API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="data:,">
<div id="page"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
"""
_SCRIPT = """\
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  deepLinking: true,
  validatorUrl: null,
});
"""

_MEDIA_TYPES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}


@router.head("/docs")
@router.get("/docs")
async def get_docs() -> Response:
    """Return the page."""
    return HTMLResponse(_PAGE, headers=_HEADERS)


@router.head("/docs/{name}")
@router.get("/docs/{name}")
async def get_docs_file(name: str) -> Response:
    """Return a script or the style sheet of the page."""
    if name == "start.js":
        return Response(_SCRIPT, media_type="text/javascript")
    if name not in _MEDIA_TYPES:
        raise HTTPException(404)
    return FileResponse(_find_assets() / name, media_type=_MEDIA_TYPES[name])


def _find_assets() -> Path:
    spec = find_spec("fastapi_offline")  # without importing it
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"
