"""Rows to import, and what the tests of imports ask a store."""

# ruff: noqa: ARG002 (the functions of a format)

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tasktimer.core.task import ALL_USERS, DEFAULT_USER, Actor, Task
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.errors import InvalidValue
from tasktimer.formats.import_report import ImportResult
from tasktimer.formats.reading import ReadOptions
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source
from tasktimer.services import queries
from tasktimer.store.protocols import Store

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINE = Actor(1, 1)
EVERYONE = Actor(None, ALL_USERS)
DEFAULT = Actor(DEFAULT_USER, DEFAULT_USER)


def row(number: int = 0, **values: Any) -> Row:
    """A row of an hour, each number an hour after the one before."""
    start = NINE + number * HOUR
    fields: dict[str, Any] = {"start_time": start, "end_time": start + HOUR, "description": "docs", **values}
    return Row(f"line {number + 1}", f"raw {number}", **fields)


class Listed:
    """A format whose files contain these rows."""

    TITLE, ROW, HAS_OFFSETS = "Listed", "line", True

    def __init__(self, *rows: Row | RejectedRow | InvalidValue) -> None:
        self._rows = rows

    def recognize(self, source: Source) -> bool:
        return source.head == b""

    def read(self, source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:
        for item in self._rows:
            if isinstance(item, InvalidValue):
                raise item
            yield item

    def join_rows(self, source: Source, rows: object) -> Iterator[str]:
        yield ""


def tasks_in(store: Store) -> list[Task]:
    return queries.list_tasks(store, EVERYONE, NO_FILTER, now=NOW)


def dump(store: Store) -> list[list[Any]]:
    """Every task and every tag, with their IDs."""
    statements = ("SELECT * FROM tasks ORDER BY id", "SELECT * FROM task_tags ORDER BY task_id, tag")
    with store.read() as connection:
        return [list(connection.execute(statement, {})) for statement in statements]


def counts(report: ImportResult) -> tuple[int, int, int]:
    """The numbers of tasks added, of rows that were present, and of rejected rows."""
    (file,) = report.files
    return file.added, file.present, file.rejected
