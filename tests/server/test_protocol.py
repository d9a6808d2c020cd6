"""Limits on the size and the time of a request head."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.server.conftest import Api, Serve

from tasktimer.server.protocol import HeaderLimitProtocol


class ImpatientProtocol(HeaderLimitProtocol):
    header_timeout = 0.1


def connect(api: Api) -> socket.socket:
    return socket.create_connection((api.client.base_url.host, api.client.base_url.port or 80), timeout=10)


@pytest.fixture
def connection(file_api: Api) -> Iterator[socket.socket]:
    with connect(file_api) as connection:
        yield connection


def is_closed(connection: socket.socket) -> bool:
    with suppress(ConnectionError):
        return connection.recv(1) == b""
    return True


@pytest.mark.parametrize("start", [b"GET /healthz HTTP/1.1\r\nX: ", b"GET /", b"GET / HTTP/1.1\r\n"])
def test_endless_head_closes_connection(connection: socket.socket, start: bytes) -> None:
    more = b"X: y\r\n" * 1000 if start.endswith(b"\n") else b"x" * 6000
    with suppress(ConnectionError):
        connection.sendall(start)
        for _ in range(100):
            connection.sendall(more)
            time.sleep(0.001)
    assert is_closed(connection)


@pytest.mark.parametrize("start", [b"", b"GET /he", b"GET /healthz HTTP/1.1\r\nHost"])
def test_incomplete_head_times_out(serve: Serve, tmp_path: Path, start: bytes) -> None:
    with connect(serve(str(tmp_path / "tasks.db"), protocol=ImpatientProtocol)) as connection:
        connection.sendall(start)
        assert is_closed(connection)


def test_large_heads_within_limit_are_served(connection: socket.socket) -> None:
    for _ in range(5):
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 30_000 + b"\r\n\r\n")
        assert b"HTTP/1.1 200" in connection.recv(10_000)
