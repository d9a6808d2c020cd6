"""`tasktimer split`, `join`, `move` and `delete`, as people and scripts use them."""

import json

import pytest
from tests.cli.conftest import answer, listed
from tests.conftest import Run


@pytest.fixture(autouse=True)
def _tasks(run: Run) -> None:
    run("track", "write", "--at", "8:00", "--until", "9:00")
    run("track", "write", "--at", "9:30", "--until", "11:00")
    run("track", "call", "--at", "11:00")


def test_split(run: Run) -> None:
    result = run("split", "2", "--at", "10:15", terminal=True)
    assert (result.exit_code, result.err) == (0, "")
    assert result.out == "Split 2:\n  2: write, 09:30 to 10:15 (0:45:00)\n  4: write, 10:15 to 11:00 (0:45:00)\n"
    assert run("split", "3", "--at", "11:30").out == "3\n5\n"
    parts = json.loads(run("split", "5", "--at", "11:45", "--json").out)
    assert [(part["id"], part["running"]) for part in parts] == [(5, False), (6, True)]
    assert listed(run) == [
        *("1 08:00 09:00", "2 09:30 10:15", "4 10:15 11:00", "3 11:00 11:30", "5 11:30 11:45"),
        "6 11:45",
    ]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("9:30", "it starts at 09:30"),
        ("11:00", "it ends at 11:00"),
        ("23:00", "it ends at 11:00"),
    ],
)
def test_split_outside_task_fails(run: Run, when: str, words: str) -> None:
    result = run("split", "2", "--at", when)
    assert (result.exit_code, result.out) == (1, "")
    assert words in result.err
    assert "\nhint: use a time after its start" in result.err


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["2", "10:15"], ["2 09:30 10:15", "4 10:15 11:00"]),
        (["2", "--at", "10:15"], ["2 09:30 10:15", "4 10:15 11:00"]),
        (["2", "1h", "30m", "ago"], ["2 09:30 10:30", "4 10:30 11:00"]),
        (["2", "--at", "1h", "30m", "ago"], ["2 09:30 10:30", "4 10:30 11:00"]),
        (["--at", "-90m", "2"], ["2 09:30 10:30", "4 10:30 11:00"]),
        (["2", "today", "10:15"], ["2 09:30 10:15", "4 10:15 11:00"]),
    ],
)
def test_time_of_split_is_argument_or_option(run: Run, words: list[str], parts: list[str]) -> None:
    assert run("split", *words).out == "2\n4\n"
    assert listed(run)[1:3] == parts


@pytest.mark.parametrize(
    "words", [["1", "8:15"], ["1", "--at", "8:15"], ["--at", "8:15", "1"], ["1", "--at", "today", "8:15"]]
)
def test_time_of_move_is_argument_or_option(run: Run, words: list[str]) -> None:
    assert run("move", *words).out == "1\n"
    assert listed(run)[0] == "1 08:15 09:15"


@pytest.mark.parametrize("command", ["split", "move"])
@pytest.mark.parametrize("words", [["9:15", "--at", "10:00"], ["9:15", "10:00"]])
def test_two_times_are_rejected(run: Run, command: str, words: list[str]) -> None:
    result = run(command, "2", *words)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith("error: invalid time '")


def test_move(run: Run) -> None:
    result = run("move", "1", "yesterday", "23:30", terminal=True)
    assert (result.exit_code, result.err) == (0, "")
    assert result.out == ("Moved 1: write, start 2023-07-16 08:00 -> 2023-07-15 23:30, end 09:00 -> 00:30 (1:00:00)\n")
    assert run("move", "3", "11:30", terminal=True).out == "Moved 3: call, start 11:00 -> 11:30\n"
    assert run("move", "3", "--", "-15m").out == "3\n"
    assert json.loads(run("move", "2", "9:00", "--json").out)["end_time"] == "2023-07-16T10:30:00+02:00"
    assert run("move", "2", "9:00", terminal=True).out == "Nothing to change in task 2: write\n"
    result = run("move", "2", "11:00")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err.startswith("error: the end is in the future: 12:30 (it is 12:00 now)\n")
    assert run("move", "2", "-15m").err == (
        "error: '-15m' was interpreted as an option, not as a time\n"
        "hint: use a start time, such as 9:15 or '15m ago'; see tasktimer move --help\n"
    )
    assert listed(run) == ["1 23:30 00:30", "2 09:00 10:30", "3 11:45"]


def test_join_over_gap_requires_yes(run: Run) -> None:
    result = run("join", "2", "1")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err == (
        "error: tasks 1 and 2 cannot be joined because there is a gap of 0:30:00 between them\n"
        "hint: add --yes to include the time between them\n"
    )
    assert len(listed(run)) == 3
    result = run("join", "2", "1", "--yes", terminal=True)
    assert (result.exit_code, result.err) == (0, "")
    assert result.out == "Joined 1 and 2:\n  1: write, 08:00 to 11:00 (3:00:00)\n  includes the 0:30:00 between them\n"
    assert listed(run) == ["1 08:00 11:00", "3 11:00"]


@pytest.mark.parametrize(
    ("typed", "joined"),
    [("y\n", True), ("Yes\n", True), ("n\n", False), ("\n", False), ("", False), ("yo\n", False)],
)
def test_join_over_gap_asks_on_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, typed: str, joined: bool) -> None:
    answer(monkeypatch, typed)
    result = run("join", "1", "2", terminal=True)
    assert result.exit_code == (0 if joined else 1)
    asked = (
        " Sun 16 July\n"
        "  1  08:00  09:00  1:00:00  write\n"
        "  2  09:30  11:00  1:30:00  write\n"
        "\n"
        "Join them, and include the 0:30:00 between them? [y/N] "
    )
    assert asked in result.err
    assert ("note: nothing was changed\n" in result.err) != joined
    assert len(listed(run)) == (2 if joined else 3)


def test_join_without_gap_asks_nothing(run: Run) -> None:
    run("track", "call", "--at", "10:00", "--until", "11:00", "+b")
    assert run("join", "3", "4", terminal=True).out == ("Joined 3 and 4:\n  3: call, since 10:00\n")
    run("undo")
    assert json.loads(run("join", "3", "4", "--json").out)["tags"] == ["b"]
    run("undo")
    run("edit", "4", "--end", "11:20")
    assert run("join", "3", "4", terminal=True).out == (
        "Joined 3 and 4:\n  3: call, since 10:00\n  the overlap of 0:20:00 is no longer counted twice\n"
    )
    run("undo")
    assert run("join", "4", "3").out == "3\n"


def test_delete(run: Run) -> None:
    result = run("delete", "3", "1", "3", terminal=True)
    assert (result.exit_code, result.err) == (0, "")
    assert result.out == (
        "Deleted 3: call, since 11:00\nDeleted 1: write, 08:00 to 09:00 (1:00:00)\n"
        "To restore them, run: tasktimer undo\n"
    )
    assert listed(run) == ["2 09:30 11:00"]
    run("undo")
    assert [task["id"] for task in json.loads(run("delete", "3", "1", "--json").out)] == [3, 1]
    run("undo")
    assert run("delete", "1", "--user", "1", terminal=True).out.endswith(
        "To restore it, run: tasktimer undo --user 1\n"
    )
    result = run("delete", "2", "1")
    assert (result.exit_code, result.out) == (1, "")
    assert result.err == (
        "error: task 1 no longer exists: user 1 deleted it (command 8)\nhint: to restore it, run: tasktimer undo\n"
    )
    assert listed(run) == ["2 09:30 11:00", "3 11:00"]
    assert run("delete", "2", "3").out == "2\n3\n"
