"""Server processes: locks, shutdown and log."""

import json
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.conftest import PATIENCE, wait_until
from tests.plain_http import NO_CERTIFICATES
from tests.system.command import Program
from tests.system.server import Serve, stored


def test_locked_row_is_reported(serve: Serve, postgres_url: str, program: Program) -> None:
    token = program("--database", postgres_url, "token", "create", "--user", "42").stdout.strip()
    with serve("--store-timeout", "1", on=postgres_url) as server, server.client(token) as client:
        client.post("/track", json={"user_id": 42, "description": "x"})
        with psycopg.connect(postgres_url) as connection:
            connection.execute("SELECT 1 FROM tasktimer.tasks WHERE id = 1 FOR UPDATE")
            refused = client.post("/stop", json={"id": 1})
        assert (refused.status_code, refused.json()["code"]) == (503, "store-locked")
        assert client.post("/stop", json={"id": 1}).status_code == 200


IN_FLIGHT = "tasktimer_http_requests_in_flight"


def accepts_connections(url: str) -> bool:
    try:
        httpx.get(f"{url}/healthz", verify=NO_CERTIFICATES, timeout=PATIENCE)
    except httpx.TransportError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_finishes_requests_in_flight(
    serve: Serve, program: Program, database: str, number: signal.Signals
) -> None:
    token = program("--database", database, "token", "create", "--user", "42", "--admin").stdout.strip()
    if "://" in database:
        hold = psycopg.connect(database)
        hold.execute("LOCK TABLE tasktimer.tasks IN EXCLUSIVE MODE")
    else:
        hold = sqlite3.connect(database, isolation_level=None, check_same_thread=False)  # type: ignore[assignment]
    with serve(on=database) as server, server.client(token) as client, ThreadPoolExecutor(1) as pool:
        assert client.get("/tasks").status_code == 200  # the connection on which the request will be sent
        if "://" not in database:
            hold.execute("BEGIN IMMEDIATE")
        waiting = pool.submit(client.post, "/track", json={"user_id": 42, "description": "begun"})
        wait_until(lambda: f"\n{IN_FLIGHT} 2.0\n" in client.get("/metrics").text)  # this request and the waiting one
        server.process.send_signal(number)
        wait_until(lambda: not accepts_connections(server.url))
        assert server.process.poll() is None
        hold.rollback()
        assert waiting.result(timeout=PATIENCE).json() == {"id": 1}
        assert server.process.wait(timeout=PATIENCE) in (-signal.SIGTERM, 130, 0)
        assert "Traceback" not in server.log()
    hold.close()
    assert stored(database) == {1: ("begun", False)}


def test_log_contains_no_secret(serve: Serve, postgres_url: str, program: Program) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE ada LOGIN SUPERUSER PASSWORD 'swordfish'")
    url = postgres_url.replace("postgres:@", "ada:swordfish@")
    assert url != postgres_url
    token = program("--database", url, "token", "create", "--user", "42").stdout.strip()
    with serve("--workers", "2", "--log-format", "json", on=url) as server, server.client(token) as client:
        client.post("/track", json={"user_id": 42, "description": "a private matter"})
        client.get("/times", params={"user_id": 42, "date": "2023-07-16"})
        client.post("/track", json={"user_id": 42, "description": "\x07"}, headers={"Idempotency-Key": "key-secret"})
        client.get("/tasks", params={"token": token})
        wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
        client.get("/tasks", headers={"Authorization": f"Bearer {wrong}"})
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("ALTER SCHEMA tasktimer RENAME TO elsewhere")
            connection.execute("CREATE SCHEMA tasktimer CREATE TABLE tasks (mine TEXT)")
            answer = client.get("/tasks")
            assert answer.status_code == 503
            connection.execute("DROP SCHEMA tasktimer CASCADE")
            connection.execute("ALTER SCHEMA elsewhere RENAME TO tasktimer")
            connection.execute("ALTER ROLE ada RENAME TO bob")
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            answer = client.get("/tasks")
            assert "swordfish" not in answer.text
            connection.execute("ALTER ROLE bob RENAME TO ada")
    log = server.log()
    lines = [json.loads(line) for line in log.splitlines() if not line.startswith(("note: ", "hint: "))]
    assert any(line["message"] == "GET /times 200" and line["token_id"] == 1 for line in lines)
    assert "contains another program's tables" in log
    for secret in ("swordfish", token, wrong, token.removeprefix("tasktimer_"), "key-secret", "a private matter"):
        assert secret not in log


def test_pool_is_bounded(serve: Serve, postgres_url: str, program: Program) -> None:
    token = program("--database", postgres_url, "token", "create", "--user", "42").stdout.strip()
    with serve("--pool-size", "3", on=postgres_url) as server:
        with ThreadPoolExecutor(32) as pool, server.client(token) as client:
            answers = list(pool.map(lambda _: client.get("/tasks").status_code, range(200)))
        assert set(answers) == {200}
        with psycopg.connect(postgres_url) as connection:
            rows = connection.execute(
                "SELECT application_name, query FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
    assert 1 <= len(rows) <= 3
    assert {name for name, _ in rows} == {"tasktimer"}


def test_concurrent_server_upgrades_do_not_collide(serve: Serve, postgres_url: str) -> None:
    schemas = Path(__file__).parents[1] / "store" / "schemas"
    with psycopg.connect(postgres_url) as connection:
        connection.execute((schemas / "postgres-1.sql").read_bytes())
    with ThreadPoolExecutor(2) as pool:
        servers = [serve("--migrate", "--workers", "2", on=postgres_url) for _ in range(2)]
        started = list(pool.map(lambda server: server.__enter__(), servers))
        ready = [httpx.get(f"{server.url}/readyz", verify=NO_CERTIFICATES, timeout=PATIENCE) for server in started]
        assert [answer.status_code for answer in ready] == [200, 200]
        list(pool.map(lambda server: server.__exit__(None, None, None), servers))
