"""The single statements of requests read index ranges, however many tasks there are."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql

from tasktimer.store.factory import open_store
from tasktimer.store.postgres import direct_statements
from tasktimer.store.protocols import SCHEMA_VERSION
from tasktimer.store.statements.task_queries import to_microseconds

NOW = datetime(2023, 7, 16, 12, tzinfo=UTC)
_FILL = """
INSERT INTO tasktimer.tasks (user_id, description, start_time, end_time)
SELECT 1 + n % 7, 'x', {now} - n * 600000000, CASE WHEN n % 10000 <> 0 THEN {now} - n * 600000000 + 300000000 END
FROM generate_series(1, CAST({count} AS BIGINT)) AS n
"""
VALUES: dict[str, object] = {
    "digest": "x",
    "now": to_microseconds(NOW),
    "version": SCHEMA_VERSION,
    "lock_timeout": "5000ms",
    "user_id": 1,
    "task_id": 20_000,
    "description": "write docs",
    "start_time": to_microseconds(NOW),
    "end_time": to_microseconds(NOW),
    "project": None,
    "tags": "a b",
    "note": None,
    "folded": None,
    "earliest": to_microseconds(NOW - timedelta(days=41)),
    "window_start": to_microseconds(NOW - timedelta(days=40)),
    "window_end": to_microseconds(NOW - timedelta(days=39)),
}
_OVERLAPPING = {f"{part}tasks_by_{key}start" for part in ("", "long_", "running_") for key in ("", "user_")}
# The indexes of tasks that a statement may read; for few users, PostgreSQL reads those of all users.
INDEXES = {"TRACK": set[str](), "STOP": {"tasks_pkey"}, "SELECT_TASK": {"tasks_pkey"}, "SELECT_TIMES": _OVERLAPPING}


@pytest.fixture
def connection(postgres_url: str) -> Iterator[psycopg.Connection]:
    """A connection to a database with 20,000 tasks."""
    with closing(open_store(postgres_url)) as store:
        store.upgrade()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(_FILL.format(now=VALUES["now"], count=20_000))
        connection.execute("ANALYZE tasktimer.tasks")
        yield connection


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("name", INDEXES)
def test_statement_reads_only_index_ranges_of_tasks(connection: psycopg.Connection, name: str, mode: str) -> None:
    statement = getattr(direct_statements, name)
    names = list(dict.fromkeys(re.findall(r":(\w+)", statement)))
    numbered = re.sub(r":(\w+)", lambda match: f"${names.index(match[1]) + 1}", statement)
    values = sql.SQL(", ").join(sql.Literal(VALUES[name]) for name in names)
    connection.execute(f"SET plan_cache_mode = {mode}")
    connection.execute(f"PREPARE request AS {numbered}")
    rows = connection.execute(sql.SQL("EXPLAIN EXECUTE request ({})").format(values)).fetchall()
    plan = "\n".join(line for (line,) in rows)
    assert not re.search(r"Seq Scan on (tasks|commands|changes|task_tags)", plan), plan
    used = set(re.findall(r"(?:using|Bitmap Index Scan on) (\w*tasks\w*)", plan))
    assert used <= INDEXES[name], plan
    assert bool(used) == bool(INDEXES[name])
