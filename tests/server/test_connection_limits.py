"""A server to which PostgreSQL grants fewer connections than the pool may have."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest
from tests.conftest import wait_until
from tests.roles import role
from tests.server.conftest import Api, Serve

from tasktimer.errors import Unavailable
from tasktimer.store.postgres.async_store import AsyncPostgresStore
from tasktimer.store.postgres.store import PostgresStore

TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s"
COUNT = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"
DIRECT = "SELECT CAST(:id AS BIGINT)"


class Clerk:
    """A role without superuser rights, and its connections."""

    def __init__(self, url: str, administrator: psycopg.Connection) -> None:
        self.url = url
        self._name = url.removeprefix("postgresql://").partition("@")[0]
        self._administrator = administrator

    def limit(self, count: int) -> None:
        self._administrator.execute(f"ALTER ROLE {self._name} CONNECTION LIMIT {count}")

    def terminate(self) -> None:
        self._administrator.execute(TERMINATE, [self._name])
        wait_until(lambda: self._administrator.execute(COUNT, [self._name]).fetchone() == (0,))


@pytest.fixture
def clerk(postgres_url: str) -> Iterator[Clerk]:
    with psycopg.connect(postgres_url, autocommit=True) as administrator:
        grant = f"GRANT CREATE ON DATABASE {administrator.info.dbname} TO clerk"
        with role(postgres_url, grant) as url:
            yield Clerk(url, administrator)


def send(api: Api, number: int) -> int:
    """Send a request that takes a single statement, or a service, which takes another connection."""
    if number % 3 == 0:
        return api.get("/tasks").status_code
    headers = {"Idempotency-Key": f"key-{number}"} if number % 3 == 1 else {}
    return api.post("/track", {"user_id": 1, "description": str(number)}, headers=headers).status_code


@pytest.mark.parametrize("count", [1, 2, 4])
def test_requests_wait_for_the_connections_that_there_are(serve: Serve, clerk: Clerk, count: int) -> None:
    api = serve(clerk.url)
    clerk.limit(count)
    clerk.terminate()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda number: send(api, number), range(90))) == {200}
    assert len(api.get("/tasks?limit=1000").json()["tasks"]) == 60
    api.end()


def test_single_statements_give_up_connection_that_services_need(clerk: Clerk) -> None:
    async def work() -> list[object]:
        served = AsyncPostgresStore(clerk.url, pool_size=4, lock_timeout=60)
        clerk.limit(1)
        outcomes: list[object] = []
        for _ in range(3):
            clerk.terminate()
            outcomes.append(await served.run_directly(DIRECT, {"id": 7}, is_reading=True))
            running = asyncio.create_task(
                served.run_directly("SELECT CAST(:id AS BIGINT) FROM pg_sleep(0.2)", {"id": 8}, is_reading=True)
            )
            await asyncio.sleep(0)
            outcomes += [await served.read(type), await running]
        await served.close()
        return outcomes

    assert asyncio.run(work()) == [[(7,)], PostgresStore, [(8,)]] * 3


def test_connections_of_other_programs_are_waited_for(clerk: Clerk) -> None:
    async def work() -> None:
        served = AsyncPostgresStore(clerk.url, pool_size=4, lock_timeout=0.5)
        try:
            with psycopg.connect(clerk.url):
                clerk.limit(1)
                # A service then reports the cause.
                assert await served.run_directly(DIRECT, {"id": 7}, is_reading=True) is None
                with pytest.raises(Unavailable, match="too many connections for role") as error:
                    await served.check_writable()
                assert error.value.code == "store-busy"
                with closing(PostgresStore(clerk.url)) as store, pytest.raises(Unavailable) as error:
                    store.version()
                assert error.value.code == "store-busy"
            assert await served.check_writable() is False
        finally:
            await served.close()

    asyncio.run(work())
