"""Imports in Python."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.client.conftest import clock

from tasktimer import open_tracker
from tasktimer.errors import InvalidValue

KLOG = """\
2023-07-15
    9:00 - 10:30 write docs #docs
    10:30 - x
"""


def test_file_is_imported_once_and_undone(database: str, tmp_path: Path) -> None:
    path = tmp_path / "times.klg"
    path.write_text(KLOG, encoding="utf-8")
    with open_tracker(database, user=42, clock=clock, tz="Europe/Berlin") as tracker:
        assert tracker.import_file(path, dry_run=True).command is None
        imported = tracker.import_file(path, tz="UTC")
        assert (imported.report.added, imported.report.added_time) == (1, timedelta(minutes=90))
        assert [(row.place, row.raw) for row in imported.rejected_rows] == [("line 3", "2023-07-15\n    10:30 - x\n")]
        (task,) = tracker.list_tasks()
        assert (task.user_id, task.start_time.isoformat()) == (42, "2023-07-15T09:00:00+00:00")
        assert tracker.import_file(path, tz="UTC").report.present == 1
        (entry,) = tracker.undo(command=imported.command)
        assert (entry.name, tracker.list_tasks()) == ("import", [])
        assert tracker.import_file(path, tz="UTC", user=7).report.added == 1


def test_tasks_of_other_tracker_keep_users(database: str, tmp_path: Path) -> None:
    path = tmp_path / "tasks.jsonl"
    with open_tracker(tmp_path / "old.db", clock=clock) as old:
        for user in (1, 42):
            old.track("write docs", user=user, project="acme", tags=["docs"], note="chapter 2")
        tasks = old.list_tasks(user="all")
        old.export("jsonl", path, user="all")
    with open_tracker(database, user=1, clock=clock) as tracker:
        assert tracker.import_file(path).report.added == 2
        assert tracker.list_tasks(user="all") == tasks


def test_missing_file_and_unknown_encoding(tmp_path: Path) -> None:
    with open_tracker(tmp_path / "tasks.db", user=1) as tracker:
        with pytest.raises(InvalidValue, match=r"cannot read .*: No such file or directory"):
            tracker.import_file(tmp_path / "missing")
        with pytest.raises(InvalidValue, match="unknown encoding 'klingon'"):
            tracker.import_file(tmp_path, encoding="klingon")
