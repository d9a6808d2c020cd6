"""The base class for the middleware of the application."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from tasktimer.server.state import AppState


class AppMiddleware(ABC):
    """The base class for ASGI middleware that uses the application's state."""

    _scope_types: Sequence[str] = ("http",)  # other types bypass the middleware

    def __init__(self, app: ASGIApp, state: AppState) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a connection of a supported type, such as HTTP; pass any other connection on to the application."""
        await (self._serve if scope["type"] in self._scope_types else self._app)(scope, receive, send)

    @abstractmethod
    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None: ...
