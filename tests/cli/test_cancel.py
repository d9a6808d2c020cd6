"""`tasktimer cancel`, as people and scripts use it."""

import json
from pathlib import Path

import pytest
from tests.conftest import Run
from tests.hostile import INTEGERS_REFUSED


def test_cancel_deletes_running_task_and_undo_restores_it(run: Run) -> None:
    run("track", "done", "--for", "1h")
    run("track", "write [b]docs[/]\n", "+a", "--at", "9:14")
    before = run("times", "--json").out
    result = run("cancel", terminal=True)
    assert (result.exit_code, result.out) == (
        0,
        "Cancelled 2: write [b]docs[/]\\n, since 09:14\nTo restore it, run: tasktimer undo\n",
    )
    assert [task["id"] for task in json.loads(run("times", "--json").out)] == [1]
    run("undo")
    assert run("times", "--json").out == before


def test_pipe_has_ids_and_json_has_tasks(run: Run) -> None:
    for text in ("first", "second", "third"):
        run("track", text)
    assert run("cancel", "3", "1").out == "3\n1\n"
    (task,) = json.loads(run("cancel", "2", "--json").out)
    assert (task["id"], task["description"], task["running"]) == (2, "second", True)


def test_several_running_tasks_fail_with_list(run: Run) -> None:
    run("track", "write docs", "--at", "09:14")
    run("track", "call", "--at", "10:00")
    result = run("cancel", terminal=True)
    assert (result.exit_code, result.out) == (1, "")
    assert result.err == (
        "error: an ID is required because 2 tasks are running:\n"
        "  1: write docs, since 09:14\n"
        "  2: call, since 10:00\n"
        "hint: to cancel one, give its ID, as in tasktimer cancel 1\n"
    )
    assert run("cancel", "1", "2", terminal=True).out.endswith("\nTo restore them, run: tasktimer undo\n")


def test_undo_hint_has_user(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "7")
    run("track", "write", "--user", "42")
    assert run("cancel", "--user", "42", terminal=True).out.endswith("\nTo restore it, run: tasktimer undo --user 42\n")
    assert run("undo").exit_code == 1
    assert run("undo", "--user", "42").exit_code == 0
    assert run("cancel", "1", terminal=True).out.endswith("\nTo restore it, run: tasktimer undo\n")
    assert run("undo").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (["1"], 1, "task 1 is not running: it ended at 10:00\nhint: to delete a finished task, run: "),
        (["2", "1"], 1, "task 1 is not running"),
        (["2", "99"], 1, "there is no task 99"),
        (["2", "--user", "1"], 1, "task 2 belongs to user 42, not to user 1"),
        (
            ["--user", "1"],
            1,
            "user 1 has no running tasks\nhint: to list today's tasks with their IDs, run: tasktimer times",
        ),
    ],
)
def test_invalid_cancel_changes_nothing(run: Run, arguments: list[str], exit_code: int, words: str) -> None:
    run("track", "done", "--at", "9:00", "--until", "10:00")
    run("track", "write", "--at", "10:30", "--user", "42")
    before = run("times", "--json").out
    result = run("cancel", *arguments)
    assert (result.exit_code, result.out) == (exit_code, "")
    assert words in result.err
    assert run("times", "--json").out == before


def test_cancel_without_store_creates_nothing(run: Run, data_file: Path) -> None:
    assert run("cancel").err.startswith("error: nothing has been tracked yet: ")
    assert run("cancel", "7").err.startswith("error: there is no task 7\n")
    assert not data_file.parent.exists()


@pytest.mark.parametrize("number", [text for text in INTEGERS_REFUSED if text not in ("-1", "--")])
def test_invalid_id_fails(run: Run, number: str) -> None:
    run("track", "write")
    result = run("cancel", "1", number)
    assert (result.exit_code, result.out) == (2, "")
    assert "invalid task ID" in result.err
    assert run("status").exit_code == 0
