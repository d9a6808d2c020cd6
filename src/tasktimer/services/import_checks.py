"""The rules that every row of an import must meet, whatever its format."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from tasktimer.core.labels import parse_project, parse_tags, validate_note
from tasktimer.core.local_time import validate_date
from tasktimer.core.task import validate_description, validate_end, validate_not_future
from tasktimer.errors import Conflict, InvalidValue
from tasktimer.formats.rows import RejectedRow, Row

_LONGEST_RUNNING = timedelta(hours=24)
_MOST_WAITING = 1_000  # rejected rows; limits the memory, at the cost of their order

# Most rows have the labels of an earlier one.
_parse_project = lru_cache(4096)(parse_project)
_parse_tags = lru_cache(4096)(parse_tags)


def valid_rows(rows: Iterable[Row | RejectedRow], now: datetime) -> Iterator[Row | RejectedRow]:
    """Yield the rows of a source in a format of tasktimer, rejecting those that are not valid tasks."""
    for row in rows:
        yield row if isinstance(row, RejectedRow) else _check(row, now)


def valid_rows_of_others(rows: Iterable[Row | RejectedRow], now: datetime) -> Iterator[Row | RejectedRow]:
    """Yield the rows of a source of another program, rejecting those that are not valid tasks.

    Of the rows without an end, which may have been forgotten, only the one that starts last is a running task, and only
    if it started within 24 hours before `now`. It is yielded last. Rejected rows keep the order of the source.
    """
    last = _LastWithoutEnd(now - _LONGEST_RUNNING)
    for checked in valid_rows(rows, now):
        if not isinstance(checked, RejectedRow) and checked.end_time is not None:
            yield checked
        else:
            yield from last.add(checked)
    yield from last.end()


class _LastWithoutEnd:
    """The last row without an end so far, and the rejected rows after it, which wait until it is rejected or kept."""

    def __init__(self, earliest: datetime) -> None:
        self._earliest = earliest  # the start of a task that may still run
        self._row: Row | None = None
        self._waiting: list[RejectedRow] = []

    def add(self, row: Row | RejectedRow) -> Iterator[RejectedRow]:
        """Add a rejected row, or one without an end; yield the rejected rows that need not wait."""
        if isinstance(row, Row) and row.start_time >= self._earliest and self._is_last(row):
            yield from self._reject()
            self._row = row
            return
        rejected = _without_end(row) if isinstance(row, Row) else row
        if self._row is None:
            yield rejected
            return
        self._waiting.append(rejected)
        if len(self._waiting) > _MOST_WAITING:
            yield from self._release()

    def end(self) -> Iterator[Row | RejectedRow]:
        """Yield the rows that are left, with the running task at the end."""
        yield from self._release()
        if self._row is not None:
            yield self._row

    def _is_last(self, row: Row) -> bool:
        return self._row is None or self._row.start_time <= row.start_time

    def _reject(self) -> Iterator[RejectedRow]:
        if self._row is not None:
            yield _without_end(self._row)
        yield from self._release()

    def _release(self) -> Iterator[RejectedRow]:
        yield from self._waiting
        self._waiting.clear()


def _check(row: Row, now: datetime) -> Row | RejectedRow:
    """Return a row with its labels in the form in which they are stored, or the rejected row."""
    try:
        validate_date(row.start_time.date())
        validate_not_future("start", row.start_time, now)
        if row.end_time is not None:
            validate_end(row.start_time, row.end_time, now)
        validate_description(row.description)
        if row.note is not None:
            validate_note(row.note)
        project = None if row.project is None else _parse_project(row.project)
        tags = _parse_tags(row.tags)
    except (InvalidValue, Conflict) as error:
        return RejectedRow(row.place, row.raw, error.message)
    return row if (project, tags) == (row.project, row.tags) else row._replace(project=project, tags=tags)


def _without_end(row: Row) -> RejectedRow:
    return RejectedRow(row.place, row.raw, "the end is missing")
