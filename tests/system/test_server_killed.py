"""Server processes after kill -9 and lost connections: no acknowledged change is lost."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
from tests.conftest import PATIENCE, wait_until
from tests.postgres import kill_server, start_again
from tests.system.command import Program
from tests.system.server import Serve, Server, check_sound, stored


class Writer(threading.Thread):
    """A client that tracks and stops until the server is gone, and records the acknowledged changes."""

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
    """Run eight concurrent writers until each has stopped the same number of tasks."""
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


def test_kill_of_server_loses_no_acknowledged_change(serve: Serve, token: str, database: str) -> None:
    dice = random.Random(1)
    writers: list[Writer] = []
    for life in range(5):
        with serve("--no-access-log", on=database) as server:
            now = start_writers(server, token, f"life {life}", rounds=1)
            time.sleep(dice.uniform(0, 0.5))
            server.kill()
            for writer in now:
                writer.join(timeout=PATIENCE)
            writers += now
        check_kept(database, writers)
    acknowledged = check_kept(database, writers)
    assert {status for writer in writers for status in writer.refusals} == set()
    print(f"killed 5 times; of {acknowledged} acknowledged changes none is lost")


def test_file_of_killed_server_returns_to_rollback_journal(serve: Serve, tmp_path: Path, program: Program) -> None:
    database = str(tmp_path / "tasks.db")
    token = program("--database", database, "token", "create", "--user", "42").stdout.strip()
    with serve(on=database) as server:
        with server.client(token) as client:
            client.post("/track", json={"user_id": 42, "description": "kept"})
        server.kill()
    assert program("--database", database, "track", "next").stdout == "2\n"
    # The lock file of the server remains, empty; the next server uses it.
    assert sorted(path.name for path in tmp_path.glob("tasks.db*")) == ["tasks.db", "tasks.db-serving"]
    with serve(on=database) as server, server.client(token) as client:
        assert client.get("/tasks").status_code == 200
        second = program("--database", database, "serve", "--port", "0")
        assert second.returncode == 3
        assert f"another process is serving {database}" in second.stderr
    assert sorted(path.name for path in tmp_path.glob("tasks.db*")) == ["tasks.db"]
    assert stored(database) == {1: ("kept", False), 2: ("next", False)}


def test_kill_of_postgres_loses_nothing_and_server_recovers(serve: Serve, program: Program, own_postgres: Path) -> None:
    url = f"postgresql://postgres:@/postgres?host={own_postgres}"
    token = program("--database", url, "token", "create", "--user", "42").stdout.strip()
    with serve("--no-access-log", on=url) as server, server.client(token) as client:
        writers = start_writers(server, token, "one life", rounds=5)
        kill_server(own_postgres)
        wait_until(lambda: client.get("/readyz").status_code == 503)
        refused = client.post("/track", json={"user_id": 42, "description": "down"})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert client.get("/healthz").status_code == 200
        start_again(own_postgres)
        wait_until(lambda: client.get("/readyz").status_code == 200)
        assert client.post("/track", json={"user_id": 42, "description": "back"}).status_code == 200
        server.kill()
        for writer in writers:
            writer.join(timeout=PATIENCE)
    acknowledged = check_kept(url, writers)
    assert {status for writer in writers for status in writer.refusals} == {503}
    print(f"PostgreSQL killed; of {acknowledged} acknowledged changes none is lost")


def test_lost_connection_fails_one_request_and_pool_recovers(serve: Serve, postgres_url: str, program: Program) -> None:
    token = program("--database", postgres_url, "token", "create", "--user", "42").stdout.strip()
    with serve("--pool-size", "2", on=postgres_url) as server, server.client(token) as client:
        assert client.post("/track", json={"user_id": 42, "description": "x"}).status_code == 200
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            # Lost idle connections are replaced transparently.
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert client.get("/tasks/1").status_code == 200
            # A connection lost during a request is an error for its client and changes nothing.
            with connection.transaction(), ThreadPoolExecutor(1) as pool:
                connection.execute("SELECT 1 FROM tasktimer.tasks WHERE id = 1 FOR UPDATE")
                waiting = pool.submit(client.post, "/stop", json={"id": 1})
                blocked = (
                    "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
                )
                while (found := connection.execute(blocked).fetchone()) is None:
                    time.sleep(0.01)
                connection.execute("SELECT pg_terminate_backend(%s)", found)
                assert waiting.result(timeout=PATIENCE).status_code == 503
        assert client.get("/tasks/1").json()["running"] is True
        assert client.post("/stop", json={"id": 1}).status_code == 200
