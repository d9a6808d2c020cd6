"""`tasktimer switch`, as people and scripts use it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.cli.test_track import task
from tests.conftest import NOW, Run
from tests.hostile import DESCRIPTIONS_KEPT, DESCRIPTIONS_REFUSED, TIMES_REFUSED, USERS_REFUSED

LATER = NOW + timedelta(hours=1, minutes=16)


def test_switch_stops_and_starts_at_same_instant(run: Run) -> None:
    run("track", "write docs")
    result = run("switch", "review", "plans", now=LATER, terminal=True)
    assert (result.exit_code, result.out, result.err) == (
        0,
        "Stopped 1: write docs, 12:00 to 13:16 (1:16:00)\nTracking 2: review plans, since 13:16\n",
        "",
    )
    first, second = json.loads(run("times", "--json", now=LATER).out)
    assert first["end_time"] == second["start_time"] == "2023-07-16T13:16:00+02:00"


def test_pipe_and_json_have_new_task_only(run: Run) -> None:
    run("track", "write")
    assert run("switch", "review", now=LATER).out == "2\n"
    arguments = ["+docs", "-t", "home", "-p", "acme", "--note", "first", "--user", "1", "--json"]
    out = run("switch", "call", *arguments, now=LATER, terminal=True).out
    assert json.loads(out) == {
        "id": 3,
        "user_id": 1,
        "description": "call",
        "start_time": "2023-07-16T13:16:00+02:00",
        "end_time": None,
        "running": True,
        "project": "acme",
        "tags": ["docs", "home"],
        "note": "first",
    }


def test_switch_stops_all_running_tasks_and_undo_reverts_all(run: Run) -> None:
    run("track", "first", "--at", "9:00")
    run("track", "second", "--at", "10:00")
    run("track", "theirs", "--user", "2")
    before = run("times", "--json").out
    result = run("switch", "third", "--at", "11:00", "--user", "1", terminal=True)
    assert result.out == (
        "Stopped 1: first, 09:00 to 11:00 (2:00:00)\n"
        "Stopped 2: second, 10:00 to 11:00 (1:00:00)\n"
        "Tracking 4: third, since 11:00\n"
    )
    assert [task["id"] for task in json.loads(run("status", "--json").out)["running"]] == [4, 3]
    assert run("undo", "--user", "1", terminal=True).out.startswith("Undid switch (4):\n")
    assert run("times", "--json").out == before


def test_switch_without_running_task_starts_task(run: Run) -> None:
    assert run("switch", "write", terminal=True).out == "Tracking 1: write, since 12:00\n"


def test_switch_before_start_of_running_task_fails(run: Run) -> None:
    run("track", "first", "--at", "9:00")
    run("track", "second", "--at", "11:00")
    before = run("times", "--json").out
    result = run("switch", "third", "--at", "10:00")
    assert (result.exit_code, result.out, result.err) == (
        1,
        "",
        (
            "error: running task 2 cannot end at 10:00, before its start at 11:00\n"
            "hint: use a later time, or first run: tasktimer cancel 2\n"
        ),
    )
    assert (run("times", "--json").out, len(run("history").out.splitlines())) == (before, 2)


@pytest.mark.parametrize("when", TIMES_REFUSED)
def test_invalid_time_fails(run: Run, data_file: Path, when: str) -> None:
    assert run("switch", "write", f"--at={when}").exit_code == 2
    assert not data_file.exists()


@pytest.mark.parametrize("text", DESCRIPTIONS_REFUSED)
def test_invalid_description_fails(run: Run, data_file: Path, text: str) -> None:
    result = run("switch", "--", text)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith("error: the description ")
    assert not data_file.exists()


@pytest.mark.parametrize("text", DESCRIPTIONS_KEPT)
def test_description_is_stored_as_typed(run: Run, text: str) -> None:
    assert json.loads(run("switch", "--json", "--", text).out)["description"] == text


@pytest.mark.parametrize("user", [*USERS_REFUSED, "all"])
def test_invalid_user_fails(run: Run, user: str) -> None:
    assert run("switch", "write", f"--user={user}").exit_code == 2


def test_dash_switches_back_and_forth(run: Run) -> None:
    run("track", "write", "+docs", "-p", "acme", "--note", "stays", "--at", "9:00")
    run("switch", "call", "--at", "10:00")
    result = run("switch", "-", "--at", "10:15", terminal=True)
    assert (result.exit_code, result.out, result.err) == (
        0,
        "Stopped 2: call, 10:00 to 10:15 (0:15:00)\nTracking 3: write, since 10:15  acme  +docs\n",
        "",
    )
    assert task(run)["note"] is None
    assert run("switch", "-").out == "4\n"
    assert task(run)["description"] == "call"
    assert run("undo", terminal=True).out.startswith("Undid switch (4):\n")
    assert json.loads(run("status", "--json").out)["running"][0]["id"] == 3


def test_dash_after_lunch_returns_to_another_task(run: Run) -> None:
    run("track", "write", "--start", "8:00-9:00")
    run("track", "mail", "--start", "9:00-11:00")
    run("resume")
    assert run("switch", "-", terminal=True).out.endswith("Tracking 4: write, since 12:00\n")


def test_dash_without_another_task_fails_as_resume_says(run: Run) -> None:
    run("track", "mail", "--start", "9:00-11:00")
    run("resume")
    another = 'hint: to start another task, run: tasktimer switch "write docs"\n'
    assert run("switch", "-").err == f"error: user 1 has not finished another task yet\n{another}"
    assert run("resume").err == f"error: task 2 is already running (since 12:00)\n{another}"
    assert len(run("history").out.splitlines()) == 2


def test_dash_resumes_if_nothing_is_running(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "1")
    run("track", "write", "--at", "9:00", "--until", "10:00")
    run("track", "theirs", "--for", "1m", "--user", "2")
    result = run("switch", "-", "--json")
    assert (json.loads(result.out)["description"], result.err) == ("write", "")


def test_dash_after_two_dashes_is_text(run: Run) -> None:
    run("track", "write", "--at", "9:00", "--until", "10:00")
    assert run("switch", "--", "-", terminal=True).out == "Tracking 2: -, since 12:00\n"
    assert run("switch", "-", "-", terminal=True).out.endswith("Tracking 3: - -, since 12:00\n")


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (
            [],
            1,
            'user 1 has not finished another task yet\nhint: to start another task, run: tasktimer switch "write docs"',
        ),
        (["--user", "2"], 1, "user 2 has not tracked anything yet\nhint: to start a task, run: tasktimer track"),
        (["--at", "13:00"], 1, "the start is in the future"),
        (
            ["-p", "acme"],
            2,
            "'-' cannot be used with a project, tags or a note\nhint: omit them, or give a",
        ),
        (["+docs"], 2, "'-' cannot be used with a project, tags or a note"),
        (["--note", "x"], 2, "'-' cannot be used with a project, tags or a note"),
    ],
)
def test_invalid_dash_changes_nothing(run: Run, arguments: list[str], exit_code: int, words: str) -> None:
    run("track", "write", "--at", "9:00")
    result = run("switch", "-", *arguments)
    assert (result.exit_code, result.out) == (exit_code, "")
    assert words in result.err
    assert len(run("history").out.splitlines()) == 1


def test_dash_without_store_creates_nothing(run: Run, data_file: Path) -> None:
    assert run("switch", "-").err.startswith("error: nothing has been tracked yet: ")
    assert not data_file.exists()
