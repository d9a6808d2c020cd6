"""Statements that list the tasks matching a filter, or a page of tasks; user input is always passed as parameters."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol, runtime_checkable

from tasktimer.core.expressions import Term
from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.core.task_filter import Page, TaskFilter
from tasktimer.store.protocols import Connection, Parameters, Row
from tasktimer.store.statements.conditions import LEADING, Values, conditions_of, find_lead
from tasktimer.store.statements.task_queries import (
    END,
    FILTER_PLACEHOLDER,
    FIRST,
    SELECT_OVERLAPPING,
    TASK_COLUMNS,
    for_user,
    overlap_parameters,
    query_tasks,
    row_to_task,
    to_microseconds,
)

_OLDEST_FIRST = "ORDER BY start_time, id\n"
_NEWEST_FIRST = "ORDER BY start_time DESC, id DESC LIMIT :limit\n"

# The conditions of a filter begin with AND, so they must follow a condition that is always true.
SELECT_ALL = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE 1 = 1
{FILTER_PLACEHOLDER}
{_OLDEST_FIRST}"""

# Selects a page of the tasks that SELECT_OVERLAPPING selects. Each part reads its index from the last task of the
# previous page onwards, so that the last page takes no longer than the first.
SELECT_PAGE = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE start_time >= :recent_first AND start_time < :recent_end
AND (start_time >= :window_start OR end_time > :window_start)
AND (start_time > :at_start OR id > :at_id)
{FILTER_PLACEHOLDER}
UNION ALL
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time - start_time > 86400000000
AND start_time >= :first AND start_time < :long_end AND end_time > :window_start
AND (start_time > :at_start OR id > :at_id)
{FILTER_PLACEHOLDER}
UNION ALL
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time IS NULL AND start_time >= :first AND start_time < :running_end
AND (start_time > :at_start OR id > :at_id)
AND CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT)
{FILTER_PLACEHOLDER}
ORDER BY start_time, id
LIMIT :limit
"""

SELECT_RUNNING_PAGE = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time IS NULL AND start_time >= :first AND start_time < :recent_end
AND (start_time >= :window_start OR CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT))
AND (start_time > :at_start OR id > :at_id)
{FILTER_PLACEHOLDER}
ORDER BY start_time, id
LIMIT :limit
"""


def _backwards(statement: str) -> str:
    """Return the statement that selects pages in reverse order."""
    return statement.replace("start_time > :at_start OR id > :at_id", "start_time < :at_start OR id < :at_id").replace(
        "ORDER BY start_time, id", "ORDER BY start_time DESC, id DESC"
    )


SELECT_PAGE_BACKWARDS = _backwards(SELECT_PAGE)
SELECT_RUNNING_PAGE_BACKWARDS = _backwards(SELECT_RUNNING_PAGE)

# By whether only running tasks are selected, and whether the newest tasks come first.
_PAGES = {
    (False, False): SELECT_PAGE,
    (False, True): SELECT_PAGE_BACKWARDS,
    (True, False): SELECT_RUNNING_PAGE,
    (True, True): SELECT_RUNNING_PAGE_BACKWARDS,
}


@runtime_checkable
class _Streaming(Protocol):
    def stream(self, statement: str, parameters: Parameters, /) -> Iterable[Row]:
        """Run a query and yield its rows one at a time."""


def find_tasks(
    connection: Connection,
    task_filter: TaskFilter,
    *,
    window: Window | None,
    user_id: int | None,
    limit: int | None = None,
    now: datetime,
) -> list[Task]:
    """Return the tasks that match a filter and overlap the window, if one is given, sorted by start time, then by ID.

    If a limit is given, return only the last `limit` tasks.
    """
    if window is not None and not window.duration:
        return []
    query = build_query(task_filter, window=window, user_id=user_id, limit=limit, now=now)
    tasks = query_tasks(connection, *query)
    return tasks if limit is None else tasks[::-1]


def iterate_tasks(
    connection: Connection, task_filter: TaskFilter, *, window: Window | None, user_id: int | None, now: datetime
) -> Iterator[Task]:
    """Yield the tasks that match a filter and overlap the window, if one is given, sorted by start time, then by ID.

    The tasks are not all in memory at once. Do not write to the store until the iterator is exhausted.
    """
    if window is not None and not window.duration:
        return
    query = build_query(task_filter, window=window, user_id=user_id, now=now)
    yield from map(row_to_task, rows_of(connection, *query))


def rows_of(connection: Connection, statement: str, parameters: Parameters) -> Iterable[Row]:
    """Run a query and return its rows, which are not all in memory at once."""
    # sqlite3 always yields rows as it reads them.
    run = connection.stream if isinstance(connection, _Streaming) else connection.execute
    return run(statement, parameters)


def list_tasks_page(
    connection: Connection, task_filter: TaskFilter, window: Window, *, user_id: int | None, page: Page, now: datetime
) -> list[Task]:
    """Return a page of the tasks that match a filter and overlap a window, sorted by start time, then by ID."""
    if not window.duration:
        return []
    statement = for_user(_PAGES[Term("running") in task_filter.parts, page.newest_first], user_id)
    # No lead: with the index of a project, each page would take as long as the whole project.
    statement, values = apply_filter(statement, task_filter, now, lead=None, of_user=user_id is not None)
    return query_tasks(connection, statement, {**values, **_page_parameters(window, page, now), "user_id": user_id})


def _page_parameters(window: Window, page: Page, now: datetime) -> dict[str, int]:
    """Return the parameters, except `user_id` and those of the filter, of the statements that select a page."""
    overlap = overlap_parameters(window, now)
    at_start, at_id = END if page.newest_first else FIRST, 0
    if page.after is not None:
        at_start, at_id = to_microseconds(page.after.start_time), page.after.id
    first, end = (FIRST, at_start + 1) if page.newest_first else (at_start, END)
    return {
        **overlap,
        "at_start": at_start,
        "at_id": at_id,
        "first": first,
        "recent_first": max(overlap["earliest"], first),
        "recent_end": min(overlap["window_end"], end),
        "long_end": min(overlap["earliest"], end),
        "running_end": min(overlap["window_start"], end),
        "limit": page.limit,
    }


def build_query(
    task_filter: TaskFilter,
    *,
    window: Window | None,
    user_id: int | None,
    limit: int | None = None,
    now: datetime,
) -> tuple[str, Values]:
    """Return a statement that selects the tasks matching a filter and overlapping a window, and its parameters.

    With a limit, the statement selects the last tasks, in reverse order.
    """
    span = window or task_filter.span
    # With a limit, the index of a tag is not used: all tasks with the tag would have to be read to find the last ones.
    leading = LEADING if limit is None else LEADING - {"tag"}
    lead = None if span is not None else find_lead(task_filter, leading)
    # The index of a tag already contains the user. With a condition on both, SQLite would read all tasks of the user.
    is_led_to_user = lead is not None and lead.key == "tag"
    statement = for_user(SELECT_ALL if span is None else SELECT_OVERLAPPING, None if is_led_to_user else user_id)
    statement, values = apply_filter(statement, task_filter, now, lead=lead, of_user=user_id is not None)
    if span is not None:
        values |= overlap_parameters(span, now)
    if limit is not None:
        statement, values["limit"] = _newest_first(statement), limit
    return statement, {**values, "user_id": user_id}


def apply_filter(
    statement: str, task_filter: TaskFilter, now: datetime, *, lead: Term | None, of_user: bool
) -> tuple[str, Values]:
    """Replace each placeholder in a statement with a filter's conditions; return the statement and its parameters.

    `lead` and `of_user` are passed to `conditions_of`.
    """
    assert FILTER_PLACEHOLDER in statement
    conditions, values = conditions_of(task_filter, now, lead=lead, of_user=of_user)
    return statement.replace(FILTER_PLACEHOLDER, "\n".join(f"AND {condition}" for condition in conditions)), values


def _newest_first(statement: str) -> str:
    assert statement.endswith(_OLDEST_FIRST)
    return statement.removesuffix(_OLDEST_FIRST) + _NEWEST_FIRST
