"""--adjust: other tasks are cut, split or, after a question, removed."""

import json
import sys

import pytest
from tests.cli.conftest import answer, listed
from tests.conftest import Run


@pytest.fixture(autouse=True)
def _tasks(run: Run) -> None:
    run("track", "write", "docs", "+docs", "--at", "8:00", "--until", "10:00")
    run("track", "call", "--at", "10:15", "--until", "10:30")
    run("track", "review", "--at", "11:00")


BEFORE = ["1 08:00 10:00", "2 10:15 10:30", "3 11:00"]


def test_track_splits_task(run: Run) -> None:
    result = run("track", "lunch", "--at", "8:30", "--for", "30m", "--adjust", terminal=True)
    assert (result.exit_code, result.err) == (0, "")
    assert result.out == (
        "Edited 1: write docs, end 10:00 -> 08:30 (0:30:00)\n"
        "Added 5: write docs, 09:00 to 10:00 (1:00:00)\n"
        "Tracked 4: lunch, 08:30 to 09:00 (0:30:00)\n"
    )
    assert listed(run) == ["1 08:00 08:30", "4 08:30 09:00", "5 09:00 10:00", *BEFORE[1:]]
    assert run("undo").exit_code == 0
    assert listed(run) == BEFORE
    assert run("redo").exit_code == 0
    assert listed(run) == ["1 08:00 08:30", "4 08:30 09:00", "5 09:00 10:00", *BEFORE[1:]]


def test_track_splits_running_task_which_keeps_its_id(run: Run) -> None:
    assert run("track", "lunch", "--at", "11:15", "--until", "11:30", "--adjust").out == "4\n"
    assert listed(run) == [*BEFORE[:2], "5 11:00 11:15", "4 11:15 11:30", "3 11:30"]


def test_task_that_starts_ends_running_task(run: Run) -> None:
    result = run("track", "lunch", "--adjust", terminal=True)
    assert (result.out, result.err) == (
        "Edited 3: review, end none -> 12:00 (1:00:00)\nTracking 4: lunch, since 12:00\n",
        "",
    )
    assert listed(run) == [*BEFORE[:2], "3 11:00 12:00", "4 12:00"]


def test_task_is_printed_as_without_adjust(run: Run) -> None:
    task = json.loads(run("track", "lunch", "--at", "9:00", "--for", "5m", "--adjust", "--json").out)
    assert (task["id"], task["description"]) == (4, "lunch")
    assert run("edit", "4", "--end", "9:20", "--adjust").out == "4\n"
    assert [task["id"] for task in json.loads(run("edit", "4", "--end", "9:30", "--adjust", "--json").out)] == [4]
    assert run("move", "4", "9:10", "--adjust").out == "4\n"
    assert json.loads(run("move", "4", "9:20", "--adjust", "--json").out)["id"] == 4
    assert listed(run) == ["1 08:00 09:00", "4 09:20 09:50", "5 09:50 10:00", *BEFORE[1:]]


def question(description: str) -> str:
    return (
        " ID  Start  End     Length  Description\n"
        f" {'─' * max(39, 28 + len(description))}\n"
        " Sun 16 July\n"
        f"  2  10:15  10:30  0:15:00  {description}\n"
        "\nRemove 1 task covered by the new time? [y/N] "
    )


@pytest.mark.parametrize("reply", ["y\n", "n\n", ""])
@pytest.mark.parametrize(
    ("arguments", "after"),
    [
        (("track", "day", "--at", "9:00", "--until", "10:45"), ["1 08:00 09:00", "4 09:00 10:45", "3 11:00"]),
        (("edit", "1", "--end", "10:45"), ["1 08:00 10:45", "3 11:00"]),
        (("move", "1", "9:00"), ["1 09:00 11:00", "3 11:00"]),
    ],
)
def test_removal_is_confirmed(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], after: list[str], reply: str
) -> None:
    answer(monkeypatch, reply)
    result = run(*arguments, "--adjust", terminal=True)
    if reply == "y\n":
        assert (result.exit_code, result.err) == (0, question("call"))
        assert "Removed 2: call, 10:15 to 10:30 (0:15:00)\n" in result.out
        assert listed(run) == after
        run("undo")
    else:
        assert (result.exit_code, result.out) == (1, "")
        assert result.err.startswith(question("call"))
        assert result.err.endswith("note: nothing was changed\n")
    assert listed(run) == BEFORE


def test_task_that_changes_during_question_is_shown_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    edits = [("edit", "2", "--description", "important call")]

    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            while edits:
                assert run(*edits.pop()).exit_code == 0
            return "y\n"

    monkeypatch.setattr(sys, "stdin", Terminal())
    result = run("edit", "1", "--end", "10:45", "--adjust", terminal=True)
    assert result.exit_code == 0
    assert result.err == question("call") + question("important call")


@pytest.mark.parametrize("arguments", [("track", "day", "--at", "9:00"), ("edit", "1", "--end", "none")])
def test_removal_without_terminal_requires_yes(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments, "--adjust")
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == (
        "error: cannot ask for confirmation: not running in a terminal\n"
        "hint: add --yes to remove the tasks covered by the new time: 2 3\n"
    )
    assert listed(run) == BEFORE
    assert run(*arguments, "--adjust", "--yes").exit_code == 0
    assert len(listed(run)) == (2 if arguments[0] == "track" else 1)


def test_edit_without_changes_cuts_others(run: Run) -> None:
    run("track", "lunch", "--at", "9:30", "--until", "10:20")
    result = run("edit", "4", "--adjust", terminal=True)
    assert (result.exit_code, result.err) == (0, "")
    assert result.out == (
        "Edited 1: write docs, end 10:00 -> 09:30 (1:30:00)\nEdited 2: call, start 10:15 -> 10:20 (0:10:00)\n"
    )


def test_edit_of_tasks_that_overlap_each_other_prints_note(run: Run) -> None:
    result = run("edit", "1", "2", "--end", "10:40", "--adjust", terminal=True)
    assert result.exit_code == 0
    assert result.err.startswith("note: task 1 overlaps task 2")
    assert "hint" not in result.err


def test_unless_running_changes_nothing(run: Run) -> None:
    assert run("track", "review", "--unless-running", "--at", "9:00", "--adjust").out == "3\n"
    assert listed(run) == BEFORE


def test_setting_exclusive_makes_no_difference(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_EXCLUSIVE", "true")
    assert run("track", "lunch", "--at", "11:30", "--adjust").exit_code == 0
    assert listed(run) == [*BEFORE[:2], "3 11:00 11:30", "4 11:30"]


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (
            ("track", "x", "--adjust", "--parallel"),
            "--adjust and --parallel cannot be used together",
            "omit one of them",
        ),
        (
            ("edit", "1", "--end", "9:00", "--adjust", "--dry-run"),
            "--adjust and --dry-run cannot be used together",
            "omit one of them; to undo the changes afterwards, run: tasktimer undo",
        ),
        (
            ("edit", "--search", "call", "--end", "9:00", "--adjust"),
            "--adjust requires task IDs",
            "give the ID of a task, as in tasktimer edit 7 --adjust",
        ),
    ],
)
def test_invalid_combinations(run: Run, arguments: tuple[str, ...], message: str, hint: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.out, result.err) == (2, "", f"error: {message}\nhint: {hint}\n")
    assert listed(run) == BEFORE


def test_long_preview_is_shortened(run: Run) -> None:
    for minute in range(30):
        run("track", "blip", "--at", f"9:{minute:02}", "--for", "1m", "--user", "1")
    result = run("move", "1", "8:30", "--adjust")
    assert result.exit_code == 2
    assert result.err.endswith(f"{' '.join(map(str, range(4, 24)))} and 11 more\n")
    result = run("move", "1", "8:30", "--adjust", "--yes", terminal=True)
    assert "  and 12 more\n" in result.out
