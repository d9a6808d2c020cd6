"""Tasks that would end at their start because of the times that were typed."""

import json
from datetime import timedelta

import pytest
from tests.conftest import NOW, Run

from tasktimer import open_tracker

OFFSET = "hint: use a later end, and check its offset if it has one: it is +02:00 here\n"
CANCEL = (
    "hint: use a later time, and check its offset if it has one: it is +02:00 here; "
    "to delete the task, run: tasktimer cancel 2\n"
)
LONGER = "hint: use a longer duration\n"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("track x --at 9:00 --until 9:00", f"the task would last 0 seconds: it starts and ends at 09:00\n{OFFSET}"),
        ("track x --at 9:00 --until 2023-07-16T10:00+03:00", f"starts and ends at 09:00\n{OFFSET}"),
        ("track x --at 9:00 --for 0m", f"the task would last 0 seconds: it starts and ends at 09:00\n{LONGER}"),
        ("track x --for 0m", f"starts and ends at 12:00\n{LONGER}"),
        ("track x --no-gap --until 10:00", f"starts and ends at 10:00\n{OFFSET}"),
        ("edit 1 --end 9:00", f"task 1 would last 0 seconds: it starts and ends at 09:00\n{OFFSET}"),
        ("edit 1 --start 10:00", f"task 1 would last 0 seconds: it starts and ends at 10:00\n{OFFSET}"),
        ("edit 1 --for 0s", f"task 1 would last 0 seconds: it starts and ends at 09:00\n{LONGER}"),
        ("edit --search done --for 0s --yes", f"task 1 would last 0 seconds: it starts and ends at 09:00\n{LONGER}"),
        ("edit 2 --end 11:00", f"task 2 would last 0 seconds: it starts and ends at 11:00\n{OFFSET}"),
        ("stop --at 11:00", f"task 2 would last 0 seconds: it starts and ends at 11:00\n{CANCEL}"),
        ("stop --at 2023-07-16T12:00+03:00", f"starts and ends at 11:00\n{CANCEL}"),
        ("switch x --at 11:00", f"task 2 would last 0 seconds: it starts and ends at 11:00\n{CANCEL}"),
        ("switch - --at 11:00", f"task 2 would last 0 seconds: it starts and ends at 11:00\n{CANCEL}"),
    ],
)
def test_typed_empty_task_fails(run: Run, command: str, message: str) -> None:
    run("track", "done", "--at", "9:00", "--until", "10:00")
    run("track", "write", "--at", "11:00")
    before = run("times", "--json").out
    result = run(*command.split())
    assert (result.exit_code, result.out) == (1, "")
    assert result.err.startswith("error: ")
    assert result.err.endswith(message)
    assert run("times", "--json").out == before


@pytest.mark.parametrize("command", [["track", "x", "--at", "11:00"], ["resume", "1", "--at", "11:00"]])
def test_exclusive_start_leaves_no_empty_task(run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setenv("TASKTIMER_EXCLUSIVE", "1")
    run("track", "done", "--at", "9:00", "--until", "10:00")
    run("track", "write", "--at", "11:00")
    assert run(*command).err.endswith(CANCEL)


@pytest.mark.parametrize("command", [["stop"], ["stop", "--at", "now"], ["switch", "x"], ["edit", "1", "--end", "now"]])
def test_task_may_be_stopped_when_it_starts(run: Run, command: list[str]) -> None:
    run("track", "write")
    assert run(*command).exit_code == 0
    task = json.loads(run("show", "1", "--json").out)
    assert task["end_time"] == task["start_time"]


def test_empty_task_can_be_edited(run: Run) -> None:
    run("track", "write")
    run("stop")
    assert run("edit", "1", "+docs").exit_code == 0
    assert run("edit", "1", "--start", "11:00").exit_code == 0


def test_tracker_accepts_empty_tasks() -> None:
    hour = timedelta(hours=1)
    with open_tracker(clock=NOW.astimezone) as tracker:
        task = tracker.track("write", start_time=NOW - hour, end_time=NOW - hour)
        assert task.end_time == task.start_time
        assert tracker.edit(task.id, start_time=NOW, end_time=NOW)[0].start_time == NOW
        running = tracker.track("call", start_time=NOW - hour)
        assert tracker.stop(running.id, at=NOW - hour)[0].end_time == NOW - hour
