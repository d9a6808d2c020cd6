"""A clock that was set back between `track` and what ends the task, on the command line and in Python."""

import json
from datetime import timedelta

import pytest
from tests.conftest import NOW, Run

from tasktimer import open_tracker
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import ClockBeforeStart

EARLIER = NOW - timedelta(hours=1)

LINES = [
    ["stop"],
    ["stop", "1"],
    ["stop", "--all"],
    ["stop", "--all", "-p", "acme"],
    ["switch", "next"],
    ["edit", "1", "--end"],
    ["edit", "--running", "--yes", "--end"],
]


@pytest.fixture
def tasktimer(run: Run, database: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("TASKTIMER_DATABASE", database)
    monkeypatch.setenv("TASKTIMER_USER", "1")
    run("track", "write", "-p", "acme")
    return run


@pytest.mark.parametrize("words", [*LINES, *([*line, "--at"] for line in LINES if line[0] != "edit")], ids=" ".join)
def test_stop_before_start_fails_with_hint(tasktimer: Run, words: list[str]) -> None:
    arguments = [*words, "now"] if words[-1] in ("--at", "--end") else words
    before = tasktimer("list", "--json").out
    result = tasktimer(*arguments, now=EARLIER)
    assert (result.exit_code, result.out, result.err) == (
        1,
        "",
        (
            "error: task 1 cannot end now, at 11:00, before its start at 12:00\n"
            "hint: correct the clock, or change the start, for example: tasktimer edit 1 --start '15m ago'\n"
        ),
    )
    assert tasktimer("list", "--json").out == before


def test_hint_works_when_pasted(tasktimer: Run) -> None:
    assert tasktimer("edit", "1", "--start", "15m ago", now=EARLIER).exit_code == 0
    (task,) = json.loads(tasktimer("stop", "--json", now=EARLIER).out)
    assert (task["start_time"], task["end_time"]) == ("2023-07-16T10:45:00+02:00", "2023-07-16T11:00:00+02:00")


def test_clock_slightly_behind_ends_task_at_its_start(tasktimer: Run) -> None:
    (task,) = json.loads(tasktimer("stop", "--at", "now", "--json", now=NOW - timedelta(seconds=60)).out)
    assert task["end_time"] == "2023-07-16T12:00:00+02:00"


def test_tracker_stop_before_start_fails(tasktimer: Run, database: str) -> None:
    with open_tracker(database, user=1, clock=EARLIER.astimezone) as tracker:
        before = tracker.list_tasks()
        for end in (
            tracker.stop,
            lambda: tracker.stop(1),
            lambda: tracker.stop(all_running=True),
            lambda: tracker.stop(all_running=True, task_filter=TaskFilter(project="acme")),
            lambda: tracker.stop(1, at=tracker.now()),
            lambda: tracker.switch("next"),
        ):
            with pytest.raises(ClockBeforeStart):
                end()
        assert tracker.list_tasks() == before
    assert tasktimer("stop").out == "1\n"
