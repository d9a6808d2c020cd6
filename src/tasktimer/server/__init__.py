"""The verbs over HTTP: parse a request, call one verb, serialise what it gives."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI


def create_app() -> "FastAPI":
    """The application for `uvicorn --factory tasktimer.server:create_app`, set up by the environment.

    It does not know on which address it is reached, and so always asks for tokens.
    """
    import os

    from tasktimer.server.app import build_app
    from tasktimer.server.settings import ServerSettings

    return build_app(ServerSettings(os.environ).options())
