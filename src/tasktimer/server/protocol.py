"""uvicorn's HTTP protocol, with checks of the host and limits on the size and the time of a request's head.

uvicorn has no settings for these limits: `h11_max_incomplete_event_size` applies only to its slower h11 protocol, and
`timeout_keep_alive` only after the first request. Without the limits, a client could keep any number of connections
open by sending nothing, or make the server buffer headers indefinitely.
"""

import asyncio
import re
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tasktimer.server.problem_details import SAFE_HEADERS, Problem

MAX_HEADER_BYTES = 64 * 1024


class _LingeringTransport:
    """A transport that, when closed in the middle of a request, discards the rest of the request for a few seconds.

    Closing a socket with unread data resets the connection, and the client may lose the response.
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
        self.timer = self._protocol.loop.call_later(self._protocol.linger_timeout, self._transport.close)
        self._transport.write_eof()
        self._protocol.flow.resume_reading()


class HeaderLimitProtocol(HttpToolsProtocol):
    """A protocol that closes a connection if the request line and headers are too large or do not arrive in time."""

    header_timeout: float = 30  # seconds
    linger_timeout: float = 10

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in_head = True
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None
        self.expects_more = False  # whether the current request is incomplete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timer for the head of the first request."""
        super().connection_made(transport)
        self._lingering = _LingeringTransport(transport, self)
        self.transport = cast("asyncio.Transport", self._lingering)
        self._expect_head()

    def send_400_response(self, msg: str) -> None:
        """Respond with 400 to data that is not HTTP; more of the data may still arrive, since its length is unknown."""
        self.expects_more = True
        problem = Problem(400, "invalid-http", "the request is not valid HTTP", "send a request as in RFC 9112")
        response = problem.response()
        headers = [*response.raw_headers, *SAFE_HEADERS, (b"connection", b"close")]
        lines = [b"HTTP/1.1 400 Bad Request", *(b": ".join(header) for header in headers), b"", bytes(response.body)]
        self.transport.write(b"\r\n".join(lines))
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Parse the data, or discard it if the connection is being closed."""
        if self._lingering.timer is not None:
            return
        super().data_received(data)
        # Check after parsing: the data may have completed the head, and bodies have a limit of their own.
        if self._in_head:
            self._size += len(data)
            if self._size > MAX_HEADER_BYTES:
                self.transport.close()

    def on_message_begin(self) -> None:
        """Start the timer for the head of the next request on the connection."""
        self._expect_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop the timer for the head, and add the host of the request line to the headers if it is another one."""
        self._stop_timer()
        if not self.url.startswith((b"/", b"*")):
            self._add_host(httptools.parse_url(self.url))
        self._in_head = False
        self.expects_more = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Record that the request is complete."""
        self.expects_more = False
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timers."""
        self._stop_timer()
        if self._lingering.timer is not None:
            self._lingering.timer.cancel()
        super().connection_lost(exc)

    def _add_host(self, target: Any) -> None:
        # uvicorn keeps only the path of the target, so that the application could not check the host.
        host: bytes = b"[%b]" % target.host if b":" in target.host else target.host
        given = [re.sub(rb":[0-9]*$", b"", text) for name, text in self.headers if name == b"host"]
        if host.lower() not in map(bytes.lower, given):
            self.headers.append((b"host", host))

    def _expect_head(self) -> None:
        self._stop_timer()
        self._in_head, self._size = True, 0
        self._timer = self.loop.call_later(self.header_timeout, self.transport.close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
