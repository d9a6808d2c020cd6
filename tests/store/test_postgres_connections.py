"""Connections to PostgreSQL: URLs, unreachable servers, lost connections."""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

import psycopg
import pytest
from tests.store.test_postgres import TERMINATE, insert

from tasktimer.errors import InvalidValue, Unavailable
from tasktimer.store.postgres.async_store import AsyncPostgresStore
from tasktimer.store.postgres.direct_connections import DirectConnections
from tasktimer.store.postgres.engine import build_engine, connect_arguments
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.postgres.urls import parse_url
from tasktimer.store.protocols import Row
from tasktimer.store.statements import task_queries


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(postgres_url)) as store:
        yield store


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://",
        "postgres://ada:secret@127.0.0.1:1/work",
        "postgresql://ada:secret@nowhere.invalid/work",
        "postgresql://ada@/work?host=/nowhere&password=secret",
    ],
)
def test_unreachable_server_is_reported_without_password(url: str) -> None:
    with closing(PostgresStore(url)) as store, pytest.raises(Unavailable) as error, store.read():
        pass
    assert error.value.code == "store-unreachable"
    assert "secret" not in f"{error.value.message}{error.value.hint}"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:secret@db:port/work",
        "postgresql://ada:secret@db/work?port=abc",
        "postgresql://ada:secret@127.0.0.1:99999/work",
        "postgresql://ada:secret@127.0.0.1/work?nosuch=1",
    ],
)
def test_invalid_url_is_rejected_without_quoting_it(url: str) -> None:
    with pytest.raises(InvalidValue) as error:
        insert(PostgresStore(url))
    assert "secret" not in f"{error.value.message}{error.value.hint}"


def test_missing_database_is_reported_by_name(postgres_url: str) -> None:
    with closing(PostgresStore(postgres_url.replace("/test", "/nosuch"))) as store:  # noqa: SIM117
        with pytest.raises(Unavailable, match="does not exist"), store.read():
            pass


def test_user_without_privileges_fails(store: PostgresStore, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA tasktimer")
        connection.execute("ALTER DATABASE " + (connection.info.dbname) + " SET default_transaction_read_only = on")
    with pytest.raises(Unavailable, match="read-only transaction"):
        insert(store)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("53100", "store-full"),
        ("53200", "store-busy"),
        ("57014", "store-busy"),  # a statement that took too long for the server: it is running
        ("53300", "store-busy"),
        ("57P01", "store-unreachable"),
        ("55P03", "store-locked"),
        ("40P01", "store-locked"),
        ("42501", "store-unusable"),
        ("XX000", "store-unusable"),
    ],
)
def test_server_errors_are_translated(store: PostgresStore, state: str, code: str) -> None:
    with pytest.raises(Unavailable) as error, store.write(create=True) as connection:
        connection.execute(f"DO $$ BEGIN RAISE EXCEPTION 'a report' USING ERRCODE = '{state}'; END $$", {})
    assert error.value.code == code
    assert code == "store-locked" or "a report" in error.value.message


def test_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with closing(PostgresStore("postgresql://ada@db/work")) as store, pytest.raises(InvalidValue) as error:
        insert(store)
    assert "tasktimer-cli[postgres]" in (error.value.hint or "")


def test_repeated_statements_are_prepared(store: PostgresStore) -> None:
    insert(store)
    for _ in range(10):
        with store.read() as connection:
            task_queries.get_task(connection, 1)
    with store.read() as connection:
        prepared = [text for (text,) in connection.execute("SELECT statement FROM pg_prepared_statements", {})]
    assert any("FROM tasks WHERE id = $1" in text for text in prepared)


def test_url_parameters_reach_driver(postgres_url: str) -> None:
    url = f"{postgres_url}&sslmode=verify-full&sslrootcert=/etc/ca.pem&application_name=mine&connect_timeout=3"
    options = connect_arguments(parse_url(url), lock_timeout=60)
    expected = {
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
        "application_name": "mine",
        "connect_timeout": "3",
    }
    assert expected.items() <= options.items()
    assert {"tcp_user_timeout", "keepalives_idle"} <= options.keys()


def test_idle_connection_is_replaced_when_lost(store: PostgresStore, postgres_url: str) -> None:
    insert(store)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(TERMINATE)
    assert insert(store) == 2


def test_unescaped_at_sign_in_password_is_rejected() -> None:
    with pytest.raises(InvalidValue) as error:
        PostgresStore("postgresql://ada:se@cret@127.0.0.1:1/work")
    assert "cret" not in f"{error.value.message}{error.value.hint}".replace("secret", "")
    assert "%40" in (error.value.hint or "")


def test_pool_timeout_is_reported(postgres_url: str) -> None:
    async def work() -> list[object]:
        served = AsyncPostgresStore(postgres_url, pool_size=3, lock_timeout=0.3)  # two for services
        try:
            verbs = (served.read(lambda _: time.sleep(0.6)) for _ in range(6))
            return await asyncio.gather(*verbs, return_exceptions=True)
        finally:
            await served.close()

    outcomes = asyncio.run(work())
    assert [getattr(outcome, "code", None) for outcome in outcomes] == [None, None, *["store-busy"] * 4]


@pytest.mark.parametrize(("text", "options"), [("none", [None]), ("0", [0]), ("7", [7])])
def test_prepared_statements_can_be_disabled(postgres_url: str, text: str, options: list[int | None]) -> None:
    url = parse_url(f"{postgres_url}&prepare_threshold={text}")
    engine = build_engine(url, lock_timeout=60, pool_size=1)
    with closing(engine.raw_connection()) as connection:
        assert [connection.driver_connection.prepare_threshold] == options  # type: ignore[union-attr]
    engine.dispose()


def test_invalid_prepare_threshold_is_rejected(postgres_url: str) -> None:
    with closing(PostgresStore(f"{postgres_url}&prepare_threshold=x")) as store, pytest.raises(InvalidValue):
        insert(store)


def test_connection_lost_during_commit_is_uncertain(store: PostgresStore, postgres_url: str) -> None:
    insert(store)
    uncertain = pytest.raises(Unavailable, match="the change may or may not have been stored in postgresql:")
    with uncertain as raised, store.write(), psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(TERMINATE)
    assert raised.value.code == "commit-uncertain"
    assert insert(store) == 2


@pytest.mark.parametrize("is_reading", [True, False])
def test_only_single_statements_that_write_are_uncertain(postgres_url: str, *, is_reading: bool) -> None:
    async def work() -> object:
        served = AsyncPostgresStore(postgres_url, pool_size=2, lock_timeout=9)
        try:
            statement = "SELECT pg_terminate_backend(pg_backend_pid())"
            return await served.run_directly(statement, {}, is_reading=is_reading)
        finally:
            await served.close()

    if is_reading:
        assert asyncio.run(work()) is None  # a service reads it instead
        return
    with pytest.raises(Unavailable) as raised:
        asyncio.run(work())
    assert raised.value.code == "commit-uncertain"


def test_single_statements_keep_their_connection_while_the_loop_runs(postgres_url: str) -> None:
    async def work() -> set[object]:
        arguments = connect_arguments(parse_url(postgres_url), lock_timeout=9)
        connections = DirectConnections(arguments, size=1, lock_timeout=9)
        processes: set[object] = set()
        for _ in range(20):
            processes.add(str(await connections.fetch("SELECT pg_backend_pid()", {})))
            await asyncio.sleep(0)
        await connections.close()
        return processes

    assert len(asyncio.run(work())) == 1


def test_single_statements_reuse_their_connection_after_an_error(postgres_url: str) -> None:
    long = "ä" * 5_000_000  # does not fit into the buffer of a socket
    statements: list[tuple[str, dict[str, Any]]] = [
        ("SELECT CAST(:text AS TEXT), CAST(:none AS BIGINT), 1 = 1", {"text": long, "none": None}),
        ("SELECT 1 / CAST(:number AS BIGINT)", {"number": 0}),
        ("SELECT nonsense", {}),
        ("SELECT pg_backend_pid() FROM generate_series(1, CAST(:number AS BIGINT))", {"number": 2}),
    ]

    async def work() -> list[Sequence[Row] | None]:
        arguments = connect_arguments(parse_url(postgres_url), lock_timeout=9)
        connections = DirectConnections(arguments, size=1, lock_timeout=9)
        try:
            return [await connections.fetch(*statement) for statement in (*statements, statements[-1])]
        finally:
            await connections.close()

    echo, divided, invalid, first, second = asyncio.run(work())
    assert echo == [(long, None, True)]
    assert (divided, invalid) == (None, None)
    assert first is not None
    assert len(first) == 2
    assert first == second
