"""PostgreSQL uses the expected indexes for tables with statistics."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest
import sqlalchemy
from tests.store.test_filter_plans import CASES, LED, filtered, where
from tests.store.test_plan import STATEMENTS

from tasktimer.store.factory import open_store
from tasktimer.store.statements.task_queries import IDS_AT_ONCE

FILL = """
INSERT INTO tasktimer.tasks (user_id, description, start_time, end_time, project, tags)
SELECT number % 50 + 1, 'task', number * 3600000000, CASE WHEN number < 99990 THEN
  number * 3600000000 + CASE WHEN number % 997 = 0 THEN 100 ELSE 1 END * 3600000000 END,
  CASE WHEN number % 3 = 0 THEN 'acme' ELSE 'p' || number % 100 END, CASE WHEN number % 2 = 0 THEN 'docs' END
FROM generate_series(0, 99999) AS numbers (number);
INSERT INTO tasktimer.task_tags (task_id, tag, user_id) SELECT id, tags, user_id FROM tasktimer.tasks
WHERE tags IS NOT NULL;
INSERT INTO tasktimer.task_tags (task_id, tag, user_id) SELECT id, 'rare', user_id FROM tasktimer.tasks
WHERE id % 1000 = 0;
ANALYZE
"""


@pytest.fixture(scope="module")
def postgres(postgres_server: Callable[[], str]) -> Iterator[sqlalchemy.Connection]:
    """A database with enough tasks for an index to be worth it."""
    url = postgres_server()
    with closing(open_store(url)) as store, store.write(create=True):
        pass
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in FILL.split(";"):
            connection.execute(statement)
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("SET search_path TO tasktimer"))
        yield connection
    engine.dispose()


@pytest.mark.parametrize("name", ["SELECT_LAST_ID", "SELECT_BETWEEN", "SELECT_BETWEEN_OF_USER"])
def test_postgres_finds_tasks_by_id_index(postgres: sqlalchemy.Connection, name: str) -> None:
    values = {"first": 10_000, "last": 19_999, "limit": 10, "user_id": 7, "most_read": 1000}
    parameters = {key: value for key, value in values.items() if f":{key}" in STATEMENTS[name]}
    plan = [line for (line,) in postgres.execute(sqlalchemy.text(f"EXPLAIN {STATEMENTS[name]}"), parameters)]
    assert [line for line in plan if re.search(r"Index (Only )?Scan Backward using tasks_pkey", line)], plan
    assert not [line for line in plan if "Seq Scan" in line], plan


def test_postgres_finds_last_task_unlike_running_ones_by_index(postgres: sqlalchemy.Connection) -> None:
    statement = f"EXPLAIN {STATEMENTS['SELECT_LAST_STARTED_OF_ENDED']}"
    parameters = {"user_id": 7, "unlike_running_of": 7}
    plan = [line for (line,) in postgres.execute(sqlalchemy.text(statement), parameters)]
    assert [line for line in plan if "Scan Backward using tasks_by_user_start on tasks" in line], plan
    assert not [line for line in plan if "Seq Scan" in line or "Sort" in line], plan


@pytest.mark.parametrize(
    ("name", "filter_name"),
    [
        (name, filter_name)
        for name, filter_name in CASES
        if "OVERLAPPING" in name or filter_name == "running" or "ALL_OF_USER" in name
    ],
)
def test_postgres_uses_indexes_for_ranges(postgres: sqlalchemy.Connection, name: str, filter_name: str) -> None:
    statement, values = filtered(name, filter_name)
    plan = [line for (line,) in postgres.execute(sqlalchemy.text(f"EXPLAIN {statement}"), values)]
    assert not [line for line in plan if "Seq Scan on tasks" in line], plan
    used = {found[1] for line in plan if (found := re.search(r"Index (?:Only )?Scan (?:using|on) (tasks\w+)", line))}
    if "OVERLAPPING" in name:
        assert used <= {"tasks_by_start", "tasks_by_user_start"}, plan


@pytest.mark.parametrize(("text", "user_id", "expected"), LED)
def test_postgres_uses_index_of_expression(
    postgres: sqlalchemy.Connection, text: str, user_id: int | None, expected: list[str]
) -> None:
    statement, values = where(text.replace("acme", "p7").replace("docs", "rare"), user_id)
    plan = [line for (line,) in postgres.execute(sqlalchemy.text(f"EXPLAIN {statement}"), values)]
    assert not [line for line in plan if "Seq Scan on tasks" in line], plan
    indexes = set(expected) - {"PRIMARY KEY"} or {"tasks_pkey"}
    assert any(re.search(rf"\b{index}\b", line) for line in plan for index in indexes), plan


def test_postgres_counts_distinct_values_by_index(postgres: sqlalchemy.Connection) -> None:
    # A recursive step shows its subquery only once it has run.
    explain = f"EXPLAIN (ANALYZE, TIMING OFF) {STATEMENTS['SELECT_COUNTS']}"
    plan = [line for (line,) in postgres.execute(sqlalchemy.text(explain))]
    used = [found[1] for line in plan if (found := re.search(r"Index Only Scan using (\w+)", line))]
    for index in ("tasks_by_user_start", "tasks_by_project", "task_tags_by_tag"):
        assert used.count(index) == 2, plan  # the first value, and the step to the next


def test_postgres_finds_lowest_and_highest_users_by_index(postgres: sqlalchemy.Connection) -> None:
    statement = f"EXPLAIN {STATEMENTS['SELECT_LOWEST_AND_HIGHEST_USERS']}"
    plan = [line for (line,) in postgres.execute(sqlalchemy.text(statement))]
    used = [found[1] for line in plan if (found := re.search(r"Index Only Scan (?:Backward )?using (\w+)", line))]
    assert used.count("tasks_by_user_start") == 2, plan


@pytest.mark.parametrize("name", ["LOCK_TASKS", "SELECT_TASKS"])
def test_postgres_uses_index_for_table_without_statistics(postgres: sqlalchemy.Connection, name: str) -> None:
    # As after deleting every task: autovacuum has counted no rows, but the table and its index keep their size.
    postgres.execute(sqlalchemy.text("UPDATE pg_class SET reltuples = 0 WHERE relname IN ('tasks', 'tasks_pkey')"))
    try:
        parameters = {f"id{place}": 50_000 + place for place in range(IDS_AT_ONCE)}
        plan = [line for (line,) in postgres.execute(sqlalchemy.text(f"EXPLAIN {STATEMENTS[name]}"), parameters)]
    finally:
        postgres.rollback()
        postgres.execute(sqlalchemy.text("SET search_path TO tasktimer"))
    assert [line for line in plan if re.search(r"Index Cond: \(id = ANY", line)], plan
