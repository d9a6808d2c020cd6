"""The HTTP server: each route parses a request, calls one service and serializes its result."""

import os

from fastapi import FastAPI

from tasktimer.server.app import build_app
from tasktimer.server.settings import ServerSettings


def create_app() -> FastAPI:
    """Return the application for `uvicorn --factory tasktimer.server:create_app`, configured from the environment.

    The application always requires tokens, since it does not know whether uvicorn listens on a loopback address.
    """
    return build_app(ServerSettings(os.environ).options())
