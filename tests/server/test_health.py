"""Health, readiness, metrics and internal errors."""

import os
import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.commits import connect_with, connection_with
from tests.conftest import PATIENCE, wait_until
from tests.server.conftest import Api, Serve

from tasktimer.server.problem_details import STATUSES


def value(api: Api, name: str, **labels: str) -> float:
    text = api.get("/metrics").text
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return sum(sample.value for sample in samples if sample.name == name and labels.items() <= sample.labels.items())


def test_server_with_current_store_is_ready(api: Api) -> None:
    assert api.client.get("/healthz").json() == {"status": "alive"}
    assert api.client.get("/readyz").json() == {"status": "ready", "store": "current"}
    for path in ("/healthz", "/readyz"):
        head = api.client.head(path)
        assert (head.status_code, head.content) == (200, b"")


def test_empty_store_is_ready_and_stays_empty_when_read(serve: Serve, database: str) -> None:
    api = serve(database, needs_token=False)
    assert api.client.get("/readyz").json() == {"status": "ready", "store": "empty"}
    assert api.get("/times?user_id=1&date=2023-07-16").json() == []
    assert api.get("/tasks").json() == {"tasks": [], "next": None}
    assert api.get("/tasks/1").status_code == 404
    assert api.post("/stop", {"id": 1}).status_code == 404
    assert api.client.get("/readyz").json()["store"] == "empty"
    assert api.track() == 1
    assert api.client.get("/readyz").json()["store"] == "current"


def test_server_recovers_when_missing_file_returns(file_api: Api, caplog: pytest.LogCaptureFixture) -> None:
    path = Path(file_api.database)
    file_api.track()
    for name in ("", "-wal", "-shm"):
        if path.with_name(path.name + name).exists():
            path.with_name(path.name + name).rename(path.with_name(f"away.db{name}"))
    path.mkdir()
    response = file_api.client.get("/readyz")
    assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert file_api.client.get("/healthz").status_code == 200
    response = file_api.post("/track", {"user_id": 1, "description": "x"})
    assert (response.status_code, response.json()["code"]) == (503, "store-not-a-file")
    assert str(path) not in response.text  # not disclosed to clients
    assert str(path) in caplog.text
    path.rmdir()
    for name in ("", "-wal", "-shm"):
        if path.with_name(f"away.db{name}").exists():
            path.with_name(f"away.db{name}").rename(path.with_name(path.name + name))
    assert file_api.client.get("/readyz").status_code == 200
    assert file_api.track() == 2


def test_other_schema_version_is_not_ready(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    for version, code, hint in [
        (1, "store-too-old", "to upgrade it, run: tasktimer db upgrade, or serve with --migrate"),
        (99, "store-too-new", "upgrade tasktimer"),
    ]:
        if "://" in api.database:
            with psycopg.connect(api.database) as connection:
                connection.execute(
                    "UPDATE tasktimer.schema_version SET version = %s, oldest_writer = %s", [version] * 2
                )
        else:
            with closing(sqlite3.connect(api.database)) as file:
                file.execute(f"PRAGMA user_version = {version}")
        response = api.client.get("/readyz")
        assert (response.status_code, response.json()["code"]) == (503, code)
        assert f" ({hint}" in caplog.messages[-1]


def test_metrics_count_requests_by_route_and_status(file_api: Api) -> None:
    number = file_api.track()
    file_api.get(f"/tasks/{number}")
    file_api.get("/tasks/99")
    file_api.get("/anything/../else")
    file_api.call("TRACE", "/tasks")
    assert file_api.get("/metrics").headers["content-type"].startswith("text/plain; version=")
    assert file_api.get("/metrics?name[]=a&name[]=b").status_code == 200  # as Prometheus may request
    count = "tasktimer_http_requests_total"
    assert value(file_api, count, method="POST", route="/track", status="200") == 1
    assert value(file_api, count, route="/tasks/{id}", status="200") == 1
    assert value(file_api, count, route="/tasks/{id}", status="404") == 1
    assert value(file_api, count, route="none", status="404") == 1
    assert value(file_api, count, method="other") == 1
    assert value(file_api, "tasktimer_http_request_duration_seconds_count", route="/tasks/{id}") == 2
    assert value(file_api, "tasktimer_http_problems_total", code="task-not-found") == 1
    assert value(file_api, "tasktimer_http_requests_in_flight") == 1  # itself
    assert value(file_api, "process_resident_memory_bytes") > 0 or os.name != "posix"


@pytest.fixture
def failing_statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The beginnings of statements that raise ZeroDivisionError on connections to files opened from now on."""
    beginnings: list[str] = []

    def fail(statement: str) -> None:
        if statement.lstrip().startswith(tuple(beginnings)):
            raise ZeroDivisionError

    connect_with(monkeypatch, connection_with(fail))
    return beginnings


def test_internal_error_is_a_problem_and_logged(
    failing_statements: list[str], file_api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    failing_statements.append("INSERT INTO tasks")
    response = file_api.post("/track", {"user_id": 1, "description": "x"})
    assert (response.status_code, response.json()["code"]) == (500, "internal-error")
    assert response.headers["content-type"] == "application/problem+json"
    wait_until(lambda: "ZeroDivisionError" in caplog.text)  # the log is written after the response
    assert "ZeroDivisionError" not in response.text
    assert value(file_api, "tasktimer_http_requests_total", route="/track", status="500") == 1
    failing_statements.clear()
    assert file_api.track() == 1


def test_pipelined_requests_after_internal_error_are_served(failing_statements: list[str], file_api: Api) -> None:
    failing_statements.append("INSERT INTO tasks")
    host, port = file_api.client.base_url.host, file_api.client.base_url.port or 80
    content = b'{"user_id": 1, "description": "x"}'
    post = f"POST /track HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {file_api.tokens['admin']}\r\n"
    post += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    get = f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((host, port), timeout=PATIENCE) as connection:
        connection.sendall(post.encode() + content + post.encode() + content + get.encode())
        responses = connection.makefile("rb").read()
    assert [int(status) for status in re.findall(rb"HTTP/1.1 ([0-9]+)", responses)] == [500, 500, 200]


def test_error_classes_have_distinct_statuses() -> None:
    assert sorted(STATUSES.values()) == [404, 409, 422, 503]
