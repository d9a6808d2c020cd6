"""`tasktimer stop`, as people and scripts use it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import NOW, Run
from tests.hostile import INTEGERS_REFUSED, TIMES_REFUSED

LATER = NOW + timedelta(hours=1, minutes=16)


def test_stop_ends_running_task(run: Run) -> None:
    run("track", "write docs")
    result = run("stop", now=LATER, terminal=True)
    assert (result.exit_code, result.out) == (0, "Stopped 1: write docs, 12:00 to 13:16 (1:16:00)\n")
    assert json.loads(run("times", "--json", now=LATER).out)[0]["end_time"] == "2023-07-16T13:16:00+02:00"


def test_pipe_has_ids_in_given_order(run: Run) -> None:
    for _ in range(3):
        run("track", "write")
    assert run("stop", "3", "1", now=LATER).out == "3\n1\n"
    assert run("stop", now=LATER).out == "2\n"


def test_json_has_list_of_tasks(run: Run) -> None:
    run("track", "write", "--user", "42")
    assert json.loads(run("stop", "1", "--json", now=LATER).out) == [
        {
            "id": 1,
            "user_id": 42,
            "description": "write",
            "start_time": "2023-07-16T12:00:00+02:00",
            "end_time": "2023-07-16T13:16:00+02:00",
            "running": False,
            "project": None,
            "tags": [],
            "note": None,
        }
    ]


def test_several_running_tasks_fail_with_list(run: Run) -> None:
    run("track", "write docs", "--at", "09:14")
    run("track", "[bold]call[/]\n", "--at", "yesterday 23:00")
    result = run("stop", terminal=True)
    assert (result.exit_code, result.out) == (1, "")
    assert result.err == (
        "error: an ID is required because 2 tasks are running:\n"
        "  2: [bold]call[/]\\n, since 2023-07-15 23:00\n"
        "  1: write docs, since 09:14\n"
        "hint: to stop one, give its ID, as in tasktimer stop 2; to stop all, use --all\n"
    )
    assert len(json.loads(run("times", "--json").out)) == 2


def test_stop_all_without_running_tasks_succeeds(run: Run) -> None:
    run("track", "write")
    run("track", "call")
    assert run("stop", "--all", now=LATER).out == "1\n2\n"
    result = run("stop", "--all", now=LATER)
    assert (result.exit_code, result.out, result.err) == (0, "", "")
    assert run("stop", "--all", terminal=True).out == "No task is running.\n"
    assert run("stop", "--all", "--json").out == "[]\n"


def test_stop_without_running_task_fails(run: Run) -> None:
    run("track", "write", "--for", "5m")
    result = run("stop")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err.startswith("error: no task is running\nhint: to start a task")


def test_stop_without_store_creates_nothing(run: Run, data_file: Path) -> None:
    for arguments, exit_code in [(["stop"], 1), (["stop", "7"], 1), (["stop", "--all"], 0)]:
        assert run(*arguments).exit_code == exit_code
    assert "there is no task 7" in run("stop", "7").err
    assert not data_file.parent.exists()


@pytest.mark.parametrize(
    ("arguments", "exit_code", "word"),
    [
        (["99"], 1, "there is no task 99"),
        ([str(2**63 - 1)], 1, "there is no task 9223372036854775807"),
        (["1"], 1, "task 1 is already stopped: it ended at 11:00"),
        (["2", "1"], 1, "task 1 is already stopped"),
        (["2", "99"], 1, "there is no task 99"),
        (
            ["2", "--at", "10:29"],
            1,
            "task 2 cannot end at 10:29, before its start",
        ),
        (["2", "--at", "13:00"], 1, "the end is in the future: 13:00 (it is 12:00 now)"),
        (["--at", "13:00"], 1, "the end is in the future"),
        (["2", "--user", "1"], 1, "task 2 belongs to user 42, not to user 1"),
        (["--user", "1"], 1, "user 1 has no running tasks"),
        (["2", "--all"], 2, "task IDs cannot be used with --all"),
    ],
)
def test_invalid_stop_changes_nothing(run: Run, arguments: list[str], exit_code: int, word: str) -> None:
    run("track", "done", "--at", "10:00", "--until", "11:00")
    run("track", "write", "--at", "10:30", "--user", "42")
    before = run("times", "--json").out
    result = run("stop", *arguments)
    assert (result.exit_code, result.out) == (exit_code, "")
    assert word in result.err
    assert run("times", "--json").out == before


@pytest.mark.parametrize("number", [text for text in INTEGERS_REFUSED if text not in ("-1", "--")])
def test_invalid_id_fails(run: Run, number: str) -> None:
    run("track", "write")
    result = run("stop", "1", number)
    assert (result.exit_code, result.out) == (2, "")
    assert "invalid task ID" in result.err
    assert json.loads(run("times", "--json").out)[0]["running"]


@pytest.mark.parametrize("arguments", [["-1"], ["--", "-1"]])
def test_negative_id_fails(run: Run, arguments: list[str]) -> None:
    assert run("stop", *arguments).exit_code == 2


@pytest.mark.parametrize("when", TIMES_REFUSED)
def test_invalid_time_fails(run: Run, when: str) -> None:
    run("track", "write")
    assert run("stop", f"--at={when}").exit_code == 2


def test_stop_by_id_ignores_default_user(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("track", "write", "--user", "42")
    monkeypatch.setenv("TASKTIMER_USER", "1")
    assert run("stop").exit_code == 1
    assert run("stop", "1").out == "1\n"


def test_stop_without_id_uses_default_user(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("track", "mine", "--user", "1")
    run("track", "theirs", "--user", "42")
    monkeypatch.setenv("TASKTIMER_USER", "1")
    assert run("stop").out == "1\n"
    assert run("stop", "--user", "all").out == "2\n"


def test_end_accepts_words(run: Run) -> None:
    run("track", "write", "--at", "yesterday 9:00")
    line = run("stop", "--at", "yesterday 17:30", terminal=True).out
    assert line == "Stopped 1: write, 2023-07-15 09:00 to 17:30 (8:30:00)\n"
