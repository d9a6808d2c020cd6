"""The HTTP server: each route parses a request, calls one service and serialises its result."""

import os

from fastapi import FastAPI

from tasktimer.server.app import build_app
from tasktimer.server.settings import ServerSettings


def create_app() -> FastAPI:
    """Return the application for `uvicorn --factory tasktimer.server:create_app`, configured by the environment.

    It requires tokens: the application does not know whether its address is a loopback address.
    """
    return build_app(ServerSettings(os.environ).options())
