"""A request's head is bounded, in size and in time."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from tests.server.conftest import Api

from tasktimer.server import protocol


@pytest.fixture
def connection(file_api: Api) -> Iterator[socket.socket]:
    address = file_api.client.base_url.host, file_api.client.base_url.port or 80
    with socket.create_connection(address, timeout=10) as connection:
        yield connection


def is_closed(connection: socket.socket) -> bool:
    with suppress(ConnectionError):
        return connection.recv(1) == b""
    return True


@pytest.mark.parametrize("start", [b"GET /healthz HTTP/1.1\r\nX: ", b"GET /", b"GET / HTTP/1.1\r\n"])
def test_a_head_that_does_not_end_is_cut_off(connection: socket.socket, start: bytes) -> None:
    more = b"X: y\r\n" * 1000 if start.endswith(b"\n") else b"x" * 6000
    with suppress(ConnectionError):
        connection.sendall(start)
        for _ in range(100):
            connection.sendall(more)
            time.sleep(0.001)
    assert is_closed(connection)


@pytest.mark.parametrize("start", [b"", b"GET /he", b"GET /healthz HTTP/1.1\r\nHost"])
def test_a_head_that_does_not_come_is_not_awaited_for_ever(
    monkeypatch: pytest.MonkeyPatch, file_api: Api, start: bytes
) -> None:
    monkeypatch.setattr(protocol, "HEADER_TIMEOUT", 0.1)
    address = file_api.client.base_url.host, file_api.client.base_url.port or 80
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(start)
        assert is_closed(connection)


def test_large_heads_that_end_are_served_one_after_the_other(connection: socket.socket) -> None:
    for _ in range(5):
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 30_000 + b"\r\n\r\n")
        assert b"HTTP/1.1 200" in connection.recv(10_000)
