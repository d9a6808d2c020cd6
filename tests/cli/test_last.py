"""`last` instead of an ID: the user's most recently started task."""

import json

import pytest
from tests.conftest import Run


@pytest.fixture(autouse=True)
def _tasks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "1")
    run("track", "late", "--start", "10:00", "--end", "11:00")
    run("track", "tie", "--start", "10:00", "--end", "10:30")  # as late as task 1, but with a higher ID
    run("track", "early", "--start", "8:00", "--end", "11:30")
    run("track", "theirs", "--start", "11:00", "--user", "42")


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (["show", "last"], "2\t1\ttie\t"),
        (["show", "LAST"], "2\t1\ttie\t"),
        (["show", "last", "--user", "42"], "4\t42\ttheirs\t"),
        (["edit", "last", "--end", "10:45"], "2\n"),
        (["edit", "3", "last", "+x"], "3\n2\n"),
        (["edit", "last", "--user", "42", "+x"], "4\n"),
        (["split", "last", "10:15"], "2\n5\n"),
        (["move", "last", "9:15"], "2\n"),
        (["delete", "last"], "2\n"),
        (["delete", "last", "last"], "2\n"),
        (["resume", "last"], "5\n"),
        (["stop", "last", "--user", "42"], "4\n"),
        (["cancel", "last", "--user", "42"], "4\n"),
        (["history", "last"], "2\t1\ttrack\t"),
        (["edit", "3", "--description", "tie"], "3\n"),
    ],
)
def test_last_is_task_with_latest_start_then_id(run: Run, words: list[str], out: str) -> None:
    result = run(*words)
    assert (result.exit_code, result.out.startswith(out), "error:" in result.err) == (0, True, False)


def test_last_is_joined(run: Run) -> None:
    run("edit", "3", "--description", "tie")
    assert run("join", "3", "last", "--yes").out == "2\n"
    assert run("join", "last", "last").err.startswith("error: task 1 cannot be joined with itself\n")


def test_last_requires_user_if_there_are_several(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TASKTIMER_USER")
    result = run("show", "last")
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith("error: a user is required, because the file has several users: 1, 42\n")
    assert result.err.endswith("run: tasktimer show last --user 1\n")


def test_last_follows_changes(run: Run) -> None:
    run("move", "last", "7:00")
    assert json.loads(run("show", "last", "--json").out)["description"] == "late"
    run("track", "newest")
    assert run("stop", "last").out == "5\n"


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (["stop", "last"], 1, "error: task 2 is already stopped: it ended at 10:30"),
        (["show", "last", "--user", "7"], 1, "error: user 7 has not tracked anything yet\nhint: to start a task, run:"),
        (["show", "last", "--user", "all"], 2, "error: a single user is required, not all"),
        (["delete", "last", "x"], 2, "error: invalid task ID 'x'"),
        (["delete", "last", "week"], 2, "error: invalid task ID 'week'\nhint: to select tasks by date, use --from"),
        (
            ["show", "lats"],
            2,
            "error: invalid task ID 'lats'\nhint: instead, run: tasktimer list --where 'project:lats or lats'\n",
        ),
        (["edit", "last", "--search", "x"], 2, "error: task IDs cannot be used with options that select tasks"),
    ],
)
def test_last_fails_like_ids(run: Run, words: list[str], code: int, error: str) -> None:
    before = run("list", "all").out
    result = run(*words)
    assert (result.exit_code, result.out) == (code, "")
    assert result.err.startswith(error)
    assert run("list", "all").out == before
