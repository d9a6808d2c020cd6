"""The generated histories of the benchmarks."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from tests.conftest import BERLIN

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_long_history_has_varied_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    from histories import Days, load
    from home import Home

    home = Home.make(tmp_path / "home")
    load(home, 1000, Days.until(datetime(2023, 7, 16, 12, tzinfo=BERLIN)))
    with closing(sqlite3.connect(home.file)) as connection:
        projects = connection.execute("SELECT project, count(*) FROM tasks WHERE project IS NOT NULL GROUP BY 1")
        assert {count for _, count in projects} == {6, 7}  # of 333, among 50
        tags = dict(connection.execute("SELECT tag, count(*) FROM task_tags GROUP BY 1"))
        assert (tags.pop("docs"), len(tags), set(tags.values())) == (200, 40, {5})
        stored = connection.execute("SELECT id, tags FROM tasks WHERE tags IS NOT NULL").fetchall()
        assert len(stored) == 200
        for task_id, text in stored:
            rows = connection.execute("SELECT tag FROM task_tags WHERE task_id = ? ORDER BY tag", [task_id])
            assert [tag for (tag,) in rows] == text.split(" ")
