"""PostgreSQL: set up by the first write, never adopted, never half done."""

import asyncio
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tasktimer.errors import AlreadyStopped, InvalidValue, StoreMissing, Unavailable
from tasktimer.store import mutations, postgres, queries
from tasktimer.store.postgres import PostgresStore
from tasktimer.store.served_postgres import ServedPostgres
from tasktimer.tracker.stopping import stop, stop_running
from tasktimer.tracker.tracking import track

NINE = datetime(2023, 7, 16, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)

TERMINATE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database()
"""


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(postgres_url)) as store:
        yield store


def insert(store: PostgresStore) -> int:
    return track(store, user_id=1, description="write", start_time=NINE, now=NINE + HOUR).id


def test_reading_or_ending_creates_nothing(store: PostgresStore, postgres_url: str) -> None:
    with pytest.raises(StoreMissing, match="schema tasktimer"), store.read():
        pass
    with pytest.raises(StoreMissing), store.write():
        pass
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'tasktimer'").fetchall() == []


def test_everything_lives_in_a_schema_of_its_own(store: PostgresStore, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE public.tasks (mine TEXT)")
    assert insert(store) == 1
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT * FROM public.tasks").fetchall() == []
        assert connection.execute("SELECT count(*) FROM tasktimer.tasks").fetchone() == (1,)
        names = connection.execute("SELECT application_name FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        assert ("tasktimer",) in names.fetchall()


def test_tables_of_another_program_are_refused_and_kept(store: PostgresStore, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA tasktimer")
        connection.execute("CREATE TABLE tasktimer.tasks (mine TEXT)")
    with pytest.raises(Unavailable, match="tables of another program"):
        insert(store)
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'tasktimer'").fetchall()
    assert tables == [("tasks",)]


def test_an_empty_schema_that_was_made_ready_is_used(store: PostgresStore, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA tasktimer")
    assert insert(store) == 1


@pytest.mark.parametrize(
    ("change", "word"),
    [("UPDATE {} SET version = 99", "newer tasktimer"), ("DELETE FROM {}", "does not say its version")],
)
def test_tables_of_another_version_are_refused(store: PostgresStore, postgres_url: str, change: str, word: str) -> None:
    insert(store)
    with psycopg.connect(postgres_url) as connection:
        connection.execute(change.format("tasktimer.schema_version").encode())
    with pytest.raises(Unavailable, match=word):
        insert(store)
    with pytest.raises(Unavailable, match=word), store.read():
        pass


def test_first_writes_at_once_do_not_collide(postgres_url: str) -> None:
    def first_write(_: int) -> int:
        with closing(PostgresStore(postgres_url)) as store:
            return insert(store)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(first_write, range(8))) == list(range(1, 9))


def test_of_two_who_stop_a_task_at_once_exactly_one_does(store: PostgresStore) -> None:
    task_id = insert(store)
    first_may_commit = ThreadPoolExecutor(1)
    with store.write() as connection:
        task = mutations.lock_task(connection, task_id)
        mutations.update_task(connection, task, replace(task, end_time=NINE + HOUR))
        second = first_may_commit.submit(stop, store, [task_id], end_time=NINE + 2 * HOUR, by=1, now=NINE + 3 * HOUR)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.5)  # waits for the first
    with pytest.raises(AlreadyStopped, match="2023-07-16 10:00:00"):
        second.result(timeout=10)
    first_may_commit.shutdown()


def test_two_who_stop_the_same_tasks_in_another_order_do_not_wait_for_each_other(store: PostgresStore) -> None:
    ids = [insert(store) for _ in range(20)]
    with ThreadPoolExecutor(2) as pool:
        races = [pool.submit(stop, store, order, by=1, now=NINE + 2 * HOUR) for order in (ids, ids[::-1])]
    outcomes = sorted(type(race.exception()).__name__ for race in races)
    assert outcomes == ["AlreadyStopped", "NoneType"]
    assert [task.id for race in races if not race.exception() for task in race.result()] in (ids, ids[::-1])


def test_two_who_stop_all_at_once_both_succeed(store: PostgresStore) -> None:
    task_id = insert(store)
    with ThreadPoolExecutor(1) as pool:
        with store.write() as connection:
            task = mutations.lock_task(connection, task_id)
            mutations.update_task(connection, task, replace(task, end_time=NINE + HOUR))
            second = pool.submit(stop_running, store, user_id=None, every=True, by=1, now=NINE + 2 * HOUR)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)  # it has seen the task running, and waits for the first
        assert second.result(timeout=10) == []


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://",
        "postgres://ada:secret@127.0.0.1:1/work",
        "postgresql://ada:secret@nowhere.invalid/work",
        "postgresql://ada@/work?host=/nowhere&password=secret",
    ],
)
def test_a_server_that_cannot_be_reached_is_named_without_its_password(url: str) -> None:
    with closing(PostgresStore(url)) as store, pytest.raises(Unavailable) as refusal, store.read():
        pass
    assert refusal.value.code == "store-unreachable"
    assert "secret" not in f"{refusal.value.what}{refusal.value.hint}"


@pytest.mark.parametrize("url", ["postgresql://ada:secret@db:port/work", "postgresql://ada:secret@db/work?port=abc"])
def test_a_url_that_cannot_be_read_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        insert(PostgresStore(url))
    assert "secret" not in f"{refusal.value.what}{refusal.value.hint}"


def test_a_database_that_does_not_exist_is_named(postgres_url: str) -> None:
    with closing(PostgresStore(postgres_url.replace("/test", "/nosuch"))) as store:  # noqa: SIM117
        with pytest.raises(Unavailable, match="does not exist"), store.read():
            pass


def test_a_user_without_rights_is_told(store: PostgresStore, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA tasktimer")
        connection.execute("ALTER DATABASE " + (connection.info.dbname) + " SET default_transaction_read_only = on")
    with pytest.raises(Unavailable, match="read-only transaction"):
        insert(store)


def test_without_the_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with closing(PostgresStore("postgresql://ada@db/work")) as store, pytest.raises(InvalidValue) as refusal:
        insert(store)
    assert "tasktimer-cli[postgres]" in (refusal.value.hint or "")


def test_a_lost_connection_leaves_nothing_half_done(store: PostgresStore, postgres_url: str) -> None:
    insert(store)
    with pytest.raises(Unavailable, match="terminating connection"), store.write() as connection:
        mutations.insert_task(connection, user_id=1, description="lost", start_time=NINE, end_time=None)
        with psycopg.connect(postgres_url) as other:
            other.execute(TERMINATE)
        queries.running_tasks(connection, None)
    with store.read() as connection:
        assert [task.description for task in queries.running_tasks(connection, None)] == ["write"]


def test_the_schema_is_named_once() -> None:
    """The statements that find the tables before the schema can be asked spell it out."""
    texts = [
        value
        for name, value in vars(postgres).items()
        if name.startswith("_") and isinstance(value, str) and " " in value and "lock(" not in value
    ]
    assert all(postgres.SCHEMA in text for text in texts)


def test_statements_are_prepared(store: PostgresStore) -> None:
    insert(store)
    for _ in range(10):
        with store.read() as connection:
            queries.get_task(connection, 1)
    with store.read() as connection:
        prepared = [text for (text,) in connection.execute("SELECT statement FROM pg_prepared_statements", {})]
    assert any("FROM tasks WHERE id = $1" in text for text in prepared)


def test_the_parameters_of_the_url_reach_the_driver(postgres_url: str) -> None:
    url = f"{postgres_url}&sslmode=verify-full&sslrootcert=/etc/ca.pem&application_name=mine&connect_timeout=3"
    engine = PostgresStore(url)._engine
    _, options = engine.dialect.create_connect_args(engine.url)
    expected = {
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
        "application_name": "mine",
        "connect_timeout": "3",
    }
    assert expected.items() <= options.items()
    assert {"tcp_user_timeout", "keepalives_idle"} <= options.keys()


def test_a_connection_that_was_lost_while_idle_is_replaced(store: PostgresStore, postgres_url: str) -> None:
    insert(store)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(TERMINATE)
    assert insert(store) == 2


def test_a_password_with_a_bare_at_sign_is_not_taken_for_a_host() -> None:
    with pytest.raises(InvalidValue) as refusal:
        PostgresStore("postgresql://ada:se@cret@127.0.0.1:1/work")
    assert "cret" not in f"{refusal.value.what}{refusal.value.hint}".replace("secret", "")
    assert "%40" in (refusal.value.hint or "")


def test_who_waits_too_long_for_a_connection_is_told(postgres_url: str) -> None:
    async def work() -> list[object]:
        served = ServedPostgres(postgres_url, pool_size=2, patience=0.3)
        try:
            verbs = (served.read(lambda _: time.sleep(0.6)) for _ in range(6))
            return await asyncio.gather(*verbs, return_exceptions=True)
        finally:
            await served.close()

    outcomes = asyncio.run(work())
    assert [getattr(outcome, "code", None) for outcome in outcomes] == [None, None, *["store-busy"] * 4]


@pytest.mark.parametrize(("text", "options"), [("none", [None]), ("0", [0]), ("7", [7])])
def test_preparing_statements_can_be_turned_off(postgres_url: str, text: str, options: list[int | None]) -> None:
    with closing(PostgresStore(f"{postgres_url}&prepare_threshold={text}")) as store:
        insert(store)
        connection = store._engine.raw_connection()
        assert [connection.driver_connection.prepare_threshold] == options  # type: ignore[union-attr]
        connection.close()


def test_preparing_statements_after_something_else_is_refused(postgres_url: str) -> None:
    with closing(PostgresStore(f"{postgres_url}&prepare_threshold=x")) as store, pytest.raises(InvalidValue):
        insert(store)


def test_a_read_sees_one_moment(store: PostgresStore) -> None:
    task_id = insert(store)
    with store.read() as connection:
        before = queries.get_task(connection, task_id)
        stop(store, [task_id], end_time=NINE + HOUR, by=1, now=NINE + 2 * HOUR)
        assert queries.get_task(connection, task_id) == before
    with store.read() as connection:
        assert queries.get_task(connection, task_id).end_time == NINE + HOUR
