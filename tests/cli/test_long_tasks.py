"""Notes about tasks that are longer than a working day, for example because the year of a start is wrong."""

import json
import shlex

import pytest
from tests.conftest import Run

UNDO = "\nhint: to undo this, run: tasktimer undo\n"
RUNNING = (
    "note: task 1 has been running for 27:00:00, more than 16 hours\n"
    "hint: to set an earlier end, for example 8 hours after the start, run: tasktimer stop 1 --at '2023-07-15 17:00'\n"
)


@pytest.mark.parametrize(
    ("command", "number"),
    [
        ("track write --at 2022-07-16T09:00+02:00", 3),
        ("track write --at 2022-07-16T09:00+02:00 --json", 3),
        ("resume 1 --at 2022-07-16T09:00+02:00", 3),
        ("edit 2 --start 2022-07-16T09:00+02:00", 2),
        ("edit 2 --start 2022-07-16T09:00+02:00 --end 2023-07-16T11:00+02:00", 2),
        ("edit 1 --start 2022-07-16T09:00+02:00", 1),
        ("edit --running --start 2022-07-16T09:00+02:00 --yes", 2),
        ("move 2 2022-07-16T09:00+02:00", 2),
    ],
)
def test_start_long_ago_prints_note(run: Run, command: str, number: int) -> None:
    run("track", "done", "--at", "9:00", "--until", "10:00")
    run("track", "call", "--at", "11:00")
    result = run(*command.split())
    assert result.exit_code == 0
    note, hint, *_ = result.err.splitlines(keepends=True)
    assert note.startswith(f"note: task {number} now lasts 8")
    assert note.endswith(", more than 16 hours\n")
    assert f"\n{hint}" == UNDO


def test_switch_to_start_long_ago_prints_note(run: Run) -> None:
    assert run("switch", "write", "--at", "yesterday 9:00").err == (
        f"note: task 1 now lasts 27:00:00, more than 16 hours{UNDO}"
    )


def test_kept_start_prints_no_note(run: Run) -> None:
    run("track", "write", "--at", "yesterday 9:00")
    assert run("edit", "1", "+docs").err == ""
    assert run("edit", "1", "--start", "yesterday 20:00").err == ""


def test_forgotten_task_is_marked_for_people(run: Run) -> None:
    run("track", "write", "--at", "yesterday 9:00")
    run("track", "call", "--at", "11:00")
    for command in (["status"], ["list"], ["list", "yesterday"], ["list", "--running", "--tz", "UTC"]):
        assert run(*command, terminal=True).err == RUNNING
        assert (run(*command).err, run(*command, "--json", terminal=True).err) == ("", "")
    assert run("list", "--format", "table").err == RUNNING
    assert run("list", "-p", "acme", terminal=True).err.startswith("note: no task has the project")
    assert run("status", "--format", "{id}", terminal=True).err == ""
    run("stop", "1", "--at", "yesterday 10:00")
    assert (run("status", terminal=True).err, run("list", "yesterday", terminal=True).err) == ("", "")


def test_hint_of_forgotten_task_works(run: Run) -> None:
    run("track", "write", "--at", "yesterday 9:00")
    line = run("status", terminal=True).err.partition("run: tasktimer ")[2]
    result = run(*shlex.split(line), "--json")
    assert (json.loads(result.out)[0]["end_time"], result.err) == ("2023-07-15T17:00:00+02:00", "")


def test_several_forgotten_tasks_are_one_note(run: Run) -> None:
    for _ in range(2):
        run("track", "write", "--at", "yesterday 9:00")
    note = "note: 2 tasks have been running for more than 16 hours each: 1 2\n"
    assert run("status", terminal=True).err.startswith(note)


@pytest.mark.parametrize(
    "command",
    [
        "track write --start 2022-07-16T09:00+02:00 --for 1h",
        "track write --end 2022-07-16T10:00+02:00 --for 1h --json",
        "edit 1 --start 2022-07-16T09:00+02:00 --for 1h",
        "move 1 2022-07-16",
        "move 1 2022-07-16T09:00+02:00 --adjust",
    ],
)
def test_start_of_finished_task_long_ago_prints_note(run: Run, command: str) -> None:
    run("track", "done", "--start", "9:00-10:00")
    before = run("list", "all").out
    result = run(*command.split())
    number = 2 if "track" in command else 1
    assert result.exit_code == 0
    assert result.err == f"note: task {number} started 365 days ago, on 2022-07-16{UNDO}"
    run("undo")
    assert run("list", "all").out == before


def test_several_old_starts_are_one_note(run: Run) -> None:
    for _ in range(2):
        run("track", "done", "--start", "9:00-10:00")
    note = run("edit", "1", "2", "--start", "2022-07-16 9:00", "--for", "1h").err.partition("\n")[0]
    assert note == "note: 2 tasks started more than half a year ago: 1 2"


def test_start_that_is_not_new_or_not_old_prints_no_note(run: Run) -> None:
    assert run("track", "write", "--start", "2023-01-16 9:00", "--for", "1h").err == ""  # 181 days ago
    assert run("track", "write", "--start", "2022-07-16 9:00", "--for", "1h").err != ""
    assert run("edit", "2", "+docs").err == ""
    assert run("edit", "2", "--start", "2022-07-16 9:30").err == ""
    assert run("edit", "--where", "id:1", "--start", "2022-07-17 9:00", "--end", "10:00", "--yes").err == ""
