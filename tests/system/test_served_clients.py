"""Servers under load: many concurrent clients, and commands on the same store."""

import asyncio
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
from tests.conftest import PATIENCE
from tests.plain_http import NO_CERTIFICATES
from tests.system.command import TASKTIMER, Program
from tests.system.http_client import Client
from tests.system.server import Serve, check_sound, stored

CLIENTS = 64
ROUNDS = 50


def work_at_once(url: str, token: str, clients: int, rounds: int) -> dict[int, str]:
    """Start and stop tasks in turn, and return the acknowledged ones."""

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


def test_64_concurrent_clients_lose_nothing(serve: Serve, token: str, database: str) -> None:
    flags = ["--workers", "2"] if "://" in database else []
    with serve("--no-access-log", *flags, on=database) as server:
        done = work_at_once(server.url, token, CLIENTS, ROUNDS)
        while_served = stored(database)
    assert len(done) == CLIENTS * ROUNDS
    assert while_served == stored(database) == {number: (text, True) for number, text in done.items()}
    check_sound(database)


def test_commands_beside_server_lose_nothing(serve: Serve, token: str, database: str, environ: dict[str, str]) -> None:
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


def test_workers_stop_task_once(serve: Serve, postgres_url: str, program: Program) -> None:
    token = program("--database", postgres_url, "token", "create", "--user", "42").stdout.strip()
    with serve("--workers", "2", on=postgres_url) as server, ThreadPoolExecutor(16) as pool:
        headers = {"Authorization": f"Bearer {token}"}
        post = partial(httpx.post, headers=headers, timeout=PATIENCE, verify=NO_CERTIFICATES)  # a connection for each

        def stop(number: int, _: int) -> int:
            return post(f"{server.url}/stop", json={"id": number}).status_code

        for _ in range(5):
            number = post(f"{server.url}/track", json={"user_id": 42, "description": "x"}).json()["id"]
            assert sorted(pool.map(partial(stop, number), range(16))) == [200, *[409] * 15]
