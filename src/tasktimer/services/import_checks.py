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
    if it started within 24 hours before `now`. It is yielded last.
    """
    running: Row | None = None
    for checked in valid_rows(rows, now):
        if isinstance(checked, RejectedRow) or checked.end_time is not None:
            yield checked
        elif running is None or running.start_time <= checked.start_time:
            if running is not None:
                yield _without_end(running)
            running = checked
        else:
            yield _without_end(checked)
    if running is not None:
        yield running if now - running.start_time <= _LONGEST_RUNNING else _without_end(running)


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
    return RejectedRow(row.place, row.raw, "missing end")
