"""A time of day alone, given to `edit`, `split` or `move` for a task that is not there, or not any more what it was."""

from pathlib import Path

import pytest
from tests.commits import connect_with, connection_with
from tests.conftest import Run

TRACK = ["track", "write", "--at", "yesterday 9:00", "--until", "yesterday 18:00"]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["edit", "9", "--end", "9:00"], "error: there is no task 9\n"),
        (["edit", "1", "9", "--end", "9:00"], "error: there is no task 9\n"),
        (["move", "9", "9:00"], "error: there is no task 9\n"),
        (["split", "9", "--at", "9:00"], "error: there is no task 9\n"),
        (["edit", "2", "--start", "9:00"], "error: task 2 no longer exists: user 1 deleted it"),
        (["edit", "1", "--end", "9:00", "--user", "7"], "error: task 1 belongs to user 1, not to user 7\n"),
        (["move", "1", "9:00", "--user", "7"], "error: task 1 belongs to user 1, not to user 7\n"),
    ],
)
def test_missing_task_fails(run: Run, words: list[str], error: str) -> None:
    run(*TRACK)
    run(*TRACK)
    run("delete", "2")
    before = run("list", "all").out
    result = run(*words)
    assert (result.exit_code, result.out) == (1, "")
    assert result.err.startswith(error)
    assert run("list", "all").out == before


@pytest.mark.parametrize(
    "words", [["edit", "9", "--end"], ["edit", "9", "--start"], ["move", "9"], ["split", "9", "--at"]]
)
@pytest.mark.parametrize("time", ["25:00", "9:60", "9:00+02:00", "9:00Z", "9"])
def test_invalid_time_fails_before_task_lookup(run: Run, words: list[str], time: str) -> None:
    assert run(*words, time).exit_code == 2


@pytest.mark.parametrize("words", [["edit", "9", "--end"], ["move", "9"], ["split", "9", "--at"]])
def test_missing_task_creates_no_file(run: Run, data_file: Path, words: list[str]) -> None:
    result = run(*words, "9:00")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err.startswith("error: there is no task 9\n")
    assert not data_file.exists()


def test_edit_of_moved_task_uses_day_that_was_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(*TRACK)
    others = [["edit", "1", "--start", "today 9:00", "--end", "today 11:00"]]

    def edit_first(statement: str) -> None:
        if statement == "BEGIN IMMEDIATE" and others:  # the task has been read, and is not locked yet
            assert run(*others.pop()).exit_code == 0

    connect_with(monkeypatch, connection_with(edit_first))
    result = run("edit", "1", "--end", "12:30")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err.startswith("error: task 1 cannot end at 2023-07-15 12:30, before its start at 09:00\n")
    assert "\t2023-07-16T09:00:00+02:00\t2023-07-16T11:00:00+02:00\t" in run("list", "all").out
