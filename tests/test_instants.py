"""Times printed by other programs mean the same on the command line and in Python."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from tasktimer import open_tracker
from tasktimer.errors import InvalidValue
from tests.client.conftest import clock
from tests.conftest import Run
from tests.hostile import INSTANT, INSTANTS_KEPT, INSTANTS_REFUSED, WHOLE_INSTANT, WHOLE_INSTANTS_KEPT

KEPT = [*((text, INSTANT) for text in INSTANTS_KEPT), *((text, WHOLE_INSTANT) for text in WHOLE_INSTANTS_KEPT)]


@pytest.mark.parametrize(("text", "expected"), KEPT)
def test_command_line_accepts_instant(run: Run, text: str, expected: str) -> None:
    instant = datetime.fromisoformat(expected)
    started = run("track", "x", "--at", text, "--json")
    assert (started.exit_code, started.err) == (0, "")
    assert datetime.fromisoformat(json.loads(started.out)["start_time"]) == instant
    run("edit", "1", "--start", "8:00")
    ended = json.loads(run("stop", "1", "--at", text, "--json").out)
    assert datetime.fromisoformat(ended[0]["end_time"]) == instant
    assert run("edit", "1", "--start", text, "--end", "now").out == "1\n"
    assert run("list", "--from", text, "--to", "now").out.startswith("1\t")


@pytest.mark.parametrize("text", INSTANTS_REFUSED)
def test_command_line_rejects_similar_text(run: Run, data_file: Path, text: str) -> None:
    # The first is completed with the zone of the machine; the second is a range of times.
    if text not in ("2023-07-16T09:14:05.5", "2023-07-16 0914-1000"):
        assert run("track", "x", f"--at={text}").exit_code == 2
        assert not data_file.exists()


@pytest.mark.parametrize(("text", "expected"), KEPT)
def test_tracker_accepts_instant(tmp_path: Path, text: str, expected: str) -> None:
    instant = datetime.fromisoformat(expected)
    with open_tracker(tmp_path / "tasks.db", clock=clock) as tracker:
        task = tracker.track("x", start_time=text)
        assert (task.start_time, tracker.stop(at=text)[0].end_time) == (instant, instant)
        assert [found.id for found in tracker.list_tasks(between=(text, tracker.now()))] == [1]
        assert tracker.edit(1, start_time=text, end_time=text)[0].end_time == instant
        assert tracker.edit_all(all_tasks=True, end_time=None)[0].running
        assert tracker.move(1, text).start_time == instant
        assert tracker.prune_history(text) == 0


@pytest.mark.parametrize("text", [*INSTANTS_REFUSED, "9:00", "yesterday 9:00", "now", ""])
def test_tracker_rejects_similar_text(tmp_path: Path, text: str) -> None:
    with open_tracker(tmp_path / "tasks.db", clock=clock) as tracker, pytest.raises(InvalidValue):
        tracker.track("x", start_time=text)
    assert list(tmp_path.iterdir()) == []
