"""The OpenAPI document of a server, without running one."""

import json
from pathlib import Path
from typing import Any

from tasktimer.server.app import build_app
from tasktimer.server.settings import ServerOptions


def dump_document(path: Path | None = None) -> dict[str, Any]:
    """Return the document, and write it to a file as the server sends it."""
    document = build_app(ServerOptions(Path("unused.db"))).openapi()
    if path is not None:
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return document
