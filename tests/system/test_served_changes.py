"""Every route that changes tasks, from many clients at once and with servers that are killed: nothing is lost.

The rounds of the clients can be set by TASKTIMER_TEST_ROUNDS.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from tests.conftest import NOW, wait_until
from tests.postgres import kill_server, start_again
from tests.system.http_client import Client, Refused
from tests.system.journeys import ROUTES, START, Journey, Stored, stored_tasks
from tests.system.server import Serve, check_sound

from tasktimer.config.settings import parse_database
from tasktimer.core.task import Actor
from tasktimer.services.tokens import create_token
from tasktimer.store.factory import open_store

CLIENTS = 64
ROUNDS = int(os.environ.get("TASKTIMER_TEST_ROUNDS", "2"))
LIVES = 2


def create_tokens(database: str, count: int) -> list[str]:
    """Create a token for each of as many users."""
    with closing(open_store(parse_database(database))) as store:
        return [
            create_token(store, Actor(user_id, user_id), admin=False, name=None, expiry_time=None, now=NOW)[1]
            for user_id in range(1, count + 1)
        ]


def expected_tasks(journeys: Iterable[Journey]) -> dict[int, Stored]:
    return {number: task for each in journeys for number, task in each.expected.items() if task is not None}


async def travel(client: Client, name: str, rounds: int) -> Journey:
    async with client:
        journey = Journey(client, name, START)
        for number in range(rounds):
            await journey.round(number)
    return journey


def test_many_clients_change_tasks_by_every_route(serve: Serve, database: str) -> None:
    tokens = create_tokens(database, CLIENTS)
    flags = ["--workers", "2"] if "://" in database else []

    async def whole(url: str) -> Sequence[Journey]:
        trips = (travel(Client(url, token), f"client {number}", ROUNDS) for number, token in enumerate(tokens))
        return await asyncio.gather(*trips)

    with serve("--no-access-log", *flags, on=database) as server:
        journeys = asyncio.run(whole(server.url))
    found = stored_tasks(database)
    expected = expected_tasks(journeys)
    assert expected.items() <= found.items()
    imported = Counter(task.description for number, task in found.items() if number not in expected)
    assert imported == {f"client {client}, {number}": 1 for client in range(CLIENTS) for number in range(ROUNDS)}
    assert all(journey.acknowledged >= ROUNDS * ROUTES for journey in journeys)
    check_sound(database)


class Life:
    """A server, until something is killed after each client has used every route."""

    def __init__(self, url: str, tokens: Sequence[str], number: int, kill: Callable[[], object]) -> None:
        self._url = url
        self._tokens = tokens
        self._kill = kill
        self._is_killed = False
        self._start = START + timedelta(days=number * 365)  # rows that were imported before would not be added
        self.journeys: list[Journey] = []

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for token in self._tokens:
                group.create_task(self._travel(token))

    async def _travel(self, token: str) -> None:
        try:
            async with Client(self._url, token) as client:
                journey = Journey(client, f"client of {self._start}", self._start)
                self.journeys.append(journey)
                for number in range(100_000):
                    await journey.round(number)
                    if not self._is_killed and all(each.acknowledged > ROUTES for each in self.journeys):
                        self._is_killed = True
                        self._kill()
        except (OSError, asyncio.IncompleteReadError):
            assert self._is_killed
        except Refused as error:
            assert (self._is_killed, error.status) == (True, 503)


def test_kill_of_server_loses_no_acknowledged_change_of_any_route(serve: Serve, database: str) -> None:
    tokens = create_tokens(database, 8)
    journeys: list[Journey] = []
    for number in range(LIVES):
        with serve("--no-access-log", on=database) as server:
            life = Life(server.url, tokens, number, server.process.kill)
            asyncio.run(life.run())
        journeys += life.journeys
        check_kept(database, journeys)
        check_sound(database)
    assert sum(journey.acknowledged for journey in journeys) > LIVES * len(tokens) * ROUTES


def test_kill_of_postgres_loses_no_acknowledged_change_of_any_route(serve: Serve, own_postgres: Path) -> None:
    url = f"postgresql://postgres:@/postgres?host={own_postgres}"
    tokens = create_tokens(url, 8)
    journeys: list[Journey] = []
    with serve("--no-access-log", on=url) as server, server.client(tokens[0]) as client:
        for number in range(LIVES):
            life = Life(server.url, tokens, number, lambda: kill_server(own_postgres))
            asyncio.run(life.run())
            journeys += life.journeys
            start_again(own_postgres)
            wait_until(lambda: client.get("/readyz").status_code == 200)
            check_kept(url, journeys)
    assert sum(journey.acknowledged for journey in journeys) > LIVES * len(tokens) * ROUTES


def check_kept(database: str, journeys: Iterable[Journey]) -> None:
    found = stored_tasks(database)
    for journey in journeys:
        for task_id in journey.expected.keys() - journey.touched:
            assert found.get(task_id) == journey.expected[task_id]
