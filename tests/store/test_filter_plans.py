"""Statements with a filter use the expected index."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from tests.store.test_plan import EXPECTED, STATEMENTS

from tasktimer.core.interval import Interval
from tasktimer.core.task_filter import TaskFilter
from tasktimer.store.statements import task_filter, task_queries

NOW = datetime(2023, 7, 16, tzinfo=UTC)
DAY = Interval(datetime(1971, 7, 15, tzinfo=UTC), datetime(1971, 7, 16, tzinfo=UTC))
FILTERS = {
    "project": TaskFilter(project="acme"),
    "tags": TaskFilter(tags=("docs",), exclude_tags=("free",)),
    "running": TaskFilter(running=True, project="acme"),
    "rest": TaskFilter(longer_than=timedelta(hours=1), shorter_than=timedelta(hours=2), untagged=True, search="x"),
}

# The index by which a statement with a filter comes to the tasks, or to their tags, on SQLite; None: all are read.
LED_BY: dict[str, dict[str, list[str] | None]] = {
    "SELECT_OVERLAPPING": {
        **dict.fromkeys(FILTERS, EXPECTED["SELECT_OVERLAPPING"]),
        "running": ["running_tasks_by_start"] * 3,
    },
    "SELECT_OVERLAPPING_OF_USER": {
        **dict.fromkeys(FILTERS, EXPECTED["SELECT_OVERLAPPING_OF_USER"]),
        "running": ["running_tasks_by_user_start"] * 3,
    },
    "SELECT_ALL": {
        "project": ["tasks_by_project", "tasks_by_project"],  # the project, and those below it
        "tags": ["tasks_by_start"],
        "running": ["running_tasks_by_start"],
        "rest": ["tasks_by_start"],
    },
    "SELECT_ALL_OF_USER": {
        "tags": ["tasks_by_user_start"],
        "running": ["running_tasks_by_user_start"],
        "rest": ["tasks_by_user_start"],
    },
    "SELECT_PROJECTS": {
        "project": ["tasks_by_project", "tasks_by_project"],
        "tags": None,
        "running": ["running_tasks_by_user_start"],
        "rest": None,
    },
    "SELECT_PROJECTS_OF_USER": {
        "tags": ["tasks_by_user_start"],
        "running": ["running_tasks_by_user_start"],
        "rest": ["tasks_by_user_start"],
    },
    "SELECT_TAGS": {"project": ["tasks_by_project", "tasks_by_project"], "tags": None, "rest": None},
    "SELECT_TAGS_OF_USER": {
        "tags": ["tasks_by_user_start"],
        "rest": ["tasks_by_user_start"],
    },
    "SELECT_COUNT": {"project": ["tasks_by_project", "tasks_by_project"], "tags": ["tasks_by_start"]},
    "SELECT_COUNT_OF_USER": {
        "tags": ["tasks_by_user_start"],
    },
}
CASES = [(name, filter_name) for name, plans in LED_BY.items() for filter_name in plans]


def filtered(name: str, filter_name: str) -> tuple[str, task_filter.Values]:
    is_led = "OVERLAPPING" in name
    statement, values = task_filter.apply_filter(STATEMENTS[name], FILTERS[filter_name], NOW, is_led=is_led)
    named = task_queries.overlap_parameters(DAY, NOW) if is_led else {"now": 1, "unit": 1}
    return statement, {**named, **({"user_id": 1} if name.endswith("_USER") else {}), **values}


@pytest.mark.parametrize(("name", "filter_name"), CASES)
def test_filtered_statement_uses_index(connection: sqlite3.Connection, name: str, filter_name: str) -> None:
    statement, values = filtered(name, filter_name)
    plan = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    used = [found[1] for line in plan if (found := re.search(r"USING (?:COVERING )?INDEX (\w+)", line))]
    expected = LED_BY[name][filter_name]
    if expected is not None:
        assert used == expected
        assert not [line for line in plan if re.fullmatch(r"SCAN tasks", line)]


def test_every_filtered_statement_has_a_plan() -> None:
    assert {name for name, text in STATEMENTS.items() if task_queries.FILTER_PLACEHOLDER in text} == set(LED_BY)
    for name in LED_BY:  # in each part of it that reads tasks
        assert STATEMENTS[name].count(task_queries.FILTER_PLACEHOLDER) == len(
            re.findall(r"\bSELECT\b", STATEMENTS[name])
        )
