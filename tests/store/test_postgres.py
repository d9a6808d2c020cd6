"""PostgreSQL: set-up by the first write, foreign tables, concurrent transactions."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from tests.postgres import wait_until_blocked

from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.errors import AlreadyStopped, StoreMissing, Unavailable
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import stop
from tasktimer.services.transaction import ChangeRecorder
from tasktimer.store.postgres import store as postgres_store
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.statements import task_queries, task_writes

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
    return start_task(store, Actor(1, 1), NewTask("write", start_time=NINE), now=NINE + HOUR).id


def test_read_and_stop_create_nothing(store: PostgresStore, postgres_url: str) -> None:
    with store.read() as empty:
        assert task_queries.running_tasks(empty, None) == []
    assert re.search("the schema tasktimer in .* does not exist", str(store.missing_error()))
    with pytest.raises(StoreMissing), store.write():
        pass
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'tasktimer'").fetchall() == []
    insert(store)
    assert store.missing_error() is None


def test_all_objects_are_in_own_schema(store: PostgresStore, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE public.tasks (mine TEXT)")
    assert insert(store) == 1
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT * FROM public.tasks").fetchall() == []
        assert connection.execute("SELECT count(*) FROM tasktimer.tasks").fetchone() == (1,)
        names = connection.execute(
            "SELECT application_name FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert ("tasktimer",) in names.fetchall()


def test_foreign_tables_are_rejected_and_kept(store: PostgresStore, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA tasktimer")
        connection.execute("CREATE TABLE tasktimer.tasks (mine TEXT)")
    with pytest.raises(Unavailable, match="another program's tables"):
        insert(store)
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'tasktimer'").fetchall()
    assert tables == [("tasks",)]


def test_existing_empty_schema_is_used(store: PostgresStore, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA tasktimer")
    assert insert(store) == 1


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ("UPDATE {} SET version = 99, oldest_writer = 99", "newer version of tasktimer"),
        ("DELETE FROM {}", "has no version"),
    ],
)
def test_unknown_schema_version_is_rejected(store: PostgresStore, postgres_url: str, change: str, word: str) -> None:
    insert(store)
    with psycopg.connect(postgres_url) as connection:
        connection.execute(change.format("tasktimer.schema_version").encode())
    with pytest.raises(Unavailable, match=word):
        insert(store)
    with pytest.raises(Unavailable, match=word), store.read():
        pass


def test_concurrent_first_writes_succeed(postgres_url: str) -> None:
    def first_write(_: int) -> int:
        with closing(PostgresStore(postgres_url)) as store:
            return insert(store)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(first_write, range(8))) == list(range(1, 9))


def test_concurrent_stop_succeeds_once(store: PostgresStore, postgres_url: str) -> None:
    task_id = insert(store)
    first_may_commit = ThreadPoolExecutor(1)
    with store.write() as connection:
        task = ChangeRecorder(connection, Actor(1, ALL_USERS), "stop", now=NINE).lock_all([task_id])[0]
        task_writes.update_task(connection, task, task._replace(end_time=NINE + HOUR))
        second = first_may_commit.submit(
            stop, store, Actor(1, 1), [task_id], end_time=NINE + 2 * HOUR, now=NINE + 3 * HOUR
        )
        wait_until_blocked(postgres_url)
    with pytest.raises(AlreadyStopped, match="it ended at 10:00"):
        second.result()
    first_may_commit.shutdown()


def test_stop_in_different_orders_does_not_deadlock(store: PostgresStore) -> None:
    ids = [insert(store) for _ in range(20)]
    with ThreadPoolExecutor(2) as pool:
        races = [pool.submit(stop, store, Actor(1, 1), order, now=NINE + 2 * HOUR) for order in (ids, ids[::-1])]
    outcomes = sorted(type(race.exception()).__name__ for race in races)
    assert outcomes == ["AlreadyStopped", "NoneType"]
    assert [task.id for race in races if not race.exception() for task in race.result()] in (ids, ids[::-1])


def test_concurrent_stop_all_succeeds(store: PostgresStore, postgres_url: str) -> None:
    task_id = insert(store)
    with ThreadPoolExecutor(1) as pool:
        with store.write() as connection:
            task = ChangeRecorder(connection, Actor(1, ALL_USERS), "stop", now=NINE).lock_all([task_id])[0]
            task_writes.update_task(connection, task, task._replace(end_time=NINE + HOUR))
            second = pool.submit(stop, store, Actor(1, ALL_USERS), all_running=True, now=NINE + 2 * HOUR)
            wait_until_blocked(postgres_url)  # it has seen the task running
        assert second.result() == []


def test_lost_connection_rolls_back(store: PostgresStore, postgres_url: str) -> None:
    insert(store)
    with pytest.raises(Unavailable, match="terminating connection"), store.write() as connection:
        task_writes.insert_task(connection, user_id=1, description="lost", start_time=NINE, end_time=None)
        with psycopg.connect(postgres_url) as other:
            other.execute(TERMINATE)
        task_queries.running_tasks(connection, None)
    with store.read() as connection:
        assert [task.description for task in task_queries.running_tasks(connection, None)] == ["write"]


def test_statements_name_the_schema_constant() -> None:
    """Statements that run before `search_path` is set contain the name of the schema."""
    texts = [
        value
        for name, value in vars(postgres_store).items()
        if name.startswith("_") and isinstance(value, str) and " " in value and "lock(" not in value
    ]
    assert all(postgres_store.SCHEMA in text for text in texts)


def test_read_is_a_snapshot(store: PostgresStore) -> None:
    task_id = insert(store)
    with store.read() as connection:
        before = task_queries.get_task(connection, task_id)
        stop(store, Actor(1, ALL_USERS), [task_id], end_time=NINE + HOUR, now=NINE + 2 * HOUR)
        assert task_queries.get_task(connection, task_id) == before
    with store.read() as connection:
        assert task_queries.get_task(connection, task_id).end_time == NINE + HOUR
