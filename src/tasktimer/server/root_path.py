"""A prefix of the server's URLs, which a proxy removes from the paths of requests."""

import re

from starlette.types import Message, Receive, Scope, Send

from tasktimer.server.app_middleware import AppMiddleware

# What precedes a path in each header.
_BEFORE_PATHS = {b"location": re.compile(rb"^(?=/)"), b"link": re.compile(rb"(?<=<)(?=/)")}


def requested_path(scope: Scope) -> str:
    """Return the path of a request as the routes know it: uvicorn adds the prefix that the proxy has removed."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


class RootPathMiddleware(AppMiddleware):
    """Middleware that adds the prefix to the paths in the headers of responses."""

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        prefix = self._state.options.root_path.encode()

        async def send_prefixed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [(name, _add_prefix(prefix, name, text)) for name, text in message["headers"]]
            await send(message)

        await self._app(scope, receive, send_prefixed)


def _add_prefix(prefix: bytes, name: bytes, text: bytes) -> bytes:
    before_path = _BEFORE_PATHS.get(name.lower())
    return text if before_path is None else before_path.sub(prefix, text)
