"""Limits on the size and the time of a request body."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.conftest import PATIENCE, wait_until
from tests.server.conftest import Api, Serve, assert_empty
from tests.server.problem_details import JSON, check

from tasktimer.server.protocol import HeaderLimitProtocol


class ImpatientProtocol(HeaderLimitProtocol):
    linger_timeout = 0.1


def large(size: int) -> bytes:
    start, end = b'{"user_id": 42, "description": "', b'"}'
    return start + b"x" * (size - len(start) - len(end)) + end


@pytest.mark.parametrize("token", ["admin", None])
def test_body_over_64_kib_is_rejected(empty_api: Api, token: str | None) -> None:
    def chunks() -> Iterator[bytes]:
        yield from [large(64 * 1024 + 1)[:40_000], b"x" * 40_000]

    whole = empty_api.call("POST", "/track", token=token, content=large(64 * 1024 + 1), headers=JSON)
    assert check(whole, 413 if token else 401)["code"] == ("body-too-large" if token else "missing-token")
    in_parts = empty_api.call("POST", "/track", token=token, content=chunks(), headers=JSON)
    check(in_parts, 413 if token else 401)
    check(empty_api.call("POST", "/track", content=large(64 * 1024), headers=JSON), 422)  # small enough to be read


@pytest.mark.parametrize("size", [200_000, 3_000_000, 20_000_000])
def test_client_receives_response_to_large_body(empty_api: Api, size: int) -> None:
    """Closing a socket with unread data resets the connection, and the client may lose the response."""
    for _ in range(20):
        with connected(empty_api, "POST /track", f"Content-Length: {size}") as connection:
            connection.sendall(b"x" * size)
            assert connection.makefile("rb").read().startswith(b"HTTP/1.1 413 ")


def test_client_receives_response_to_invalid_http(empty_api: Api) -> None:
    for _ in range(20):
        with connected(empty_api, "POST /track", "Content-Length: x") as connection:
            connection.sendall(b"x" * 1_000_000)
            assert connection.makefile("rb").read().startswith(b"HTTP/1.1 400 ")


def test_rest_of_large_body_is_read_for_limited_time(serve: Serve, tmp_path: Path) -> None:
    api = serve(str(tmp_path / "tasks.db"), protocol=ImpatientProtocol)
    with connected(api, "POST /track", "Content-Length: 100000") as connection:
        assert connection.makefile("rb").read().startswith(b"HTTP/1.1 413 ")
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            while True:
                connection.sendall(b"x")


@pytest.mark.parametrize("length", ["99999999999999999999999", "65537"])
def test_large_content_length_is_rejected_without_body(empty_api: Api, length: str) -> None:
    with connected(empty_api, "POST /track", f"Content-Length: {length}") as connection:
        status = connection.makefile("rb").readline().split()[1]
    assert status in (b"413", b"400")


def test_incomplete_body_times_out(serve: Serve, tmp_path: Path) -> None:
    api = serve(str(tmp_path / "tasks.db"), body_timeout=0.1)
    with connected(api, "POST /track", "Content-Length: 100", "Content-Type: application/json") as connection:
        connection.sendall(b'{"user_id"')
        response = connection.makefile("rb").read()
    assert response.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"request-timeout"' in response
    assert b"less than 64 KiB in 0.1 seconds" in response
    assert_empty(api)


def test_slow_body_times_out_although_bytes_arrive(serve: Serve, tmp_path: Path) -> None:
    api = serve(str(tmp_path / "tasks.db"), body_timeout=0.3)
    with connected(api, "POST /track", "Content-Length: 100", "Content-Type: application/json") as connection:
        with suppress(OSError):
            for _ in range(20):
                connection.sendall(b" ")
                time.sleep(0.05)
        assert connection.makefile("rb").readline().startswith(b"HTTP/1.1 408 ")


def test_client_disconnect_is_not_an_internal_error(empty_api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with connected(empty_api, "POST /track", "Content-Length: 100", "Content-Type: application/json") as connection:
        connection.sendall(b"{")
    wait_until(lambda: "body-incomplete" in empty_api.get("/metrics").text)
    assert 'status="500"' not in empty_api.get("/metrics").text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("line", ["POST /track", "POST /nowhere", "GET /times?user_id=1&date=2023-07-16"])
@pytest.mark.parametrize("header", [f"Content-Length: {10 * 1024 * 1024}", "Transfer-Encoding: chunked"])
def test_large_body_without_valid_token_closes_connection(empty_api: Api, line: str, header: str) -> None:
    with connected(empty_api, line, header, token="unknown") as connection:
        response = connection.makefile("rb").read()  # ends with the connection, although no body was sent
    assert response.split(b" ")[1] in (b"401", b"404")
    assert b"connection: close" in response.lower()


@contextmanager
def connected(api: Api, line: str, *headers: str, token: str | None = None) -> Iterator[socket.socket]:
    host, port = api.client.base_url.host, api.client.base_url.port
    secret = token or api.tokens["admin"]
    lines = [f"{line} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {secret}", *headers, "", ""]
    with socket.create_connection((host, port or 80), timeout=PATIENCE) as connection:
        connection.sendall("\r\n".join(lines).encode())
        yield connection


def test_errors_of_middleware_are_counted(empty_api: Api) -> None:
    empty_api.get("/tasks", headers={"Host": "elsewhere.example"})
    empty_api.call("POST", "/track", content=large(64 * 1024 + 1), headers=JSON)
    metrics = empty_api.get("/metrics").text
    for code in ("host-not-allowed", "body-too-large"):
        assert f'tasktimer_http_problems_total{{code="{code}"}} 1.0' in metrics
