"""Each part of the question "what overlaps this window?" is answered by its own index, however long the history."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from tasktimer.core.filter import Filter
from tasktimer.core.interval import Interval
from tasktimer.store import (
    answers,
    counts,
    filters,
    history,
    journal,
    labels,
    mutations,
    offers,
    pages,
    queries,
    tokens,
)
from tasktimer.store.opening import open_store

EXPECTED: dict[str, list[str] | None] = {
    "SELECT_OVERLAPPING": ["tasks_by_start", "long_tasks_by_start", "running_tasks_by_start"],
    "SELECT_OVERLAPPING_OF_USER": ["tasks_by_user_start", "long_tasks_by_user_start", "running_tasks_by_user_start"],
    "SELECT_RUNNING": ["running_tasks_by_start"],
    "SELECT_RUNNING_OF_USER": ["running_tasks_by_user_start"],
    "SELECT_TASK": ["INTEGER PRIMARY KEY"],
    "SELECT_LAST_OF_USER": ["tasks_by_user_start"],
    "SELECT_LAST_ENDED_OF_USER": ["tasks_by_user_start", "long_tasks_by_user_start"],
    "SELECT_LAST_STARTED_OF_ENDED": ["tasks_by_user_start"],
    "SELECT_RECENT": ["tasks_by_start"],
    "SELECT_RECENT_OF_USER": ["tasks_by_user_start"],
    "SELECT_LAST_ID": [],  # the end of the table
    "SELECT_BETWEEN": ["INTEGER PRIMARY KEY"],
    "SELECT_BETWEEN_OF_USER": ["INTEGER PRIMARY KEY"],
    "SELECT_PROJECT_NAMES": ["tasks_by_project", "tasks_by_project"],
    "SELECT_PROJECT_NAMES_OF_USER": ["tasks_by_user_project", "tasks_by_user_project"],
    "SELECT_TAG_NAMES": ["task_tags_by_tag", "task_tags_by_tag"],
    "SELECT_TAG_NAMES_OF_USER": ["task_tags_by_user_tag", "task_tags_by_user_tag"],
    "SELECT_COUNTS": None,  # all is counted, along any index
    "LOCK_TASK": ["INTEGER PRIMARY KEY"],
    "AWAIT_TASK": ["INTEGER PRIMARY KEY"],
    "LOCK_SOME": ["INTEGER PRIMARY KEY"],
    "UPDATE_TASK": ["INTEGER PRIMARY KEY"],
    "UPDATE_END": ["INTEGER PRIMARY KEY"],
    "DELETE_TASK": ["INTEGER PRIMARY KEY"],
    "DELETE_TAGS": ["PRIMARY"],
    "UPDATE_REDOABLE": ["undoable_commands_by_user"],
    "SELECT_LAST_STANDING": ["undoable_commands_by_user"],
    "SELECT_FIRST_REDOABLE": ["commands_by_user", "commands_by_user", "undoable_commands_by_user", "AUTOMATIC"],
    "SELECT_COMMAND": ["INTEGER PRIMARY KEY"],
    "UPDATE_UNDONE": ["INTEGER PRIMARY KEY"],
    "SELECT_STATES": ["PRIMARY"],
    "SELECT_FIRST_STATES": ["PRIMARY"],
    "SELECT_COUNT_OF_TASKS": ["PRIMARY"],
    "SELECT_LAST_CHANGE": ["changes_by_task", "INTEGER PRIMARY KEY"],
    "SELECT_LAST_COMMAND": [],  # the last ones first, until one will do
    "SELECT_COMMANDS": [],  # the last ones first
    "SELECT_COMMANDS_OF_USER": ["commands_by_user"],
    "SELECT_COMMANDS_OF_TASK": ["INTEGER PRIMARY KEY", "changes_by_task"],
    "SELECT_COUNT_BEFORE": [],  # as rarely as they are deleted
    "DELETE_COMMANDS": [],  # the journal is forgotten once in a while
    "DELETE_COMMANDS_OF_USER": ["commands_by_user"],
    "SELECT_PAGE": ["tasks_by_start", "long_tasks_by_start", "running_tasks_by_start"],
    "SELECT_PAGE_OF_USER": ["tasks_by_user_start", "long_tasks_by_user_start", "running_tasks_by_user_start"],
    "SELECT_RUNNING_PAGE": ["running_tasks_by_start"],
    "SELECT_RUNNING_PAGE_OF_USER": ["running_tasks_by_user_start"],
    "SELECT_EVER": ["tasks_by_start"],
    "SELECT_EVER_OF_USER": ["tasks_by_user_start"],
    "SELECT_PROJECTS": None,  # all are counted
    "SELECT_PROJECTS_OF_USER": ["tasks_by_user_project"],
    "SELECT_TAGS": None,  # all are counted, in whatever order
    "SELECT_TAGS_OF_USER": ["task_tags_by_user_tag", "INTEGER PRIMARY KEY"],
    "SELECT_TOKEN": ["INTEGER PRIMARY KEY"],
    "SELECT_TOKEN_OF_DIGEST": ["sqlite_autoindex_tokens_1"],
    "SELECT_ANY_TOKEN": ["sqlite_autoindex_tokens_1"],  # the first of any index will do
    "SELECT_TOKENS": [],  # all of them are shown
    "UPDATE_REVOKED": ["INTEGER PRIMARY KEY"],
    "SELECT_ANSWER": ["sqlite_autoindex_answers_1"],
    "UPDATE_ANSWER": ["sqlite_autoindex_answers_1"],
    "DELETE_EXPIRED_ANSWER": ["sqlite_autoindex_answers_1"],
    "DELETE_EXPIRED_ANSWERS": ["answers_by_created"],
}

STATEMENTS = {
    name: text
    for module in (queries, filters, labels, counts, offers, pages, mutations, journal, history, tokens, answers)
    for name, text in vars(module).items()
    if name.isupper() and name[0] != "_" and isinstance(text, str) and "\n" in text
}


@pytest.fixture(scope="module", params=["fresh", "analysed"])
def connection(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    """A file with a history: many short tasks of a few users, a few long ones, a few that run."""
    path = tmp_path_factory.mktemp("plan") / "tasks.db"
    with open_store(path).write(create=True):
        pass
    connection = sqlite3.connect(path)
    hour = 3_600_000_000
    rows = [
        (number % 50 + 1, f"task {number}", number * hour, number * hour + (100 if number % 997 == 0 else 1) * hour)
        for number in range(20_000)
    ]
    connection.executemany("INSERT INTO tasks (user_id, description, start_time, end_time) VALUES (?, ?, ?, ?)", rows)
    connection.executemany(
        "INSERT INTO tasks (user_id, description, start_time) VALUES (?, ?, ?)", [row[:3] for row in rows[-5:]]
    )
    connection.commit()
    if request.param == "analysed":
        connection.execute("ANALYZE")
    yield connection
    connection.close()


def plan_of(connection: sqlite3.Connection, name: str) -> list[str]:
    parameters = dict.fromkeys(re.findall(r":(\w+)", STATEMENTS[name]), 1)
    return [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {STATEMENTS[name]}", parameters)]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_plan_names_the_indexes(connection: sqlite3.Connection, name: str) -> None:
    plan = plan_of(connection, name)
    indexes = [
        found[1]
        for line in plan
        if (found := re.search(r"USING (?:COVERING )?(?:INDEX )?(INTEGER PRIMARY KEY|\w+)", line))
    ]
    if EXPECTED[name] is not None:
        assert [index for index in indexes if index != "TEMP"] == EXPECTED[name]
        assert not [line for line in plan if re.fullmatch(r"SCAN tasks", line)]


def test_every_statement_has_its_plan_asserted() -> None:
    assert {name for name in STATEMENTS if not name.startswith("INSERT_")} == set(EXPECTED)


@pytest.mark.parametrize(
    "name",
    [
        *(name for name in EXPECTED if "PAGE" in name),
        *("SELECT_LAST_OF_USER", "SELECT_LAST_STARTED_OF_ENDED", "SELECT_BETWEEN"),
    ],
)
def test_a_page_is_read_in_order_and_not_sorted(connection: sqlite3.Connection, name: str) -> None:
    assert not [line for line in plan_of(connection, name) if "TEMP B-TREE" in line]


def test_the_number_that_divides_long_tasks_is_the_same_everywhere() -> None:
    microseconds = str(queries.LONG // timedelta(microseconds=1))
    folder = Path(queries.__file__).parent
    for name in ("queries.py", "pages.py", "schema.py", "schema.sql"):
        assert re.findall(r"end_time - start_time > (\d+)", (folder / name).read_text()) != []
        assert set(re.findall(r"end_time - start_time > (\d+)", (folder / name).read_text())) == {microseconds}


NOW = datetime(2023, 7, 16, tzinfo=UTC)
DAY = Interval(datetime(1971, 7, 15, tzinfo=UTC), datetime(1971, 7, 16, tzinfo=UTC))
FILTERS = {
    "project": Filter(project="acme"),
    "tags": Filter(tags=("docs",), not_tags=("free",)),
    "running": Filter(running=True, project="acme"),
    "rest": Filter(longer_than=timedelta(hours=1), shorter_than=timedelta(hours=2), untagged=True, search="x"),
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
    "SELECT_EVER": {
        "project": ["tasks_by_project", "tasks_by_project"],  # the project, and those below it
        "tags": ["tasks_by_start"],
        "running": ["running_tasks_by_start"],
        "rest": ["tasks_by_start"],
    },
    "SELECT_EVER_OF_USER": {
        "tags": ["tasks_by_user_start"],
        "running": ["running_tasks_by_user_start"],
        "rest": ["tasks_by_user_start"],
    },
    "SELECT_PROJECTS": {
        "project": ["tasks_by_project", "tasks_by_project"],
        "tags": None,
        "running": ["running_tasks_by_start"],
        "rest": None,
    },
    "SELECT_PROJECTS_OF_USER": {name: ["tasks_by_user_project"] for name in FILTERS},
    "SELECT_TAGS": {"project": ["tasks_by_project", "tasks_by_project"], "tags": None, "rest": None},
    "SELECT_TAGS_OF_USER": {
        "project": ["task_tags_by_user_tag"],
        "tags": ["task_tags_by_user_tag"],
        "rest": ["task_tags_by_user_tag"],
    },
}
CASES = [(name, asked) for name, plans in LED_BY.items() for asked in plans]


def filtered(name: str, asked: str) -> tuple[str, filters.Values]:
    is_led = "OVERLAPPING" in name
    statement, values = filters.restricted(STATEMENTS[name], FILTERS[asked], NOW, is_led=is_led)
    named = queries.overlap_parameters(DAY, NOW) if is_led else {"now": 1}
    return statement, {**named, **({"user_id": 1} if name.endswith("_USER") else {}), **values}


@pytest.mark.parametrize(("name", "asked"), CASES)
def test_a_filter_leaves_a_statement_its_index(connection: sqlite3.Connection, name: str, asked: str) -> None:
    statement, values = filtered(name, asked)
    plan = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    used = [found[1] for line in plan if (found := re.search(r"USING (?:COVERING )?INDEX (\w+)", line))]
    expected = LED_BY[name][asked]
    if expected is not None:
        assert used == expected
        assert not [line for line in plan if re.fullmatch(r"SCAN tasks", line)]


def test_every_statement_that_takes_a_filter_has_its_plans_asserted() -> None:
    assert {name for name, text in STATEMENTS.items() if filters.MARK in text} == set(LED_BY)
    for name in LED_BY:  # in each part of it that reads tasks
        assert STATEMENTS[name].count(filters.MARK) == len(re.findall(r"\bSELECT\b", STATEMENTS[name]))


FILL = """
INSERT INTO tasktimer.tasks (user_id, description, start_time, end_time, project, tags)
SELECT number % 50 + 1, 'task', number * 3600000000, CASE WHEN number < 99990 THEN
  number * 3600000000 + CASE WHEN number % 997 = 0 THEN 100 ELSE 1 END * 3600000000 END,
  CASE WHEN number % 3 = 0 THEN 'acme' ELSE 'p' || number % 100 END, CASE WHEN number % 2 = 0 THEN 'docs' END
FROM generate_series(0, 99999) AS numbers (number);
INSERT INTO tasktimer.task_tags (task_id, tag, user_id) SELECT id, tags, user_id FROM tasktimer.tasks
WHERE tags IS NOT NULL;
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
def test_postgres_finds_tasks_by_their_numbers(postgres: sqlalchemy.Connection, name: str) -> None:
    values = {"first": 10_000, "last": 19_999, "limit": 10, "user_id": 7, "most_read": 1000}
    parameters = {key: value for key, value in values.items() if f":{key}" in STATEMENTS[name]}
    plan = [line for (line,) in postgres.execute(sqlalchemy.text(f"EXPLAIN {STATEMENTS[name]}"), parameters)]
    assert [line for line in plan if re.search(r"Index (Only )?Scan Backward using tasks_pkey", line)], plan
    assert not [line for line in plan if "Seq Scan" in line], plan


@pytest.mark.parametrize(
    ("name", "asked"),
    [(name, asked) for name, asked in CASES if "OVERLAPPING" in name or asked == "running" or "EVER_OF_USER" in name],
)
def test_postgres_walks_no_history_for_what_is_led_by_an_index(
    postgres: sqlalchemy.Connection, name: str, asked: str
) -> None:
    statement, values = filtered(name, asked)
    plan = [line for (line,) in postgres.execute(sqlalchemy.text(f"EXPLAIN {statement}"), values)]
    assert not [line for line in plan if "Seq Scan on tasks" in line], plan
    used = {found[1] for line in plan if (found := re.search(r"Index (?:Only )?Scan (?:using|on) (tasks\w+)", line))}
    if "OVERLAPPING" in name:
        assert used <= {"tasks_by_start", "tasks_by_user_start"}, plan
