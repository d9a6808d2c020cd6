"""A store that does not exist reads as an empty one."""

import re
import sqlite3

import pytest
from tests.store.test_plan import STATEMENTS

from tasktimer.core.store_info import StoreStats
from tasktimer.store.sqlite.connection import open_empty_store
from tasktimer.store.statements.statistics import store_stats

AGGREGATES = {
    "SELECT_COUNT",
    "SELECT_COUNT_OF_USER",
    "SELECT_COUNTS",
    "SELECT_LAST_ID",
    "SELECT_COUNT_OF_TASKS",
    "SELECT_COUNT_OF_IMPORTED",
    "SELECT_COUNT_BEFORE",
    "SELECT_LOWEST_AND_HIGHEST_USERS",
}


@pytest.mark.parametrize("name", [name for name in STATEMENTS if name.startswith("SELECT_") and name not in AGGREGATES])
def test_select_from_missing_store_returns_no_rows(name: str) -> None:
    parameters = dict.fromkeys(re.findall(r":(\w+)", STATEMENTS[name]), 1)
    with open_empty_store() as connection:
        assert list(connection.execute(STATEMENTS[name], parameters)) == []


def test_missing_store_has_counts_of_0() -> None:
    with open_empty_store() as connection:
        assert store_stats(connection) == StoreStats(0, 0, 0, 0, 0, 0)


def test_write_to_missing_store_fails() -> None:
    with open_empty_store() as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("INSERT INTO commands (user_id, name, given_time) VALUES (1, 'track', 0)")
