"""The setting `exclusive`: starting a task stops those that are running."""

import json
from pathlib import Path

import pytest
from tests.conftest import NOW, Run

from tasktimer import open_tracker


@pytest.fixture
def exclusive(run: Run, config_file: Path) -> Run:
    """Run commands with `exclusive = true` in the config file."""
    config_file.write_text("exclusive = true\n")
    return run


def running(run: Run) -> list[str]:
    return [task["description"] for task in json.loads(run("status", "--json").out)["running"]]


def test_track_stops_what_is_running(exclusive: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "1")
    exclusive("track", "write", "--at", "9:00")
    exclusive("track", "call", "--at", "10:00", "--parallel")
    exclusive("track", "theirs", "--user", "42")
    result = exclusive("track", "review", "--at", "11:00", terminal=True)
    assert (result.exit_code, result.out, result.err) == (
        0,
        (
            "Stopped 1: write, 09:00 to 11:00 (2:00:00)\n"
            "Stopped 2: call, 10:00 to 11:00 (1:00:00)\n"
            "Tracking 4: review, since 11:00\n"
        ),
        "",
    )
    assert running(exclusive) == ["review"]
    assert exclusive("undo", terminal=True).out.startswith("Undid track (4):\n")
    assert running(exclusive) == ["write", "call"]
    assert json.loads(exclusive("show", "3", "--user", "42", "--json").out)["running"]


def test_finished_task_stops_nothing(exclusive: Run) -> None:
    exclusive("track", "write", "--at", "9:00")
    for times in (["--at", "8:00", "--until", "8:30"], ["--no-gap", "--until", "8:45"], ["--for", "20m"]):
        assert exclusive("track", "call", *times).exit_code == 0
    assert running(exclusive) == ["write"]


def test_no_gap_stops_at_last_end(exclusive: Run) -> None:
    exclusive("track", "write", "--at", "9:00")
    exclusive("track", "call", "--at", "10:00", "--until", "10:30")
    out = exclusive("track", "mail", "--no-gap", terminal=True).out
    assert out == "Stopped 1: write, 09:00 to 10:30 (1:30:00)\nTracking 3: mail, since 10:30\n"


def test_start_before_running_task_fails(exclusive: Run) -> None:
    exclusive("track", "write", "--at", "9:00")
    result = exclusive("track", "call", "--at", "8:00")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err.startswith("error: running task 1 cannot end at 08:00, before its start at 09:00\nhint: ")
    assert exclusive("track", "call", "--at", "8:00", "--parallel").out == "2\n"


def test_resume_stops_what_is_running(exclusive: Run) -> None:
    exclusive("track", "write", "--at", "8:00", "--until", "9:00")
    exclusive("track", "call", "--at", "9:30")
    result = exclusive("resume", "--at", "10:00", terminal=True)
    assert result.out == "Stopped 2: call, 09:30 to 10:00 (0:30:00)\nTracking 3: write, since 10:00\n"
    assert exclusive("resume", "2").out == "4\n"
    assert exclusive("resume", "1", "--parallel").out == "5\n"
    assert running(exclusive) == ["call", "write"]
    assert exclusive("resume", "5").err.startswith("error: task 5 is already running")
    assert exclusive("undo", "2", terminal=True).out.startswith("Undid resume (5):")
    assert exclusive("resume", "9").err.startswith("error: there is no task 9\n")


def test_resume_without_store_fails(exclusive: Run) -> None:
    assert exclusive("resume", "7").err.startswith("error: there is no task 7\n")
    assert exclusive("resume").err.startswith("error: nothing has been tracked yet: ")


def test_long_stopped_task_prints_note(exclusive: Run) -> None:
    exclusive("track", "write", "--at", "yesterday 9:00")
    note = "note: task 1 now lasts 27:00:00, more than 16 hours\nhint: to undo this, run: tasktimer undo\n"
    assert exclusive("track", "call").err == note


def test_variable_overrides_config_file(exclusive: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_EXCLUSIVE", "0")
    exclusive("track", "write")
    exclusive("track", "call")
    assert running(exclusive) == ["write", "call"]
    monkeypatch.setenv("TASKTIMER_EXCLUSIVE", "soon")
    result = exclusive("track", "mail")
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == "error: TASKTIMER_EXCLUSIVE: invalid value 'soon'\nhint: use true or false\n"


@pytest.mark.usefixtures("exclusive")
def test_tracker_is_exclusive() -> None:
    with open_tracker(clock=NOW.astimezone) as tracker:
        first, second = tracker.track("write"), tracker.track("call", parallel=True)
        third = tracker.track("review")
        assert tracker.running_tasks() == [third]
        fourth = tracker.resume(first.id)
        assert tracker.running_tasks() == [fourth]
        tracker.resume(second.id, parallel=True)
        assert len(tracker.running_tasks()) == 2


@pytest.mark.parametrize("setting", ["0", "1"])
def test_unless_running_changes_nothing_if_task_runs(run: Run, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("TASKTIMER_EXCLUSIVE", setting)
    build = ("track", "build", "-p", "acme", "+b", "+a", "--unless-running")
    assert run(*build, "--at", "10:00").out == "1\n"
    run("track", "call", "--parallel", "--at", "11:00")
    result = run(*build, "--note", "again", terminal=True)
    assert (result.exit_code, result.out, result.err) == (0, "Tracking 1: build, since 10:00  acme  +a  +b\n", "")
    assert json.loads(run(*build, "--json").out)["note"] is None
    assert len(run("history").out.splitlines()) == 2


@pytest.mark.parametrize(
    "other", [["other"], ["build", "-p", "acme"], ["build", "+a"], ["build", "--user", "2"], ["build", "--for", "1h"]]
)
def test_unless_running_starts_other_task(run: Run, monkeypatch: pytest.MonkeyPatch, other: list[str]) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "1")
    run("track", *other)
    assert run("track", "build", "--unless-running").out == "2\n"
    assert run("track", "build", "--unless-running").out == "2\n"


def test_tracker_starts_unless_running() -> None:
    with open_tracker(clock=NOW.astimezone) as tracker:
        task = tracker.track("build", tags=["a"], unless_running=True)
        assert tracker.track("build", tags=["a"], unless_running=True) == task
