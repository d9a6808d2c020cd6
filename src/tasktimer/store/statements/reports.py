"""The statements of reports, which add up the time spent within each bucket of a window."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from tasktimer.core.buckets import Bucket
from tasktimer.core.interval import Window
from tasktimer.core.report import Contribution, ElapsedTime, ReportQuery
from tasktimer.core.rounding import Rounding
from tasktimer.core.task_filter import TaskFilter
from tasktimer.store.protocols import Connection, Parameters, Row
from tasktimer.store.statements.task_filter import apply_filter, rows_of
from tasktimer.store.statements.task_queries import (
    FILTER_PLACEHOLDER,
    FIRST,
    MICROSECOND,
    for_user,
    from_microseconds,
    to_microseconds,
)

# No project and no tags are empty strings, which are not valid names. A task's tags are grouped as a whole, so that it
# is counted once.
_COLUMNS = {
    "project": "COALESCE(project, '')",
    "tag": "COALESCE(tags, '')",
    "user": "user_id",
    "description": "description",
}
_UNIT_KEYS = ("project", "user")  # with the day, the unit that is rounded

# The part of a task within a bucket; it is empty if a running task starts after now because the clock was set back.
_NOW = "CAST(:now AS BIGINT)"
_START = "CASE WHEN start_time > first THEN start_time ELSE first END"
_END = f"""CASE WHEN end_time <= last THEN end_time WHEN end_time IS NOT NULL OR {_NOW} > last THEN last
WHEN {_NOW} < start_time THEN start_time ELSE {_NOW} END"""

# The same three disjoint parts as in SELECT_OVERLAPPING. CROSS JOIN determines the order of SQLite's loops: a short
# range of an index for each bucket, but all buckets for each of the few long and running tasks. `seen` is the end of
# the previous bucket with the same labels.
_PARTS = f"""
WITH buckets(bucket, first, last, seen) AS (VALUES {{buckets}}),
parts AS (
SELECT {{columns}} FROM buckets CROSS JOIN tasks
WHERE start_time >= first - 86400000000 AND start_time < last AND (start_time >= first OR end_time > first)
{FILTER_PLACEHOLDER}
UNION ALL SELECT {{columns}} FROM tasks CROSS JOIN buckets
WHERE end_time - start_time > 86400000000 AND start_time < :window_end
AND start_time < first - 86400000000 AND end_time > first
{FILTER_PLACEHOLDER}
UNION ALL SELECT {{columns}} FROM tasks CROSS JOIN buckets
WHERE end_time IS NULL AND start_time < :window_end AND start_time < first AND {_NOW} > first
{FILTER_PLACEHOLDER}
)"""

# `:window_start` is the start of the first bucket, in which tasks that started earlier are new.
_TASKS = "CASE WHEN start_time >= seen THEN 1 ELSE 0 END"
_NEW_TASKS = "CASE WHEN start_time >= first OR first = :window_start THEN 1 ELSE 0 END"
_UNITS = f"({_END} - {_START} + CAST(:addend AS BIGINT)) / CAST(:unit AS BIGINT)"

_SELECT_PARTS = "SELECT bucket, {names}, tasks, new_tasks, part_start, part_end FROM parts ORDER BY part_start"

_SELECT_CELLS = """
SELECT bucket, {names}, {tasks}, {new_tasks}, CAST(SUM({length}) AS BIGINT), {units}
FROM parts GROUP BY bucket, {names}"""

# The elapsed time of a bucket is the time of its parts that no earlier part covers.
_ORDERED = """, ordered AS (
SELECT bucket, part_start, part_end, MAX(part_end) OVER (
PARTITION BY bucket ORDER BY part_start ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
) AS covered_until FROM parts
)"""
_SELECT_ELAPSED = """
UNION ALL
SELECT bucket, {no_names}, CAST(NULL AS BIGINT), 0, CAST(SUM(CASE
WHEN covered_until IS NULL OR covered_until <= part_start THEN part_end - part_start
WHEN covered_until < part_end THEN part_end - covered_until ELSE 0 END) AS BIGINT), 0
FROM ordered GROUP BY bucket"""

# The earliest and the latest start, the latest end of the tasks that start up to 24 h before it, and that of the few
# longer tasks. No other task ends after the latest start.
_SELECT_EXTENT = """
SELECT MIN(start_time) FROM tasks
WHERE 1 = 1
UNION ALL
SELECT MAX(start_time) FROM tasks
WHERE 1 = 1
UNION ALL
SELECT MAX(end_time) FROM tasks
WHERE start_time >= (SELECT MAX(start_time) FROM tasks
WHERE 1 = 1) - 86400000000
UNION ALL
SELECT MAX(end_time) FROM tasks
WHERE end_time - start_time > 86400000000
"""


def contributions(
    connection: Connection,
    query: ReportQuery,
    buckets: Sequence[Bucket],
    task_filter: TaskFilter,
    *,
    user_id: int | None,
    now: datetime,
) -> Iterable[Contribution | ElapsedTime]:
    """Return what the matching tasks contribute to each bucket; assume that running tasks end at `now`.

    If the report is about elapsed time, return the part of each task in each bucket, sorted by start. Otherwise, with
    totals, also return the elapsed time within each bucket.
    """
    if not any(bucket.window.duration for bucket in buckets):
        return ()
    statement = build_statement(query, buckets, task_filter, user_id=user_id, now=now)
    read = _part if query.elapsed else partial(_cell, query.rounding)
    return map(read, rows_of(connection, *statement))


def build_statement(
    query: ReportQuery, buckets: Sequence[Bucket], task_filter: TaskFilter, *, user_id: int | None, now: datetime
) -> tuple[str, Parameters]:
    """Return the statement of a report and its parameters."""
    keys = query.label_keys
    if query.rounding is not None:
        keys += [key for key in _UNIT_KEYS if key not in keys]
    write = _parts_statement if query.elapsed else _cells_statement
    statement = for_user(write(query, buckets, [_COLUMNS[key] for key in keys] or ["0"]), user_id)
    statement, values = apply_filter(statement, task_filter, now, lead=None, of_user=False)
    rounding = query.rounding
    return statement, {
        **values,
        "user_id": user_id,
        "now": to_microseconds(now),
        "window_start": to_microseconds(buckets[0].window.start),
        "window_end": to_microseconds(buckets[-1].window.end),
        "unit": 1 if rounding is None else rounding.unit // MICROSECOND,
        "addend": 0 if rounding is None else rounding.addend // MICROSECOND,
    }


def extent_statement(user_id: int | None) -> str:
    """Return the statement of `find_extent`."""
    return for_user(_SELECT_EXTENT, user_id)


def find_extent(connection: Connection, user_id: int | None) -> Window | None:
    """Return a window that contains all finished tasks, and the starts of all tasks; None if there are no tasks."""
    instants = connection.execute(extent_statement(user_id), {"user_id": user_id})
    first, *last = [instant for (instant,) in instants if instant is not None] or [None]
    return None if first is None else Window(from_microseconds(first), from_microseconds(max(last)))


def _parts_statement(_query: ReportQuery, buckets: Sequence[Bucket], keys: Sequence[str]) -> str:
    """Return the statement that selects the part of each task in each bucket."""
    columns = {"tasks": _TASKS, "new_tasks": _NEW_TASKS, "part_start": _START, "part_end": _END}
    return _parts(buckets, keys, columns) + _SELECT_PARTS.format(names=_names(keys))


def _cells_statement(query: ReportQuery, buckets: Sequence[Bucket], keys: Sequence[str]) -> str:
    """Return the statement that selects sums over the tasks with the same keys in each bucket."""
    # Sorting the parts takes most of the time: select as few columns as possible.
    columns = {"part_start": _START, "part_end": _END} if query.totals else {"length": f"{_END} - {_START}"}
    if has_repeated_labels := len({bucket.labels for bucket in buckets}) < len(buckets):
        columns["tasks"] = _TASKS
    if query.totals:
        columns["new_tasks"] = _NEW_TASKS
    if has_units := query.rounding is not None and query.rounding.each:
        columns["units"] = _UNITS
    tasks = _sum("tasks") if has_repeated_labels else "COUNT(*)"
    cells = _SELECT_CELLS.format(
        names=_names(keys),
        tasks=tasks,
        new_tasks=_sum("new_tasks") if query.totals else tasks,
        length="part_end - part_start" if query.totals else "length",
        units=_sum("units") if has_units else "0",
    )
    parts = _parts(buckets, keys, columns)
    if not query.totals:
        return parts + cells
    return parts + _ORDERED + cells + _SELECT_ELAPSED.format(no_names=", ".join(["NULL"] * len(keys)))


def _parts(buckets: Sequence[Bucket], keys: Sequence[str], columns: Mapping[str, str]) -> str:
    named = {**{f"key{number}": key for number, key in enumerate(keys)}, **columns}
    selected = ", ".join(["bucket", *(f"{column} AS {name}" for name, column in named.items())])
    return _PARTS.format(buckets=_bucket_values(buckets), columns=selected)


def _names(keys: Sequence[str]) -> str:
    return ", ".join(f"key{number}" for number in range(len(keys)))


def _sum(column: str) -> str:
    return f"CAST(SUM({column}) AS BIGINT)"


def _bucket_values(buckets: Sequence[Bucket]) -> str:
    """Return the rows of the table of buckets, without empty ones; all values are integers."""
    seen: dict[tuple[str, ...], int] = {}
    rows: list[str] = []
    for number, (labels, window) in enumerate(buckets):
        if window.duration:
            first, last = to_microseconds(window.start), to_microseconds(window.end)
            rows.append(f"({number}, {first}, {last}, {seen.get(labels, FIRST)})")
            seen[labels] = last
    return ", ".join(rows)


def _cell(rounding: Rounding | None, row: Row) -> Contribution | ElapsedTime:
    tasks, new_tasks, worked, units = row[-4:]
    duration = timedelta(0, 0, worked)
    if tasks is None:
        return ElapsedTime(row[0], duration)
    if rounding is None:
        return Contribution(row[0], row[1:-4], tasks, new_tasks, duration)
    rounded = units * rounding.unit if rounding.each else rounding.apply(duration)
    return Contribution(row[0], row[1:-4], tasks, new_tasks, duration, rounded)


def _part(row: Row) -> Contribution:
    tasks, new_tasks, start, end = row[-4:]
    return Contribution(row[0], row[1:-4], tasks, new_tasks, timedelta(0, 0, end - start), part=(start, end))
