"""Every statement uses the expected indexes, so that its time does not depend on the length of the history."""

import re
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from tasktimer.store.statements import (
    completion,
    history,
    idempotency,
    journal,
    overlaps,
    sources,
    statistics,
    task_filter,
    task_queries,
    task_writes,
    tokens,
    users,
)

EXPECTED: dict[str, list[str] | None] = {
    "SELECT_OVERLAPPING": ["tasks_by_start", "long_tasks_by_start", "running_tasks_by_start"],
    "SELECT_OVERLAPPING_OF_USER": ["tasks_by_user_start", "long_tasks_by_user_start", "running_tasks_by_user_start"],
    "SELECT_OTHERS": ["tasks_by_user_start", "long_tasks_by_user_start", "running_tasks_by_user_start"],
    "SELECT_RUNNING": ["running_tasks_by_start"],
    "SELECT_RUNNING_OF_USER": ["running_tasks_by_user_start"],
    "SELECT_TASK": ["INTEGER PRIMARY KEY"],
    "SELECT_LAST_OF_USER": ["tasks_by_user_start"],
    "SELECT_LAST_ENDED_OF_USER": [
        *("tasks_by_user_start", "running_tasks_by_user_start"),
        *("long_tasks_by_user_start", "running_tasks_by_user_start"),
    ],
    "SELECT_LAST_STARTED_OF_ENDED": ["tasks_by_user_start", "running_tasks_by_user_start"],
    "SELECT_RECENT": ["tasks_by_start"],
    "SELECT_RECENT_OF_USER": ["tasks_by_user_start"],
    "SELECT_LAST_ID": [],  # the end of the table
    "SELECT_BETWEEN": ["INTEGER PRIMARY KEY"],
    "SELECT_BETWEEN_OF_USER": ["INTEGER PRIMARY KEY"],
    "SELECT_PROJECT_NAMES": ["tasks_by_project", "tasks_by_project"],
    "SELECT_PROJECT_NAMES_OF_USER": ["tasks_by_user_project", "tasks_by_user_project"],
    "SELECT_TAG_NAMES": ["task_tags_by_tag", "task_tags_by_tag"],
    "SELECT_TAG_NAMES_OF_USER": ["task_tags_by_user_tag", "task_tags_by_user_tag"],
    "SELECT_COUNTS": [
        *("tasks_by_start", "running_tasks_by_start"),  # COUNT(*)
        *(
            "tasks_by_user_start",
            "tasks_by_user_start",
            "tasks_by_project",
            "tasks_by_project",
        ),  # by steps
        *("task_tags_by_tag", "task_tags_by_tag", "commands_by_user"),
    ],
    "SELECT_USERS": ["tasks_by_user_start", "tasks_by_user_start", "commands_by_user", "commands_by_user"],  # by steps
    "SELECT_LOWEST_AND_HIGHEST_USERS": [*(["tasks_by_user_start"] * 2), *(["commands_by_user"] * 2)],
    "LOCK_TASK": ["INTEGER PRIMARY KEY"],
    "WAIT_FOR_TASK_LOCK": ["INTEGER PRIMARY KEY"],
    "LOCK_TASKS": ["INTEGER PRIMARY KEY"],
    "UPDATE_TASK": ["INTEGER PRIMARY KEY"],
    "UPDATE_END": ["INTEGER PRIMARY KEY"],
    "DELETE_TASK": ["INTEGER PRIMARY KEY"],
    "DELETE_TAGS": ["PRIMARY"],
    "UPDATE_REDOABLE": ["undoable_commands_by_user"],
    "SELECT_UNDOABLE": [],  # the last ones first, until there are enough
    "SELECT_UNDOABLE_OF_USER": ["undoable_commands_by_user"],
    "SELECT_REDOABLE": ["commands_by_user", "commands_by_user", "undoable_commands_by_user", "AUTOMATIC"],
    "SELECT_ENTRY": ["INTEGER PRIMARY KEY"],
    "UPDATE_UNDONE": ["INTEGER PRIMARY KEY"],
    "SELECT_STATES": ["PRIMARY"],
    "SELECT_TASK_IDS": ["PRIMARY"],
    "SELECT_COUNT_OF_TASKS": ["PRIMARY"],
    "SELECT_LAST_CHANGE": ["changes_by_task", "INTEGER PRIMARY KEY"],
    "SELECT_CHANGES_SINCE": ["changes_by_task", "INTEGER PRIMARY KEY"],
    "SELECT_LAST_ENTRY": [],  # the last ones first, until one will do
    "SELECT_OTHER_USER": ["PRIMARY", "sources_by_command"],
    "SELECT_ENTRIES": ["INTEGER PRIMARY KEY"],
    "SELECT_ENTRIES_OF_USER": ["commands_by_user"],
    "SELECT_ENTRIES_OF_TASK": ["INTEGER PRIMARY KEY", "changes_by_task", "imports", "sources_by_command"],
    "SELECT_UNDO": ["commands_by_user"],
    "SELECT_ANY_SOURCE": ["PRIMARY"],
    "SELECT_SEEN": ["PRIMARY", "INTEGER PRIMARY KEY", "INTEGER PRIMARY KEY"],
    "SELECT_LAST_TASK_ID": [],  # one row for each of a few tables
    "SELECT_NAMES": [],  # few rows
    "SELECT_USER_OF_NAME": ["sqlite_autoindex_users_2"],
    "SELECT_NAME_OF_USER": ["sqlite_autoindex_users_1"],
    "UPDATE_NAME": ["sqlite_autoindex_users_1", "sqlite_autoindex_users_2"],
    "UPDATE_LAST_USED": ["INTEGER PRIMARY KEY"],
    "SELECT_RUNNING_SOURCES": [
        *("PRIMARY", "changes_by_task", "INTEGER PRIMARY KEY", "sources_by_command", "INTEGER PRIMARY KEY"),
    ],
    "SELECT_TIMES": ["tasks_by_user_start"],
    "SELECT_IMPORTED_IDS": ["sources_by_command", "PRIMARY"],
    "SELECT_COUNT_OF_IMPORTED": ["sources_by_command", "PRIMARY"],
    "SELECT_FIRST_STATES": ["changes_by_task", "changes_by_task"],
    "SELECT_CHANGED_SINCE": ["sources_by_command", "changes_by_task", "INTEGER PRIMARY KEY"],
    "COPY_TASKS": ["INTEGER PRIMARY KEY", "sources_by_command", "PRIMARY"],
    "DELETE_TASKS": ["INTEGER PRIMARY KEY", "sources_by_command", "PRIMARY"],
    "DELETE_COPIES": ["PRIMARY", "PRIMARY"],
    "SELECT_COUNT_BEFORE": [],  # as rarely as they are deleted
    "DELETE_ENTRIES": ["INTEGER PRIMARY KEY", "INTEGER PRIMARY KEY"],
    "DELETE_ENTRIES_OF_USER": ["INTEGER PRIMARY KEY", "commands_by_user"],
    "SELECT_TASKS": ["INTEGER PRIMARY KEY"],
    "SELECT_TASK_STATES": ["PRIMARY"],
    "SELECT_FIRST_CHANGES": ["PRIMARY"] * 21,
    "SELECT_CHANGES_OF_TASK": ["changes_by_task"],
    "SELECT_PAGE": ["tasks_by_start", "long_tasks_by_start", "running_tasks_by_start"],
    "SELECT_PAGE_OF_USER": ["tasks_by_user_start", "long_tasks_by_user_start", "running_tasks_by_user_start"],
    "SELECT_PAGE_BACKWARDS": ["tasks_by_start", "long_tasks_by_start", "running_tasks_by_start"],
    "SELECT_PAGE_BACKWARDS_OF_USER": ["tasks_by_user_start", "long_tasks_by_user_start", "running_tasks_by_user_start"],
    "SELECT_RUNNING_PAGE": ["running_tasks_by_start"],
    "SELECT_RUNNING_PAGE_OF_USER": ["running_tasks_by_user_start"],
    "SELECT_RUNNING_PAGE_BACKWARDS": ["running_tasks_by_start"],
    "SELECT_RUNNING_PAGE_BACKWARDS_OF_USER": ["running_tasks_by_user_start"],
    "SELECT_ALL": ["tasks_by_start"],
    "SELECT_ALL_OF_USER": ["tasks_by_user_start"],
    "SELECT_COUNT": ["tasks_by_start"],
    "SELECT_COUNT_OF_USER": ["tasks_by_user_start"],
    "SELECT_PROJECTS": None,  # all are counted
    "SELECT_PROJECTS_OF_USER": ["tasks_by_user_start"],
    "SELECT_TAGS": None,
    "SELECT_TAGS_OF_USER": ["tasks_by_user_start"],
    "SELECT_TOKEN": ["INTEGER PRIMARY KEY"],
    "SELECT_TOKEN_OF_DIGEST": ["sqlite_autoindex_tokens_1"],
    "SELECT_ANY_TOKEN": ["sqlite_autoindex_tokens_1"],  # the first of any index will do
    "SELECT_TOKENS": [],  # all of them are shown
    "UPDATE_REVOKED": ["INTEGER PRIMARY KEY"],
    "SELECT_RESPONSE": ["sqlite_autoindex_answers_1"],
    "UPDATE_RESPONSE": ["sqlite_autoindex_answers_1"],
    "DELETE_EXPIRED_RESPONSE": ["sqlite_autoindex_answers_1"],
    "DELETE_EXPIRED_RESPONSES": ["answers_by_created"],
}

MODULES = (
    task_queries,
    overlaps,
    task_filter,
    statistics,
    completion,
    task_writes,
    journal,
    history,
    tokens,
    idempotency,
    sources,
    users,
)
STATEMENTS = {
    name: text
    for module in MODULES
    for name, text in vars(module).items()
    if isinstance(text, str) and re.match(r"[A-Z]", name) and re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE) ", text)
}
# Statements that are also run for one user.
STATEMENTS |= {
    f"{name}_OF_USER": task_queries.for_user(STATEMENTS[name], 1)
    for name in (
        *("SELECT_OVERLAPPING", "SELECT_RUNNING", "SELECT_RECENT", "SELECT_PAGE", "SELECT_RUNNING_PAGE", "SELECT_ALL"),
        *("SELECT_PAGE_BACKWARDS", "SELECT_RUNNING_PAGE_BACKWARDS"),
        *("SELECT_ENTRIES", "SELECT_UNDOABLE", "DELETE_ENTRIES", "SELECT_PROJECT_NAMES", "SELECT_TAG_NAMES"),
        *("SELECT_PROJECTS", "SELECT_TAGS", "SELECT_COUNT"),
    )
}


def plan_of(connection: sqlite3.Connection, name: str) -> list[str]:
    parameters = dict.fromkeys(re.findall(r":(\w+)", STATEMENTS[name]), 1)
    return [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {STATEMENTS[name]}", parameters)]


@pytest.mark.parametrize("name", EXPECTED)
def test_plan_uses_expected_indexes(connection: sqlite3.Connection, name: str) -> None:
    plan = plan_of(connection, name)
    indexes = [
        found[1]
        for line in plan
        if (found := re.search(r"USING (?:COVERING )?(?:INDEX )?(INTEGER PRIMARY KEY|\w+)", line))
    ]
    if EXPECTED[name] is not None:
        assert [index for index in indexes if index != "TEMP"] == EXPECTED[name]
        assert not [line for line in plan if re.fullmatch(r"SCAN tasks", line)]


def test_every_statement_has_a_plan() -> None:
    assert {name for name in STATEMENTS if not name.startswith(("INSERT_", "REINSERT_"))} == set(EXPECTED)


@pytest.mark.parametrize(
    "name",
    [
        *(name for name in EXPECTED if "PAGE" in name),
        *("SELECT_LAST_OF_USER", "SELECT_LAST_STARTED_OF_ENDED", "SELECT_BETWEEN"),
    ],
)
def test_page_is_read_without_sorting(connection: sqlite3.Connection, name: str) -> None:
    assert not [line for line in plan_of(connection, name) if "TEMP B-TREE" in line]


def test_long_task_threshold_is_the_same_everywhere() -> None:
    microseconds = str(task_queries.LONG_TASK_THRESHOLD // timedelta(microseconds=1))
    folder = Path(task_queries.__file__).parents[1]
    for name in ("statements/task_queries.py", "statements/task_filter.py", "schema.py", "schema.sql"):
        assert re.findall(r"end_time - start_time > (\d+)", (folder / name).read_text()) != []
        assert set(re.findall(r"end_time - start_time > (\d+)", (folder / name).read_text())) == {microseconds}
