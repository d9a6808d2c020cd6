"""The statements of reports read a short range of an index for each bucket, on both engines."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy
from tests.store.test_plan import EXPECTED
from tests.store.test_postgres_plans import postgres  # noqa: F401 (a fixture)

from tasktimer.core.buckets import split_window
from tasktimer.core.interval import Window
from tasktimer.core.report import ReportQuery, parse_keys
from tasktimer.core.rounding import Rounding
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.store.protocols import Parameters
from tasktimer.store.statements import reports

BEGIN = datetime(1971, 1, 1, tzinfo=UTC)
QUERIES = {
    "plain": ReportQuery(parse_keys("day,project"), totals=False),
    "totals": ReportQuery(parse_keys("day,project")),
    "elapsed": ReportQuery(parse_keys("week,tag"), elapsed=True),
    "rounded": ReportQuery(parse_keys("project"), rounding=Rounding(timedelta(minutes=15))),
}
FILTERS = {"all": NO_FILTER, "project": TaskFilter(project="acme"), "tag": TaskFilter(tags=["docs"])}


def statement_of(name: str, filter_name: str, user_id: int | None) -> tuple[str, Parameters]:
    query = QUERIES[name]
    window = Window(BEGIN, BEGIN + timedelta(days=28))
    buckets = split_window(window, query.time_keys, UTC, by_day=query.rounding is not None)
    now = BEGIN + timedelta(days=900)
    return reports.build_statement(query, buckets, FILTERS[filter_name], user_id=user_id, now=now)


@pytest.mark.parametrize("user_id", [None, 7])
@pytest.mark.parametrize("filter_name", FILTERS)
@pytest.mark.parametrize("name", QUERIES)
def test_report_reads_range_of_index_for_each_bucket(
    connection: sqlite3.Connection, name: str, filter_name: str, user_id: int | None
) -> None:
    statement, values = statement_of(name, filter_name, user_id)
    plan = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    used = [found[1] for line in plan if (found := re.search(r"SEARCH tasks USING (?:COVERING )?INDEX (\w+)", line))]
    assert used == EXPECTED["SELECT_OVERLAPPING" if user_id is None else "SELECT_OVERLAPPING_OF_USER"]
    assert not [line for line in plan if re.match(r"SCAN tasks", line)]


@pytest.mark.parametrize("user_id", [None, 7])
def test_extent_is_read_from_indexes(connection: sqlite3.Connection, user_id: int | None) -> None:
    statement = reports.extent_statement(user_id)
    plan = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", {"user_id": user_id})]
    used = [found[1] for line in plan if (found := re.search(r"USING (?:COVERING )?INDEX (\w+)", line))]
    index = "start" if user_id is None else "user_start"
    assert used == [*[f"tasks_by_{index}"] * 4, f"long_tasks_by_{index}"]


@pytest.mark.parametrize("user_id", [None, 7])
@pytest.mark.parametrize("filter_name", ["all", "tag"])  # it expects few tasks in a project, and reads all of them
@pytest.mark.parametrize("name", QUERIES)
def test_postgres_reads_index_for_report(
    postgres: sqlalchemy.Connection,  # noqa: F811
    name: str,
    filter_name: str,
    user_id: int | None,
) -> None:
    statement, values = statement_of(name, filter_name, user_id)
    plan = [line for (line,) in postgres.execute(sqlalchemy.text(f"EXPLAIN {statement}"), dict(values))]
    assert not [line for line in plan if "Seq Scan on tasks" in line], "\n".join(plan)
