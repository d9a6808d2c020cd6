"""Trusted hosts and CORS."""

import pytest
from tests.server.conftest import Serve

from tasktimer.server.settings import LOOPBACK_NAMES


@pytest.mark.parametrize(
    ("allowed", "host", "status"),
    [
        ((), "localhost", 200),
        ((), "localhost:8000", 200),
        ((), "LocalHost", 200),
        ((), "127.0.0.1:1", 200),
        ((), "[::1]:8000", 200),
        ((), "[::1]", 200),
        ((), "evil.example", 400),
        ((), "localhost.evil.example", 400),
        ((), "", 400),
        ((), ":80", 400),
        ((), "localhost:x", 400),
        ((), "\x80", 400),
        (("tasks.example.org",), "tasks.example.org:443", 200),
        (("tasks.example.org",), "xtasks.example.org", 400),
        (("*.example.org",), "a.b.example.org", 200),
        (("*.example.org",), "example.org", 400),
        (("*.example.org",), "badexample.org", 400),
        (("*",), "anything.at.all", 200),
    ],
)
def test_only_allowed_hosts_are_served(
    serve: Serve, tmp_path: object, allowed: tuple[str, ...], host: str, status: int
) -> None:
    api = serve(f"{tmp_path}/tasks.db", allowed_hosts=(*LOOPBACK_NAMES, *allowed))
    headers = [(b"Host", host.encode("latin-1"))]
    response = api.client.get("/docs", headers=headers)
    assert response.status_code == status
    if status == 400:
        assert response.json()["code"] == "host-not-allowed"
        assert "--allowed-host" in response.json()["hint"]
    for path in ("/healthz", "/readyz"):
        assert api.client.get(path, headers=headers).status_code == 200  # load balancers use the address


ORIGIN = "https://app.example.org"


@pytest.mark.parametrize(
    ("configured", "origin", "allowed"),
    [((), ORIGIN, None), ((ORIGIN,), ORIGIN, ORIGIN), ((ORIGIN,), "https://evil.example", None), (("*",), ORIGIN, "*")],
)
def test_only_configured_origins_get_cors_headers(
    serve: Serve, tmp_path: object, configured: tuple[str, ...], origin: str, allowed: str | None
) -> None:
    api = serve(f"{tmp_path}/tasks.db", cors_origins=configured)
    assert api.get("/tasks", headers={"Origin": origin}).headers.get("access-control-allow-origin") == allowed
    preflight_headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = api.client.options("/track", headers=preflight_headers)
    assert preflight.headers.get("access-control-allow-origin") == allowed
    assert (preflight.status_code == 200) == (allowed is not None)
    if configured and allowed is None:
        assert preflight.json()["code"] == "cors-not-allowed"
        assert "Origin" in preflight.headers["vary"].split(", ")
        assert preflight.headers["content-type"] == "application/problem+json"
    assert "access-control-allow-credentials" not in preflight.headers
