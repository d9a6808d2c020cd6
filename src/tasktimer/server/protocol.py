"""HTTP as uvicorn speaks it, with bounds to what comes before a body: its size, and the time it takes."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEADER_BYTES = 64 * 1024
HEADER_TIMEOUT = 30
LINGER_TIMEOUT = 10


class _LingeringTransport:
    """A transport that, closed before the client has sent all of a request, takes in the rest of it for a while.

    Closed with unread data, the system would reset the connection, and the client could lose the answer.
    """

    def __init__(self, transport: asyncio.Transport, protocol: "HeaderLimitProtocol") -> None:
        self._transport = transport
        self._protocol = protocol
        self.timer: asyncio.TimerHandle | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        return self.timer is not None or self._transport.is_closing()

    def close(self) -> None:
        if self.is_closing() or not self._protocol.expects_more:
            self._transport.close()
            return
        self.timer = self._protocol.loop.call_later(LINGER_TIMEOUT, self._transport.close)
        self._transport.write_eof()
        self._protocol.flow.resume_reading()


class HeaderLimitProtocol(HttpToolsProtocol):
    """Ends a connection whose request line and headers are too large, or do not come."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in_head = True
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None
        self.expects_more = False  # of the request that is being answered

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a request."""
        super().connection_made(transport)
        self._lingering = _LingeringTransport(transport, self)
        self.transport = cast("asyncio.Transport", self._lingering)
        self._expect_head()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP; nobody knows where it ends."""
        self.expects_more = True
        super().send_400_response(msg)

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        if self._lingering.timer is not None:
            return
        super().data_received(data)
        # Only now: what came may have ended the head, and the rest is of a body, which has bounds of its own.
        if self._in_head:
            self._size += len(data)
            if self._size > MAX_HEADER_BYTES:
                self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins, on a connection that may have had others."""
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._stop_timer()
        self._in_head = False
        self.expects_more = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self.expects_more = False
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is expected any more."""
        self._stop_timer()
        if self._lingering.timer is not None:
            self._lingering.timer.cancel()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        self._stop_timer()
        self._in_head, self._size = True, 0
        self._timer = self.loop.call_later(HEADER_TIMEOUT, self.transport.close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
