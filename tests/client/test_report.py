"""Reports in Python."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.client.conftest import HOUR, clock
from tests.conftest import NOW

from tasktimer import Tracker, open_tracker
from tasktimer.core.rounding import Rounding
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import InvalidValue

MINUTE = timedelta(minutes=1)


@pytest.fixture
def tracker(database: str) -> Iterator[Tracker]:
    with open_tracker(database, user=42, clock=clock, tz="Europe/Berlin") as tracker:
        tracker.track("plan", start_time=NOW - 14 * HOUR, end_time=NOW - 11 * HOUR, project="acme")
        tracker.track("code", start_time=NOW - 12 * HOUR, end_time=NOW - 11 * HOUR, project="acme/web", tags=["a"])
        tracker.track("lunch", start_time=NOW - 20 * MINUTE)
        tracker.track("other", start_time=NOW - HOUR, user=7)
        yield tracker


def test_report_is_by_project_of_all_time(tracker: Tracker) -> None:
    report = tracker.report()
    assert {key: cell.worked for key, cell in report.cells.items()} == {
        ("acme",): 3 * HOUR,
        ("acme/web",): HOUR,
        (None,): 20 * MINUTE,
    }
    total = report.total
    assert (total.worked, total.elapsed, total.tasks) == (4 * HOUR + 20 * MINUTE, 3 * HOUR + 20 * MINUTE, 3)
    assert tracker.report(user="all").total.tasks == 4


@pytest.mark.parametrize("task_filter", ["project:acme", TaskFilter(project="acme"), TaskFilter(no_project=True)])
def test_report_of_selected_project_is_by_day(tracker: Tracker, task_filter: TaskFilter | str) -> None:
    assert tracker.report(task_filter=task_filter).query.by == ("day",)
    assert tracker.report("project", task_filter).query.by == ("project",)


@pytest.mark.parametrize("by", ["day,project", ["day", "project"], ("day", "project")])
def test_keys_are_text_or_sequence(tracker: Tracker, by: str | list[str]) -> None:
    report = tracker.report(by, depth=1, date_range="2023-07-15")
    assert {key: cell.worked for key, cell in report.cells.items()} == {("2023-07-15", "acme"): 2 * HOUR}
    assert report.columns["acme"].worked == report.rows["2023-07-15"].worked == 2 * HOUR


def test_period_may_have_bounds(tracker: Tracker) -> None:
    report = tracker.report("tag", between=(NOW - 12 * HOUR, NOW - 11 * HOUR), elapsed=True)
    assert {key: cell.elapsed for key, cell in report.cells.items()} == {("a",): HOUR, (None,): HOUR}
    assert report.total.elapsed == HOUR


def test_report_can_be_rounded_and_filled(tracker: Tracker) -> None:
    report = tracker.report("day", rounding=Rounding(90 * MINUTE), fill=True, date_range="last 3 days")
    assert {day: cell.rounded for (day,), cell in report.cells.items()} == {
        "2023-07-14": timedelta(),
        "2023-07-15": 3 * HOUR,
        "2023-07-16": 4.5 * HOUR,
    }
    down = tracker.report(rounding=Rounding(HOUR, "down", each=True))
    assert (down.total.rounded, down.total.worked) == (4 * HOUR, 4 * HOUR + 20 * MINUTE)


def test_report_of_missing_store_is_empty(tmp_path: Path) -> None:
    with open_tracker(tmp_path / "tasks.db", clock=clock) as tracker:
        report = tracker.report()
    assert (report.cells, report.total.tasks, list(tmp_path.iterdir())) == ({}, 0, [])


@pytest.mark.parametrize(
    ("unit", "reason"),
    [
        (timedelta(), "whole number of minutes"),
        (-15 * MINUTE, "whole number of minutes"),
        (90 * timedelta(seconds=1), "whole number of minutes"),
        (7 * MINUTE, "divide 24 hours"),
        (5 * HOUR, "longer than 4 hours"),
    ],
)
def test_invalid_unit_is_rejected(tracker: Tracker, unit: timedelta, reason: str) -> None:
    with pytest.raises(InvalidValue, match=reason) as error:
        tracker.report(rounding=Rounding(unit))
    assert error.value.code == "invalid-rounding"
