"""Statements that list the tasks matching a filter, or a page of tasks; user input is always passed as parameters."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol, runtime_checkable

from tasktimer.core.interval import Window
from tasktimer.core.task import Task, search_key
from tasktimer.core.task_filter import Page, TaskFilter
from tasktimer.store.protocols import Connection, Parameters, Row
from tasktimer.store.statements.task_queries import (
    FILTER_PLACEHOLDER,
    FIRST,
    LENGTH,
    MICROSECOND,
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
WHERE start_time >= :first AND start_time < :window_end
AND (start_time >= :window_start OR end_time > :window_start)
AND (start_time > :after_start OR id > :after_id)
AND (end_time IS NOT NULL OR CAST(:finished AS BIGINT) = 0)
UNION ALL
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time - start_time > 86400000000
AND start_time >= :after_start AND start_time < :earliest AND end_time > :window_start
AND (start_time > :after_start OR id > :after_id)
UNION ALL
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time IS NULL AND start_time >= :after_start AND start_time < :window_start
AND (start_time > :after_start OR id > :after_id)
AND CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT) AND CAST(:finished AS BIGINT) = 0
ORDER BY start_time, id
LIMIT :limit
"""

SELECT_RUNNING_PAGE = f"""
SELECT {TASK_COLUMNS} FROM tasks
WHERE end_time IS NULL AND start_time >= :after_start AND start_time < :window_end
AND (start_time >= :window_start OR CAST(:now AS BIGINT) > CAST(:window_start AS BIGINT))
AND (start_time > :after_start OR id > :after_id)
ORDER BY start_time, id
LIMIT :limit
"""

# "0" follows "/" in ASCII, so the names with the prefix "acme/" are those from "acme/" up to "acme0" (exclusive).
_PROJECT = "({column} = :project OR ({column} >= :project_first AND {column} < :project_end))"
_TAG = "EXISTS (SELECT 1 FROM task_tags WHERE task_id = tasks.id AND tag = :{name})"
_NOT_TAG = "NOT EXISTS (SELECT 1 FROM task_tags WHERE task_id = tasks.id AND tag = :{name})"
_SEARCH = "COALESCE(folded, description) LIKE :search ESCAPE '!'"

Values = dict[str, int | str | None]


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
    statement, values = build_query(task_filter, window=window, user_id=user_id, now=now)
    if limit is not None:
        statement, values["limit"] = _newest_first(statement), limit
    tasks = query_tasks(connection, statement, values)
    return tasks if limit is None else tasks[::-1]


def iterate_tasks(
    connection: Connection, task_filter: TaskFilter, *, window: Window | None, user_id: int | None, now: datetime
) -> Iterator[Task]:
    """Yield the tasks that match a filter and overlap the window, if one is given, sorted by start time, then by ID.

    The tasks are not all in memory at once. Do not write to the store until the iterator is exhausted.
    """
    if window is not None and not window.duration:
        return
    # sqlite3 always yields rows as it reads them.
    run = connection.stream if isinstance(connection, _Streaming) else connection.execute
    yield from map(row_to_task, run(*build_query(task_filter, window=window, user_id=user_id, now=now)))


def list_tasks_page(
    connection: Connection, window: Window, *, user_id: int | None, running: bool | None, page: Page, now: datetime
) -> list[Task]:
    """Return a page of the tasks that overlap a window, sorted by start time, then by ID; `running=None` means all."""
    if not window.duration:
        return []
    after_start = FIRST if page.after is None else to_microseconds(page.after.start_time)
    overlap = overlap_parameters(window, now)
    parameters = {
        **overlap,
        "user_id": user_id,
        "after_start": after_start,
        "after_id": 0 if page.after is None else page.after.id,
        "first": max(overlap["earliest"], after_start),
        "finished": int(running is False),
        "limit": page.limit,
    }
    return query_tasks(connection, for_user(SELECT_RUNNING_PAGE if running else SELECT_PAGE, user_id), parameters)


def build_query(
    task_filter: TaskFilter, *, window: Window | None, user_id: int | None, now: datetime
) -> tuple[str, Values]:
    """Return a statement that selects the tasks matching a filter and overlapping a window, and its parameters."""
    statement = for_user(SELECT_ALL if window is None else SELECT_OVERLAPPING, user_id)
    statement, values = apply_filter(statement, task_filter, now, is_led=window is not None)
    if window is not None:
        values |= overlap_parameters(window, now)
    return statement, {**values, "user_id": user_id}


def apply_filter(statement: str, task_filter: TaskFilter, now: datetime, *, is_led: bool = False) -> tuple[str, Values]:
    """Replace each placeholder in a statement with a filter's conditions; return the statement and its parameters.

    Set `is_led` if the statement already uses an index that selects few rows.
    """
    assert FILTER_PLACEHOLDER in statement
    conditions, values = conditions_of(task_filter, now, is_led=is_led)
    return statement.replace(FILTER_PLACEHOLDER, "\n".join(f"AND {condition}" for condition in conditions)), values


def conditions_of(task_filter: TaskFilter, now: datetime, *, is_led: bool) -> tuple[list[str], Values]:
    """Return a filter's SQL conditions on `tasks`, and their parameters; assume that running tasks end at `now`."""
    conditions: list[str] = []
    values: Values = {}
    if task_filter.project is not None:
        # COALESCE rules out the index on projects: a planner without statistics might read a whole project for one day.
        has_index = is_led or task_filter.running
        conditions.append(_PROJECT.format(column="COALESCE(project, '')" if has_index else "project"))
        values |= {
            "project": task_filter.project,
            "project_first": f"{task_filter.project}/",
            "project_end": f"{task_filter.project}0",
        }
    for condition, prefix, tags in ((_TAG, "tag", task_filter.tags), (_NOT_TAG, "not_tag", task_filter.exclude_tags)):
        names = {f"{prefix}_{number}": tag for number, tag in enumerate(tags)}
        conditions += [condition.format(name=name) for name in names]
        values |= names
    if task_filter.running:
        conditions.append("end_time IS NULL")
    if task_filter.untagged:
        conditions.append("tags IS NULL")
    _bound_length(task_filter, now, conditions, values)
    if task_filter.search is not None:
        conditions.append(_SEARCH)
        values["search"] = f"%{_escape_like(search_key(task_filter.search))}%"
    return conditions, values


def _bound_length(task_filter: TaskFilter, now: datetime, conditions: list[str], values: Values) -> None:
    for name, sign, length in (("longer", ">", task_filter.longer_than), ("shorter", "<", task_filter.shorter_than)):
        if length is not None:
            conditions.append(f"({LENGTH}) {sign} :{name}")
            values |= {name: length // MICROSECOND, "now": to_microseconds(now)}


def _newest_first(statement: str) -> str:
    assert statement.endswith(_OLDEST_FIRST)
    return statement.removesuffix(_OLDEST_FIRST) + _NEWEST_FIRST


def _escape_like(text: str) -> str:
    for character in "!%_":  # starts with the escape character, so that it is not escaped twice
        text = text.replace(character, f"!{character}")
    return text
