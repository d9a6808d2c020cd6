"""Bodies that are too large, come too slowly or do not come."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from tests.conftest import wait_until
from tests.server.conftest import Api
from tests.server.problem_details import JSON, check

from tasktimer.server import middleware, protocol


def large(size: int) -> bytes:
    start, end = b'{"user_id": 42, "description": "', b'"}'
    return start + b"x" * (size - len(start) - len(end)) + end


@pytest.mark.parametrize("token", ["admin", None])
def test_a_body_over_64_kib_is_refused(refusing: Api, token: str | None) -> None:
    def chunks() -> Iterator[bytes]:
        yield from [large(64 * 1024 + 1)[:40_000], b"x" * 40_000]

    whole = refusing.call("POST", "/track", token=token, content=large(64 * 1024 + 1), headers=JSON)
    assert check(whole, 413 if token else 401)["code"] == ("body-too-large" if token else "missing-token")
    in_parts = refusing.call("POST", "/track", token=token, content=chunks(), headers=JSON)
    check(in_parts, 413 if token else 401)
    check(refusing.call("POST", "/track", content=large(64 * 1024), headers=JSON), 422)  # small enough to be read


@pytest.mark.parametrize("size", [200_000, 3_000_000, 20_000_000])
def test_the_answer_to_a_body_that_is_too_large_is_not_lost(refusing: Api, size: int) -> None:
    """A connection that is closed with unread data is reset, and takes with it what the client has not read."""
    for _ in range(20):
        with connected(refusing, "POST /track", f"Content-Length: {size}") as connection:
            connection.sendall(b"x" * size)
            assert connection.makefile("rb").read().startswith(b"HTTP/1.1 413 ")


def test_the_answer_to_what_is_not_http_is_not_lost(refusing: Api) -> None:
    for _ in range(20):
        with connected(refusing, "POST /track", "Content-Length: x") as connection:
            connection.sendall(b"x" * 1_000_000)
            assert connection.makefile("rb").read().startswith(b"HTTP/1.1 400 ")


def test_the_rest_of_a_body_is_not_awaited_for_ever(refusing: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "LINGER_TIMEOUT", 0.1)
    with connected(refusing, "POST /track", "Content-Length: 100000") as connection:
        assert connection.makefile("rb").read().startswith(b"HTTP/1.1 413 ")
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            while True:
                connection.sendall(b"x")


@pytest.mark.parametrize("length", ["99999999999999999999999", "65537"])
def test_a_body_that_is_announced_as_too_large_is_not_awaited(refusing: Api, length: str) -> None:
    with connected(refusing, "POST /track", f"Content-Length: {length}") as connection:
        status = connection.makefile("rb").readline().split()[1]
    assert status in (b"413", b"400")


def test_a_body_that_does_not_come_is_not_awaited_for_ever(refusing: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "BODY_TIMEOUT", 0.1)
    with connected(refusing, "POST /track", "Content-Length: 100", "Content-Type: application/json") as connection:
        connection.sendall(b'{"user_id"')
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"request-timeout"' in answer


def test_the_time_for_a_body_is_for_all_of_it(refusing: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "BODY_TIMEOUT", 0.3)
    with connected(refusing, "POST /track", "Content-Length: 100", "Content-Type: application/json") as connection:
        with suppress(OSError):
            for _ in range(20):
                connection.sendall(b" ")
                time.sleep(0.05)
        assert connection.makefile("rb").readline().startswith(b"HTTP/1.1 408 ")


def test_client_disconnect_is_not_an_internal_error(refusing: Api, caplog: pytest.LogCaptureFixture) -> None:
    with connected(refusing, "POST /track", "Content-Length: 100", "Content-Type: application/json") as connection:
        connection.sendall(b"{")
    wait_until(lambda: "body-incomplete" in refusing.get("/metrics").text)
    assert 'status="500"' not in refusing.get("/metrics").text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("line", ["POST /track", "POST /nowhere", "GET /times?user_id=1&date=2023-07-16"])
@pytest.mark.parametrize("header", [f"Content-Length: {10 * 1024 * 1024}", "Transfer-Encoding: chunked"])
def test_large_body_without_a_token_closes_the_connection(refusing: Api, line: str, header: str) -> None:
    with connected(refusing, line, header, token="unknown") as connection:
        answer = connection.makefile("rb").read()  # ends with the connection, although no body was sent
    assert answer.split(b" ")[1] in (b"401", b"404")
    assert b"connection: close" in answer.lower()


@contextmanager
def connected(api: Api, line: str, *headers: str, token: str | None = None) -> Iterator[socket.socket]:
    host, port = api.client.base_url.host, api.client.base_url.port
    secret = token or api.tokens["admin"]
    lines = [f"{line} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {secret}", *headers, "", ""]
    with socket.create_connection((host, port or 80), timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode())
        yield connection


def test_errors_of_middleware_are_counted(refusing: Api) -> None:
    refusing.get("/tasks", headers={"Host": "elsewhere.example"})
    refusing.call("POST", "/track", content=large(64 * 1024 + 1), headers=JSON)
    metrics = refusing.get("/metrics").text
    for code in ("host-not-allowed", "body-too-large"):
        assert f'tasktimer_http_problems_total{{code="{code}"}} 1.0' in metrics
