"""Exports in Python."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.client.conftest import HOUR, clock
from tests.conftest import NOW

from tasktimer import Tracker, open_tracker
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import Conflict, InvalidValue
from tasktimer.formats.registry import Loss


@pytest.fixture
def tracker(database: str) -> Iterator[Tracker]:
    with open_tracker(database, user=42, clock=clock, tz="Europe/Berlin") as tracker:
        tracker.track("plan", start_time=NOW - 30 * HOUR, end_time=NOW - 29 * HOUR, project="acme", note="n")
        tracker.track("code", start_time=NOW - 2 * HOUR, end_time=NOW - HOUR, tags=["a"])
        tracker.track("lunch", start_time=NOW - 1.5 * HOUR)
        tracker.track("other", start_time=NOW - HOUR, user=7)
        yield tracker


def test_file_and_losses_are_returned(tracker: Tracker, tmp_path: Path) -> None:
    path = tmp_path / "frames"
    exported = tracker.export("watson", str(path))
    assert exported == (path, 2, {Loss.NOTE: 1, Loss.ONE_WORD: 2, Loss.RUNNING: 1})
    assert path.read_text().count("plan") == 1


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["plan", "code", "lunch"]),
        ({"user": "all"}, ["plan", "code", "lunch", "other"]),
        ({"task_filter": "project:acme"}, ["plan"]),
        ({"task_filter": TaskFilter(running=True)}, ["lunch"]),
        ({"date_range": "today"}, ["code", "lunch"]),
        ({"between": (NOW - 30 * HOUR, NOW - 2 * HOUR)}, ["plan"]),
    ],
)
def test_tasks_are_selected(tracker: Tracker, tmp_path: Path, options: dict[str, Any], expected: list[str]) -> None:
    exported = tracker.export("csv", tmp_path / "tasks.csv", **options)
    lines = exported.path.read_text().splitlines()[1:]
    assert ([line.split(",")[2] for line in lines], exported.tasks) == (expected, len(expected))


def test_times_are_in_zone_of_tracker(tracker: Tracker, tmp_path: Path) -> None:
    tracker.export("csv", tmp_path / "tasks.csv", "code", for_spreadsheets=True)
    assert "2023-07-16,10:00:00,11:00:00,1,42,,code,a," in (tmp_path / "tasks.csv").read_text()


def test_overlapping_tasks_are_cut_on_request(tracker: Tracker, tmp_path: Path) -> None:
    with pytest.raises(Conflict) as error:
        tracker.export("timewarrior", tmp_path / "tasks.data")
    assert error.value.code == "export-overlaps"
    exported = tracker.export("timewarrior", tmp_path / "tasks.data", flatten=True)
    assert exported.losses == {Loss.ONE_WORD: 1, Loss.OVERLAP: 1, Loss.OVERLAP_SECONDS: 1800}


@pytest.mark.parametrize(("name", "path"), [("excel", "tasks.xlsx"), ("csv", ""), ("csv", "folder/")])
def test_invalid_value_is_refused(tracker: Tracker, name: str, path: str) -> None:
    with pytest.raises(InvalidValue):
        tracker.export(name, path)


def test_existing_file_is_replaced_only_on_request(tracker: Tracker, tmp_path: Path) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text("old")
    with pytest.raises(Conflict, match="already exists"):
        tracker.export("jsonl", path)
    assert path.read_text() == "old"
    assert tracker.export("jsonl", path, date_range="today", overwrite=True).tasks == 2
    assert path.read_text().count("\n") == 2


def test_missing_store_is_exported_as_nothing(tmp_path: Path) -> None:
    with open_tracker(tmp_path / "tasks.db", clock=clock) as tracker:
        assert tracker.export("json", tmp_path / "tasks.json").tasks == 0
    assert [path.name for path in tmp_path.iterdir()] == ["tasks.json"]


def test_everything_is_exported_by_default(tracker: Tracker, tmp_path: Path) -> None:
    old = tracker.track("old", start_time=NOW - timedelta(days=10_000), end_time=NOW - timedelta(days=9_999))
    exported = tracker.export("jsonl", tmp_path / "tasks.jsonl")
    assert exported.path.read_text().startswith(f'{{"id":{old.id},')
