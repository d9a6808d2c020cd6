"""Requests that name two hosts, bodies that are compressed, and the headers of every response."""

import gzip
import re
import socket
from collections.abc import Iterator

import pytest
from tests.conftest import PATIENCE
from tests.server.conftest import Api, serving_apis
from tests.server.problem_details import JSON, check

BODY = b'{"user_id": 42, "description": "write docs"}'


@pytest.fixture(scope="module")
def shared_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server for all tests of this module that do not look at its tasks."""
    with serving_apis() as serve:
        yield serve(str(tmp_path_factory.mktemp("shared") / "tasks.db"))


def exchange(api: Api, *lines: str) -> tuple[int, bytes]:
    """Send the lines of a request as they are; return the status and the whole response."""
    address = (api.client.base_url.host, api.client.base_url.port or 80)
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        response = connection.makefile("rb").read()
    return int(response.split()[1]), response


@pytest.mark.parametrize(
    ("target", "hosts", "status"),
    [
        ("/docs", ["localhost"], 200),
        ("/docs", ["localhost", "localhost"], 400),
        ("/docs", ["localhost", "evil.example"], 400),
        ("/healthz", ["localhost", "evil.example"], 400),  # although it accepts any host
        ("/docs", [], 400),
        ("http://localhost/docs", ["localhost"], 200),
        ("http://LOCALHOST:8000/docs", ["localhost:8000"], 200),
        ("http://[::1]:8000/docs", ["[::1]:8000"], 200),
        ("http://evil.example/docs", ["localhost"], 400),
        ("http://evil.example/healthz", ["localhost"], 400),
        ("http://evil.example/docs", ["evil.example"], 400),
        ("http://localhost@evil.example/docs", ["localhost"], 400),
        ("http://localhost/docs", ["evil.example"], 400),
        ("http://localhost/docs", [], 200),  # HTTP/1.0, in which the header is optional
        ("http://localhost", ["localhost"], 400),  # no path
        ("//evil.example/docs", ["localhost"], 404),  # a path
        ("evil.example/docs", ["localhost"], 400),
    ],
)
def test_request_names_one_allowed_host(shared_api: Api, target: str, hosts: list[str], status: int) -> None:
    version = "1.1" if hosts else "1.0"
    found, response = exchange(shared_api, f"GET {target} HTTP/{version}", *(f"Host: {host}" for host in hosts))
    assert found == status
    if status == 400:
        assert b"\r\nconnection: close" in response.lower()
        assert re.search(rb'"code":"(ambiguous-host|host-not-allowed|invalid-http)"', response)


@pytest.mark.parametrize(
    ("codings", "status"),
    [
        (["identity"], 200),
        (["Identity, identity"], 200),
        ([""], 200),
        (["gzip"], 415),
        (["GZIP"], 415),
        (["identity, br"], 415),
        (["identity", "zstd"], 415),
        (["deflate;q=0"], 415),
        (["\x80"], 415),
    ],
)
def test_body_must_not_be_compressed(shared_api: Api, codings: list[str], status: int) -> None:
    content = BODY if status == 200 else gzip.compress(BODY)
    headers = [*JSON.items(), ("Authorization", f"Bearer {shared_api.tokens['admin']}")]
    encoded = [(name.encode(), text.encode()) for name, text in headers]
    encoded += [(b"Content-Encoding", coding.encode("latin-1")) for coding in codings]
    for path in ("/track", "/import?user_id=42&format=klog"):
        response = shared_api.client.post(path, content=content, headers=encoded)
        if status == 415:
            assert check(response, 415)["code"] == "unsupported-content-encoding"
            assert response.headers["accept-encoding"] == "identity"
        else:
            assert response.status_code == 200 if path == "/track" else response.status_code != 415


def test_compressed_body_without_token_is_401(shared_api: Api) -> None:
    response = shared_api.client.post("/track", content=gzip.compress(BODY), headers={"Content-Encoding": "gzip"})
    check(response, 401)


def test_every_response_has_safe_headers(shared_api: Api) -> None:
    lines = {
        "GET /healthz HTTP/1.1": 200,
        "HEAD /readyz HTTP/1.1": 200,
        "GET /docs HTTP/1.1": 200,
        "GET /openapi.json HTTP/1.1": 200,
        "GET /tasks HTTP/1.1": 401,
        "GET /nowhere HTTP/1.1": 404,
        "PUT /track HTTP/1.1": 405,
        "GET /tasks HTTP/9.x": 400,
        "CONNECT evil.example:80 HTTP/1.1": 400,
    }
    for line, status in lines.items():
        found, response = exchange(shared_api, line, "Host: localhost")
        assert found == status, line
        head = response.lower().partition(b"\r\n\r\n")[0]
        assert head.count(b"\r\nx-content-type-options: nosniff") == 1, line
        assert head.count(b"\r\ncache-control: no-store") == 1, line
    for path in ("/tasks", "/export?format=csv", "/metrics"):
        headers = shared_api.get(path).headers
        assert (headers["x-content-type-options"], headers.get_list("cache-control")) == ("nosniff", ["no-store"])
