"""uvicorn's HTTP protocol, with checks of the host and limits on the size and the time of a request's head.

uvicorn has no settings for these limits: `h11_max_incomplete_event_size` applies only to its slower h11 protocol, and
`timeout_keep_alive` only after the first request. Without the limits, a client could keep any number of connections
open by sending nothing, or make the server buffer headers indefinitely.
"""

import asyncio
import re
from http import HTTPStatus
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tasktimer.server.problem_details import SAFE_HEADERS, Problem

MAX_HEADER_BYTES = 64 * 1024

_INVALID = Problem(400, "invalid-http", "the request is not valid HTTP", "send a request as in RFC 9112")
_TOO_LARGE = Problem(
    431,
    "head-too-large",
    f"the request line and headers are larger than {MAX_HEADER_BYTES:,} bytes",
    "send fewer or shorter headers",
)


class _LingeringTransport:
    """A transport that, when closed in the middle of a request, discards the rest of the request for a few seconds.

    Closing a socket with unread data resets the connection, and the client may lose the response.
    """

    def __init__(self, transport: asyncio.Transport, protocol: "HeaderLimitProtocol") -> None:
        self._transport = transport
        self._protocol = protocol
        self.write = transport.write
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
    write_timeout: float = 30  # in which a client must read some of a response

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_size = 0  # of the complete headers
        self._unparsed_size = 0  # of the data since the last part of a request was complete
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._problem = _INVALID
        self._is_in_head = False
        self.expects_more = False  # whether the body of the current request is incomplete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timer for the head of the first request."""
        super().connection_made(transport)
        self._lingering = _LingeringTransport(transport, self)
        self.transport = cast("asyncio.Transport", self._lingering)
        self._start_timer()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Respond to data that is not valid; more of the data may still arrive, since its length is unknown."""
        self.expects_more = True
        if self.cycle is not None:
            self.cycle.disconnected = True  # a response to an earlier request could no longer be written
            self.cycle.message_event.set()
        response = self._problem.response()
        status = f"{self._problem.status} {HTTPStatus(self._problem.status).phrase}"
        headers = [*response.raw_headers, *SAFE_HEADERS, (b"connection", b"close")]
        lines = [f"HTTP/1.1 {status}".encode(), *(b": ".join(header) for header in headers), b"", bytes(response.body)]
        self.transport.write(b"\r\n".join(lines))
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Parse the data, or discard it if the connection is being closed; start the timer if a head is incomplete."""
        # The parser keeps an incomplete header, so check its size after each piece.
        for start in range(0, len(data), MAX_HEADER_BYTES):
            if self._lingering.is_closing():
                return
            piece = data[start : start + MAX_HEADER_BYTES]
            self._unparsed_size += len(piece)
            super().data_received(piece)
            if self._unparsed_size > MAX_HEADER_BYTES and not self._lingering.is_closing():
                self._problem = _TOO_LARGE
                self.send_400_response("")
        # Most heads arrive in one piece and need no timer.
        if self._timer is None and (self._is_in_head or (self._unparsed_size and not self.expects_more)):
            self._start_timer()

    def on_message_begin(self) -> None:
        """Start counting the bytes of the head of the next request on the connection."""
        self._head_size = self._unparsed_size = 0
        self._is_in_head = True
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Add a part of the target of the request."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header, or a trailer after the body."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Stop the timer for the head, and add the host of the request line to the headers if it is another one."""
        self._stop_timer()
        if not self.url.startswith((b"/", b"*")):
            self._add_host(httptools.parse_url(self.url))
        self._unparsed_size = 0
        self._is_in_head = False
        self.expects_more = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Add a part of the body, which has a limit of its own."""
        self._unparsed_size = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Record that the request is complete, so that the application need not limit the time for its body."""
        self._unparsed_size = 0
        self.expects_more = False
        self.cycle.scope["state"]["is_complete"] = True
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Start the timer in which the client must read some of the response."""
        super().pause_writing()
        self._await_reading()

    def resume_writing(self) -> None:
        """Stop this timer."""
        super().resume_writing()
        self._stop_write_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timers."""
        self._stop_timer()
        self._stop_write_timer()
        if self._lingering.timer is not None:
            self._lingering.timer.cancel()
        super().connection_lost(exc)

    def _add_host(self, target: Any) -> None:
        # uvicorn keeps only the path of the target, so that the application could not check the host.
        host: bytes = b"[%b]" % target.host if b":" in target.host else target.host
        given = [re.sub(rb":[0-9]*$", b"", text) for name, text in self.headers if name == b"host"]
        if host.lower() not in map(bytes.lower, given):
            self.headers.append((b"host", host))

    def _count(self, size: int) -> None:
        self._head_size += size + len(": \r\n")
        if self._head_size > MAX_HEADER_BYTES:
            self._problem = _TOO_LARGE
            raise ValueError(_TOO_LARGE.detail)  # stops the parser

    def _should_upgrade(self) -> bool:
        return False  # a WebSocket would not pass the middleware for HTTP

    def _unsupported_upgrade_warning(self) -> None:
        """Do not log a request to upgrade the connection; the response is one without an upgrade."""

    def _await_reading(self) -> None:
        unread = self.transport.get_write_buffer_size()

        def check() -> None:
            if self.transport.get_write_buffer_size() < unread:
                self._await_reading()
            else:
                self.transport.abort()  # closing it would wait for the client

        self._write_timer = self.loop.call_later(self.write_timeout, check)

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def _start_timer(self) -> None:
        self._timer = self.loop.call_later(self.header_timeout, self.transport.close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
