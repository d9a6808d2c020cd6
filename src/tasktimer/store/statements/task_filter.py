"""How a filter becomes conditions of SQL: fixed text, and parameters for what somebody typed."""

from collections.abc import Iterator
from datetime import datetime

from tasktimer.core.interval import Window
from tasktimer.core.task import Task, search_key
from tasktimer.core.task_filter import TaskFilter
from tasktimer.store import Connection
from tasktimer.store.statements.streaming import stream
from tasktimer.store.statements.task_queries import (
    LENGTH,
    MICROSECOND,
    SELECT_OVERLAPPING,
    SELECT_OVERLAPPING_OF_USER,
    overlap_parameters,
    row_to_task,
    to_microseconds,
)

# Where a statement about `tasks` takes what a filter asks of a row. It is a comment of SQL: as it stands, the statement
# asks nothing.
FILTER_PLACEHOLDER = "/* AND filter */"
_IN_ORDER = "ORDER BY start_time, id\n"
_LAST_FIRST = "ORDER BY start_time DESC, id DESC LIMIT :limit\n"

# Its condition holds of every row: what a filter asks begins with AND.
SELECT_ALL = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE 1 = 1
/* AND filter */
ORDER BY start_time, id
"""

SELECT_ALL_OF_USER = """
SELECT id, user_id, description, start_time, end_time, project, tags, note FROM tasks
WHERE user_id = :user_id
/* AND filter */
ORDER BY start_time, id
"""

# The slash's neighbour in ASCII: what begins with "acme/" lies between "acme/" and "acme0".
_PROJECT = "({column} = :project OR ({column} >= :project_first AND {column} < :project_end))"
_TAG = "EXISTS (SELECT 1 FROM task_tags WHERE task_id = tasks.id AND tag = :{name})"
_NOT_TAG = "NOT EXISTS (SELECT 1 FROM task_tags WHERE task_id = tasks.id AND tag = :{name})"
_SEARCH = "COALESCE(folded, description) LIKE :search ESCAPE '!'"

Values = dict[str, int | str | None]


def find_tasks(
    connection: Connection,
    task_filter: TaskFilter,
    *,
    window: Window | None,
    user_id: int | None,
    limit: int | None = None,
    now: datetime,
) -> list[Task]:
    """The tasks that a filter leaves, of those that overlap a window or (None) of all, by start, then id.

    With a limit, the last so many of them.
    """
    if window is not None and not window.duration:
        return []
    statement, values = build_query(task_filter, window=window, user_id=user_id, now=now)
    if limit is not None:
        statement, values["limit"] = _last_first(statement), limit
    found = [row_to_task(row) for row in connection.execute(statement, values)]
    return found if limit is None else found[::-1]


def iterate_tasks(
    connection: Connection, task_filter: TaskFilter, *, window: Window | None, user_id: int | None, now: datetime
) -> Iterator[Task]:
    """The same tasks one by one, where they may be too many for memory."""
    if window is None or window.duration:
        yield from map(
            row_to_task, stream(connection, *build_query(task_filter, window=window, user_id=user_id, now=now))
        )


def build_query(
    task_filter: TaskFilter, *, window: Window | None, user_id: int | None, now: datetime
) -> tuple[str, Values]:
    """The statement that finds these tasks, and its parameters."""
    statement, values = apply_filter(_statement(window, user_id), task_filter, now, is_led=window is not None)
    if window is not None:
        values |= overlap_parameters(window, now)
    if user_id is not None:
        values["user_id"] = user_id
    return statement, values


def apply_filter(statement: str, task_filter: TaskFilter, now: datetime, *, is_led: bool = False) -> tuple[str, Values]:
    """A statement that asks what a filter does wherever its mark stands, and the parameters that this needs.

    `is_led` where an index leads to few rows already.
    """
    assert FILTER_PLACEHOLDER in statement
    conditions, values = conditions_of(task_filter, now, is_led=is_led)
    return statement.replace(FILTER_PLACEHOLDER, "\n".join(f"AND {condition}" for condition in conditions)), values


def conditions_of(task_filter: TaskFilter, now: datetime, *, is_led: bool) -> tuple[list[str], Values]:
    """What a filter asks of a row of `tasks`, running ones being as long as they are now."""
    conditions: list[str] = []
    values: Values = {}
    if task_filter.project is not None:
        # No index has an expression: else a planner without statistics would read a whole project for one day of it.
        conditions.append(
            _PROJECT.format(column="COALESCE(project, '')" if is_led or task_filter.running else "project")
        )
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
        values["search"] = f"%{_escaped(search_key(task_filter.search))}%"
    return conditions, values


def _bound_length(task_filter: TaskFilter, now: datetime, conditions: list[str], values: Values) -> None:
    for name, sign, length in (("longer", ">", task_filter.longer_than), ("shorter", "<", task_filter.shorter_than)):
        if length is not None:
            conditions.append(f"({LENGTH}) {sign} :{name}")
            values |= {name: length // MICROSECOND, "now": to_microseconds(now)}


def _statement(window: Window | None, user_id: int | None) -> str:
    if window is None:
        return SELECT_ALL if user_id is None else SELECT_ALL_OF_USER
    return SELECT_OVERLAPPING if user_id is None else SELECT_OVERLAPPING_OF_USER


def _last_first(statement: str) -> str:
    assert statement.endswith(_IN_ORDER)
    return statement.removesuffix(_IN_ORDER) + _LAST_FIRST


def _escaped(text: str) -> str:
    for character in "!%_":  # the mark of the others first, or it would be marked twice
        text = text.replace(character, f"!{character}")
    return text
