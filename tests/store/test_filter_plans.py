"""Statements with a filter use the expected index."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from tests.store.test_plan import EXPECTED, STATEMENTS

from tasktimer.core.expression_parser import parse_expression
from tasktimer.core.interval import Interval
from tasktimer.core.task_filter import TaskFilter
from tasktimer.store.statements import task_filter, task_queries
from tasktimer.store.statements.conditions import LEADING, Values, find_lead

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
        "tags": ["task_tags_by_tag"],  # and the tasks by their IDs
        "running": ["running_tasks_by_start"],
        "rest": ["tasks_by_start"],
    },
    "SELECT_ALL_OF_USER": {
        "running": ["running_tasks_by_user_start"],
        "rest": ["tasks_by_user_start"],
    },
    # A page of running tasks has a statement of its own.
    **{
        name: dict.fromkeys((key for key in FILTERS if key != "running" or "RUNNING" in name), EXPECTED[name])
        for name in EXPECTED
        if "PAGE" in name
    },
    "SELECT_PROJECTS": {
        "project": ["tasks_by_project", "tasks_by_project"],
        "tags": None,
        "running": ["running_tasks_by_user_start"],
        "rest": None,
    },
    "SELECT_PROJECTS_OF_USER": {
        "running": ["running_tasks_by_user_start"],
        "rest": ["tasks_by_user_start"],
    },
    "SELECT_TAGS": {"project": ["tasks_by_project", "tasks_by_project"], "tags": None, "rest": None},
    "SELECT_TAGS_OF_USER": {
        "rest": ["tasks_by_user_start"],
    },
    "SELECT_COUNT": {"project": ["tasks_by_project", "tasks_by_project"], "tags": ["task_tags_by_tag"]},
    "SELECT_COUNT_OF_USER": {
        "rest": ["tasks_by_user_start"],
    },
}
CASES = [(name, filter_name) for name, plans in LED_BY.items() for filter_name in plans]


def filtered(name: str, filter_name: str) -> tuple[str, Values]:
    is_led = "OVERLAPPING" in name or "PAGE" in name
    chosen, of_user = FILTERS[filter_name], name.endswith("_USER")
    lead = None if is_led else find_lead(chosen, LEADING)
    statement, values = task_filter.apply_filter(STATEMENTS[name], chosen, NOW, lead=lead, of_user=of_user)
    named = dict.fromkeys(re.findall(r":(\w+)", statement), 1)
    return statement, {**named, **({"user_id": 1} if of_user else {}), **values}


@pytest.mark.parametrize(("name", "filter_name"), CASES)
def test_filtered_statement_uses_index(connection: sqlite3.Connection, name: str, filter_name: str) -> None:
    statement, values = filtered(name, filter_name)
    plan = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    used = [found[1] for line in plan if (found := re.search(r"USING (?:COVERING )?INDEX (\w+)", line))]
    expected = LED_BY[name][filter_name]
    if expected is not None:
        assert used == expected
        assert not [line for line in plan if re.fullmatch(r"SCAN tasks", line)]
    assert "PAGE" not in name or not [line for line in plan if "TEMP B-TREE" in line]


DAY_OF_ALL, DAY_OF_USER = EXPECTED["SELECT_OVERLAPPING"], EXPECTED["SELECT_OVERLAPPING_OF_USER"]
YESTERDAY = "from:1971-07-15 to:1971-07-15"

# An expression, the user, and the indexes that SQLite uses.
LED: list[tuple[str, int | None, list[str] | None]] = [
    ("project:acme (tag:docs or lunch)", None, ["tasks_by_project"] * 2),
    ("(lunch or not running) and (project:acme and longer:1h)", None, ["tasks_by_project"] * 2),
    ("tag:docs and not lunch", None, ["PRIMARY KEY", "task_tags_by_tag"]),
    ("tag:docs and not lunch", 1, ["PRIMARY KEY", "task_tags_by_user_tag"]),
    ("user:7 lunch", None, ["tasks_by_user_start"]),
    ("id:7 (tag:docs or project:acme)", None, ["PRIMARY KEY"]),
    ("id:7 tag:docs", None, ["PRIMARY KEY"]),
    ("id:7 project:acme", 1, ["PRIMARY KEY"]),
    ("running (tag:docs or project:acme)", None, ["running_tasks_by_start"]),
    (f"{YESTERDAY} not lunch", None, DAY_OF_ALL),
    (f"{YESTERDAY} project:acme tag:docs", None, DAY_OF_ALL),
    (f"{YESTERDAY} lunch", 1, DAY_OF_USER),
]
# PostgreSQL chooses one of the two indexes by its statistics.
LED_TWICE: list[tuple[str, int | None, list[str] | None]] = [("tag:docs project:acme", None, ["tasks_by_project"] * 2)]
# Expressions without a term that leads to an index.
NOT_LED: list[tuple[str, int | None, list[str] | None]] = [
    *((text, None, ["tasks_by_start"]) for text in ("project:acme or tag:docs", "not project:acme", "not tag:docs")),
    *((text, None, ["tasks_by_start"]) for text in ("note:x or from:1971-07-15", "project:none", "to:0900 or lunch")),
    ("project:acme or tag:docs", 1, ["tasks_by_user_start"]),
]


def where(text: str, user_id: int | None) -> tuple[str, Values]:
    chosen = TaskFilter(where=parse_expression(text, NOW))
    return task_filter.build_query(chosen, window=None, user_id=user_id, now=NOW)


@pytest.mark.parametrize(("text", "user_id", "expected"), LED + LED_TWICE + NOT_LED)
def test_expression_uses_index(
    connection: sqlite3.Connection, text: str, user_id: int | None, expected: list[str]
) -> None:
    statement, values = where(text, user_id)
    plan = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    pattern = r"USING (?:COVERING )?(?:INDEX |INTEGER )(PRIMARY KEY|\w+)"
    assert [found[1] for line in plan if (found := re.search(pattern, line))] == expected


@pytest.mark.parametrize("text", ["tag:docs", "note:x or running", "tag:docs not project:acme", "user:7 tag:docs"])
@pytest.mark.parametrize("user_id", [None, 7])
def test_limit_is_reached_without_sorting(connection: sqlite3.Connection, text: str, user_id: int | None) -> None:
    chosen = TaskFilter(where=parse_expression(text, NOW))
    statement, values = task_filter.build_query(chosen, window=None, user_id=user_id, limit=10, now=NOW)
    plan = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    index = "tasks_by_user_start" if user_id or "user:" in text else "tasks_by_start"
    assert re.match(rf"(SCAN|SEARCH) tasks USING INDEX {index}\b", plan[0])
    assert not [line for line in plan if "TEMP B-TREE" in line]


def test_every_filtered_statement_has_a_plan() -> None:
    assert {name for name, text in STATEMENTS.items() if task_queries.FILTER_PLACEHOLDER in text} == set(LED_BY)
    for name in LED_BY:  # in each part of it that reads tasks
        assert STATEMENTS[name].count(task_queries.FILTER_PLACEHOLDER) == len(
            re.findall(r"\bSELECT\b", STATEMENTS[name])
        )
