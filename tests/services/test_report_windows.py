"""Reports on windows without any day on which there can be tasks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tasktimer.core.interval import Window
from tasktimer.core.report import ReportQuery
from tasktimer.core.rounding import Rounding
from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.core.timeparse.date_ranges import parse_range_bounds
from tasktimer.services.report import report
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_writes

EVERYONE = Actor(None, ALL_USERS)
NOW = datetime(2025, 4, 6, 20, tzinfo=UTC)
QUARTERS = Rounding(timedelta(minutes=15), "up", False)
QUERIES = (
    ReportQuery(("project",)),
    ReportQuery(("tag",), elapsed=True),
    ReportQuery(("day", "project"), fill=True),
    ReportQuery(("weekday", "hour"), fill=True),
    ReportQuery(("month",), rounding=QUARTERS),
)


@pytest.mark.parametrize(
    ("start", "end", "zone", "expected"),
    [
        ("2030-01-01", None, "Europe/Berlin", datetime(2029, 12, 31, 23, tzinfo=UTC)),
        (None, "2020-01-01", "Europe/Berlin", datetime(2020, 1, 1, 23, tzinfo=UTC)),
        # The zone skipped this day.
        ("2011-12-30", "2011-12-30", "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_window_before_or_after_all_tasks_is_empty(
    store: Store, start: str | None, end: str | None, zone: str, expected: datetime
) -> None:
    now = NOW.astimezone(ZoneInfo(zone))
    with store.write() as connection:
        begin = NOW - timedelta(hours=30)
        task_writes.insert_task(connection, user_id=1, description="call", start_time=begin, end_time=None)
    for query in QUERIES:
        found = report(store, EVERYONE, query, window=parse_range_bounds(start, end, now), now=now)
        assert found.window == Window(expected, expected)
        assert (found.total.tasks, found.total.worked) == (0, timedelta())
        assert all(cell.tasks == 0 for cell in found.cells.values())
