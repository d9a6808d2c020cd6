"""HTTP as uvicorn speaks it, with bounds to what comes before a body: its size, and the time it takes."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 64 * 1024
SECONDS_FOR_HEAD = 30


class BoundedProtocol(HttpToolsProtocol):
    """Ends a connection whose request line and headers are too large, or do not come."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in_head = True
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a request."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        super().data_received(data)
        # Only now: what came may have ended the head, and the rest is of a body, which has bounds of its own.
        if self._in_head:
            self._size += len(data)
            if self._size > LARGEST_HEAD:
                self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins, on a connection that may have had others."""
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._stop_timer()
        self._in_head = False
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is expected any more."""
        self._stop_timer()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        self._stop_timer()
        self._in_head, self._size = True, 0
        self._timer = self.loop.call_later(SECONDS_FOR_HEAD, self.transport.close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
