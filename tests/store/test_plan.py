"""Each part of the question "what overlaps this window?" is answered by its own index, however long the history."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tasktimer.store import open_store, queries

PARAMETERS = {"earliest": 0, "window_start": 1, "window_end": 2, "now": 3, "user_id": 1, "id": 1, "end_time": 5}

EXPECTED = {
    "SELECT_OVERLAPPING": ["tasks_by_start", "long_tasks_by_start", "running_tasks_by_start"],
    "SELECT_OVERLAPPING_OF_USER": ["tasks_by_user_start", "long_tasks_by_user_start", "running_tasks_by_user_start"],
    "SELECT_RUNNING": ["running_tasks_by_start"],
    "SELECT_RUNNING_OF_USER": ["running_tasks_by_user_start"],
    "SELECT_TASK": ["INTEGER PRIMARY KEY"],
    "UPDATE_END": ["INTEGER PRIMARY KEY"],
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


@pytest.mark.parametrize("name", EXPECTED)
def test_the_plan_names_the_indexes(connection: sqlite3.Connection, name: str) -> None:
    statement = getattr(queries, name)
    plan = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", PARAMETERS)]
    indexes = [found[1] for line in plan if (found := re.search(r"USING (?:INDEX )?(INTEGER PRIMARY KEY|\w+)", line))]
    assert [index for index in indexes if index != "TEMP"] == EXPECTED[name]
    assert not [line for line in plan if re.fullmatch(r"SCAN tasks", line)]


def test_every_statement_has_its_plan_asserted() -> None:
    statements = {name for name, value in vars(queries).items() if isinstance(value, str) and "\n" in value}
    assert statements - {"__doc__", "INSERT_TASK"} == set(EXPECTED)


def test_the_number_that_divides_long_tasks_is_the_same_everywhere() -> None:
    microseconds = str(queries.LONG // timedelta(microseconds=1))
    folder = Path(queries.__file__).parent
    for name in ("queries.py", "schema.py", "schema.sql"):
        assert re.findall(r"end_time - start_time > (\d+)", (folder / name).read_text()) != []
        assert set(re.findall(r"end_time - start_time > (\d+)", (folder / name).read_text())) == {microseconds}
