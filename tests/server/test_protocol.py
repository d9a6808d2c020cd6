"""Limits on the size and the time of a request head."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.conftest import PATIENCE
from tests.server.conftest import Api, Serve, serving_apis

from tasktimer.server.protocol import HeaderLimitProtocol


class ImpatientProtocol(HeaderLimitProtocol):
    header_timeout = 0.1


def connect(api: Api) -> socket.socket:
    return socket.create_connection((api.client.base_url.host, api.client.base_url.port or 80), timeout=PATIENCE)


@pytest.fixture(scope="module")
def shared_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server for all tests of this module that do not look at its tasks."""
    with serving_apis() as serve:
        yield serve(str(tmp_path_factory.mktemp("shared") / "tasks.db"))


@pytest.fixture
def connection(shared_api: Api) -> Iterator[socket.socket]:
    with connect(shared_api) as connection:
        yield connection


def is_closed(connection: socket.socket) -> bool:
    with suppress(ConnectionError):
        return connection.recv(1) == b""
    return True


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"GET /healthz HTTP/1.1\r\nX: ", b"x" * 6000),
        (b"GET /", b"x" * 6000),
        (b"GET / HTTP/1.1\r\n", b"X: y\r\n" * 1000),
        (b"", b"\r\n" * 3000),
        (b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 1000),
        (b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x" * 6000),
    ],
)
def test_endless_head_or_trailer_closes_connection(connection: socket.socket, start: bytes, more: bytes) -> None:
    with suppress(ConnectionError):
        connection.sendall(start)
        for _ in range(100):
            connection.sendall(more)
            time.sleep(0.001)
    responses = connection.makefile("rb").read()  # ends with the connection
    assert re.findall(rb"HTTP/1.1 ([0-9]+)", responses)[-1] in (b"404", b"431")


@pytest.mark.parametrize("start", [b"", b"GET /he", b"GET /healthz HTTP/1.1\r\nHost"])
def test_incomplete_head_times_out(serve: Serve, tmp_path: Path, start: bytes) -> None:
    with connect(serve(str(tmp_path / "tasks.db"), protocol=ImpatientProtocol)) as connection:
        connection.sendall(start)
        assert is_closed(connection)


def test_large_heads_within_limit_are_served(connection: socket.socket) -> None:
    for _ in range(5):
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 30_000 + b"\r\n\r\n")
        assert b"HTTP/1.1 200" in connection.recv(10_000)


@pytest.mark.parametrize("size", [60_000, 66_000, 200_000])
@pytest.mark.parametrize("before", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 50_000 + b"\r\n\r\n"])
@pytest.mark.parametrize(
    "line", [b"GET /?%b HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nX: %b\r\n", b"GET / HTTP/1.1\r\n%b: x\r\n"]
)
def test_head_beyond_limit_is_rejected_even_if_it_arrives_at_once(
    shared_api: Api, before: bytes, line: bytes, size: int
) -> None:
    with connect(shared_api) as connection:
        connection.sendall(before + line % (b"x" * size) + b"Connection: close\r\nHost: localhost\r\n\r\n")
        responses = connection.makefile("rb").read()
    statuses = re.findall(rb"HTTP/1.1 ([0-9]+)", responses)
    assert statuses[-1] == (b"404" if size < 65_536 else b"431")
    assert (b'"code":"head-too-large"' in responses) == (size > 65_536)


def test_many_headers_count_towards_limit(shared_api: Api) -> None:
    with connect(shared_api) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"X: \r\n" * 20_000 + b"\r\n")
        assert connection.makefile("rb").readline() == b"HTTP/1.1 431 Request Header Fields Too Large\r\n"


def test_large_chunked_body_has_no_limit_of_the_head(shared_api: Api) -> None:
    chunk = b"400\r\n" + b" " * 1024 + b"\r\n"
    lines = ("POST /import?format=klog&user_id=42 HTTP/1.1", f"Authorization: Bearer {shared_api.tokens['admin']}")
    headers = ("Host: localhost", "Connection: close", "Content-Type: text/csv", "Transfer-Encoding: chunked", "", "")
    with connect(shared_api) as connection:
        connection.sendall("\r\n".join((*lines, *headers)).encode() + chunk * 200 + b"0\r\n\r\n")
        assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("more", [b"nonsense\r\n\r\n", b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 200_000])
@pytest.mark.parametrize("body", [b"Content-Length: 0\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"])
def test_response_to_invalid_data_is_the_last(
    shared_api: Api, caplog: pytest.LogCaptureFixture, body: bytes, more: bytes
) -> None:
    lines = (
        "POST /import?user_id=42 HTTP/1.1",
        f"Authorization: Bearer {shared_api.tokens['admin']}",
        "Host: localhost",
    )
    with connect(shared_api) as connection:
        connection.sendall("\r\n".join((*lines, "")).encode() + body + more)
        statuses = re.findall(rb"HTTP/1.1 ([0-9]+)", connection.makefile("rb").read())
    assert statuses[-1] in (b"400", b"431")
    assert shared_api.get("/healthz").status_code == 200
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("upgrade", "path", "host", "status"),
    [
        ("websocket", "/healthz", "localhost", b"200"),
        ("websocket", "/docs", "evil.example", b"400"),
        ("websocket", "/tasks", "localhost", b"401"),
        ("h2c", "/healthz", "localhost", b"200"),
    ],
)
def test_request_to_upgrade_connection_is_served_without_upgrade(
    shared_api: Api, upgrade: str, path: str, host: str, status: bytes
) -> None:
    lines = (f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: Upgrade", f"Upgrade: {upgrade}")
    websocket = ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "")
    with connect(shared_api) as connection:
        connection.sendall("\r\n".join((*lines, *websocket)).encode())
        head = connection.recv(10_000).lower()
    assert head.split()[1] == status
    assert b"\r\nx-content-type-options: nosniff" in head
