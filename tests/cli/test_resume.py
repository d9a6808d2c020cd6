"""`tasktimer resume`, as people and scripts use it."""

import json
from pathlib import Path

import pytest
from tests.conftest import Run
from tests.hostile import INTEGERS_REFUSED, TIMES_REFUSED


def test_resume_starts_task_like_last_one(run: Run) -> None:
    run("track", "write docs", "+b", "+a", "-p", "acme", "--note", "stays", "--at", "9:00", "--until", "10:00")
    result = run("resume", terminal=True)
    assert (result.exit_code, result.out, result.err) == (0, "Tracking 2: write docs, since 12:00  acme  +a  +b\n", "")
    run("stop")
    assert json.loads(run("resume", "--at", "11:00", "--json").out) == {
        "id": 3,
        "user_id": 1,
        "description": "write docs",
        "start_time": "2023-07-16T11:00:00+02:00",
        "end_time": None,
        "running": True,
        "project": "acme",
        "tags": ["a", "b"],
        "note": None,
    }


def test_pipe_has_id_only(run: Run) -> None:
    run("track", "first", "--for", "1h")
    run("track", "second", "--for", "1m")
    assert run("resume", "1").out == "3\n"
    assert run("status", "--format", "{description}").out == "first\n"


@pytest.mark.parametrize("command", [["resume", "1"], ["switch", "next"]])
def test_overlapping_start_prints_note(run: Run, command: list[str]) -> None:
    run("track", "done", "--at", "9:00", "--until", "10:00")
    assert run(*command).err == ""
    run("cancel")
    result = run(*command, "--at", "9:30")
    assert (result.exit_code, result.out) == (0, "3\n")
    assert result.err == (
        "note: task 3 overlaps task 1 (done, 09:00 to 10:00)\n"
        "hint: to cut the other task, run: tasktimer edit 3 --adjust\n"
    )


def test_new_task_belongs_to_resuming_user(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("track", "theirs", "--for", "1h", "--user", "42")
    monkeypatch.setenv("TASKTIMER_USER", "7")
    assert json.loads(run("resume", "1", "--json").out)["user_id"] == 7
    assert json.loads(run("resume", "--user", "42", "--json").out)["user_id"] == 42


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (
            [],
            1,
            (
                "task 2 is already running (since 10:30)\n"
                "hint: to stop it and resume the task before it, run: tasktimer switch -\n"
            ),
        ),
        (["2"], 1, "task 2 is already running"),
        (["9"], 1, "there is no task 9"),
        (["1", "--at", "13:00"], 1, "the start is in the future"),
        (["--user", "42"], 1, "user 42 has not tracked anything yet"),
        (["--user", "all"], 2, "a single user is required"),
        (["1", "2"], 2, "unexpected argument"),
    ],
)
def test_invalid_resume_changes_nothing(run: Run, arguments: list[str], exit_code: int, words: str) -> None:
    run("track", "done", "--at", "9:00", "--until", "10:00")
    run("track", "write", "--at", "10:30")
    result = run("resume", *arguments)
    assert (result.exit_code, result.out) == (exit_code, "")
    assert words in result.err
    assert "\nhint: " in result.err
    assert len(json.loads(run("times", "--json").out)) == 2


def test_resume_of_first_task_while_it_runs_fails(run: Run) -> None:
    run("track", "write")
    hint = 'hint: to start another task, run: tasktimer switch "write docs"\n'
    assert run("resume").err == f"error: task 1 is already running (since 12:00)\n{hint}"


def test_resume_without_store_creates_nothing(run: Run, data_file: Path) -> None:
    assert run("resume").err.startswith("error: nothing has been tracked yet: ")
    assert run("resume", "7").err.startswith("error: there is no task 7\n")
    assert not data_file.parent.exists()


@pytest.mark.parametrize("number", [text for text in INTEGERS_REFUSED if text not in ("-1", "--")])
def test_invalid_id_fails(run: Run, number: str) -> None:
    run("track", "write", "--for", "1h")
    result = run("resume", number)
    assert (result.exit_code, result.out) == (2, "")
    assert "invalid task ID" in result.err


@pytest.mark.parametrize("when", TIMES_REFUSED)
def test_invalid_time_fails(run: Run, when: str) -> None:
    run("track", "write", "--for", "1h")
    assert run("resume", f"--at={when}").exit_code == 2
