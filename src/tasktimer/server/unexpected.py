"""What the server answers when the program itself has an error."""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tasktimer.server.door import Door
from tasktimer.server.problems import Problem

log = logging.getLogger("tasktimer.server")


class CatchErrors:
    """Answers an unexpected error with 500 and logs it, so that the connection stays open.

    uvicorn closes the connection of an error that reaches it, and a request that the client has sent by then is lost.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_answered = False

        async def watched(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if is_answered or scope["type"] != "http":  # what is missing of an answer can only be shown by closing
                raise
            log.exception("internal error")
            door: Door = scope["app"].state.door
            await door.tell(_internal_error())(scope, receive, send)


def _internal_error() -> Problem:
    return Problem(500, "internal-error", "the server made a mistake", "its log says which")
