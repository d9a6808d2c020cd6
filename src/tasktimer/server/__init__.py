"""The HTTP server: each route parses a request, calls one service and serialises its result."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI


def create_app() -> "FastAPI":
    """Return the application for `uvicorn --factory tasktimer.server:create_app`, configured by the environment.

    It requires tokens: the application does not know whether its address is a loopback address.
    """
    import os

    from tasktimer.server.app import build_app
    from tasktimer.server.settings import ServerSettings

    return build_app(ServerSettings(os.environ).options())
