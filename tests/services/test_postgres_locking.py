"""What a command finds on PostgreSQL once it has had to wait for another one: what there is then, not before."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import NOW
from tests.postgres import wait_until_blocked

from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import Conflict
from tasktimer.services import bulk, edit, labels, queries
from tasktimer.services import resume as resume_service
from tasktimer.services import start as switch_service
from tasktimer.services import stop as stop_service
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.undo import undo
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.protocols import Connection, Parameters, Store
from tasktimer.store.statements import task_queries

BEFORE = NOW - timedelta(hours=2)
MANY_TASKS = 2_000
INSERT = """
INSERT INTO tasks (user_id, description, start_time, end_time) VALUES (:user_id, :description, :start_time, :end_time)
"""


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(postgres_url)) as store:
        yield store


@pytest.fixture
def other(postgres_url: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore(postgres_url)) as store:
        yield store


RunBehind = Callable[[Callable[[Store], object], Store, Callable[[], Any]], Any]


class Paused:
    """A store whose transactions do something before their end."""

    def __init__(self, store: Store, happens: Callable[[], object]) -> None:
        self._store = store
        self._happens = happens
        self.read = store.read

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[Connection]:
        with self._store.write(create=create) as connection:
            yield connection
            self._happens()


@pytest.fixture
def run_behind(postgres_url: str) -> RunBehind:
    """Let a command begin while another one has its locks; give what it gives when that is done."""

    def run(first: Callable[[Store], object], other: Store, second: Callable[[], Any]) -> Any:
        with ThreadPoolExecutor(1) as pool:
            waiting: list[Future[Any]] = []

            def begin() -> None:
                waiting.append(pool.submit(second))
                wait_until_blocked(postgres_url)

            first(Paused(other, begin))
            return waiting[0].result()

    return run


def switch(store: Store) -> None:
    switch_service.switch(store, Actor(1, 1), NewTask("second"), now=NOW)


def find(store: Store) -> list[Task]:
    return queries.list_tasks(store, Actor(1, 1), TaskFilter(), window=None, now=NOW)


def stop(store: Store) -> list[Task]:
    return stop_service.stop(store, Actor(1, 1), all_running=False, now=NOW)


def stop_all(store: Store) -> list[Task]:
    return stop_service.stop(store, Actor(1, 1), all_running=True, now=NOW)


def cancel(store: Store) -> list[Task]:
    return stop_service.cancel(store, Actor(1, 1), now=NOW)


@pytest.mark.parametrize("verb", [stop, stop_all, cancel])
def test_switch_stops_task_started_by_concurrent_switch(
    store: PostgresStore, other: PostgresStore, run_behind: RunBehind, verb: Callable[[Store], list[Task]]
) -> None:
    start_task(store, Actor(1, 1), NewTask("first", start_time=BEFORE), now=NOW)
    assert [task.id for task in run_behind(switch, other, lambda: verb(store))] == [2]
    assert not any(task.running for task in find(store))


def test_rename_tag_includes_concurrently_tagged_tasks(
    store: PostgresStore, other: PostgresStore, run_behind: RunBehind
) -> None:
    for tags in (["old"], []):
        start_task(store, Actor(1, 1), NewTask("write", tags=tags, start_time=BEFORE), now=NOW)

    def give(store: Store) -> None:
        tasks = find(store)
        found = bulk.select_edited(tasks, {"add_tags": ["old"], "note": "x"}, by_id=False, now=NOW)
        bulk.apply_changes(store, Actor(1, ALL_USERS), "edit", found, now=NOW)

    def rename() -> int:
        return labels.rename_tag(store, Actor(1, 1), "old", "new", now=NOW).changed

    assert run_behind(give, other, rename) == 2
    assert [task.tags for task in find(store)] == [("new",), ("new",)]


def test_second_of_concurrent_resumes_fails(store: PostgresStore, other: PostgresStore, run_behind: RunBehind) -> None:
    start_task(store, Actor(1, 1), NewTask("write", start_time=BEFORE, end_time=NOW), now=NOW)

    def resume(store: Store) -> Task:
        return resume_service.resume(store, Actor(1, 1), None, now=NOW)

    with pytest.raises(Conflict, match="task 2 is already running"):
        run_behind(resume, other, lambda: resume(store))


class Between:
    """A connection on which something happens once, after the first statement that contains a text."""

    def __init__(self, connection: Connection, text: str, happens: Callable[[], object]) -> None:
        self._connection = connection
        self._text = text
        self._happens = happens

    def execute(self, statement: str, parameters: Parameters, /) -> Iterable[tuple[Any, ...]]:
        rows = list(self._connection.execute(statement, parameters))
        if self._text in statement:
            self._text = "\0"
            self._happens()
        return rows

    def executemany(self, statement: str, rows: Sequence[Parameters], /) -> object:
        return self._connection.executemany(statement, rows)


def test_track_without_gap_ignores_concurrently_deleted_task(store: PostgresStore, other: PostgresStore) -> None:
    for days in (9, 1):
        start = NOW - timedelta(days=days)
        start_task(store, Actor(1, 1), NewTask("write", start_time=start, end_time=start), now=NOW)
    with store.write() as connection:
        between = Between(
            connection, "end_time IS NOT NULL\nORDER", lambda: edit.delete(other, Actor(1, ALL_USERS), [2], now=NOW)
        )
        found = task_queries.find_last_ended(between, 1)
    assert found is not None
    assert found.id == 1
    with store.write() as connection:
        between = Between(
            connection, "end_time IS NOT NULL\nORDER", lambda: edit.delete(other, Actor(1, ALL_USERS), [1], now=NOW)
        )
        assert task_queries.find_last_ended(between, 1) is None


def test_change_of_many_tasks_plans_each_statement_again(store: PostgresStore) -> None:
    # A plan that was cached while the table was empty would scan it all for each batch that an undo brings back.
    tasks: list[Parameters] = [
        {"user_id": 1, "description": "x", "start_time": number, "end_time": number} for number in range(MANY_TASKS)
    ]
    with store.write(create=True) as connection:
        connection.executemany(INSERT, tasks)
    actor = Actor(1, ALL_USERS)
    found = bulk.select_deleted(bulk.iterate_tasks(store, actor, TaskFilter(), window=None, now=NOW))
    bulk.apply_changes(store, actor, "delete", found, now=NOW)
    plans: list[tuple[int, int]] = []
    undo(CountingPlans(store, plans), Actor(1, 1), now=NOW)
    assert len(find(store)) == MANY_TASKS
    assert max(custom for _, custom in plans) > 10
    assert {generic for generic, _ in plans} == {0}


class CountingPlans:
    """A store that counts the generic and the custom plans of each prepared statement before it commits."""

    def __init__(self, store: Store, plans: list[tuple[int, int]]) -> None:
        self._store = store
        self._plans = plans
        self.read = store.read

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[Connection]:
        with self._store.write(create=create) as connection:
            yield connection
            statement = """
            SELECT generic_plans, custom_plans FROM pg_catalog.pg_prepared_statements
            WHERE statement LIKE '%UPDATE tasks SET note = note%'
            """
            self._plans += [(generic, custom) for generic, custom in connection.execute(statement, {})]
