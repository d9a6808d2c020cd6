"""`tasktimer edit`, as people and scripts use it; the tasks of a filter are in test_bulk_edit.py."""

import json
from typing import Any

import pytest
from tests.conftest import Run
from tests.hostile import DESCRIPTIONS_KEPT, DESCRIPTIONS_REFUSED, INTEGERS_REFUSED, TIMES_REFUSED, USERS_REFUSED


@pytest.fixture(autouse=True)
def _tasks(run: Run) -> None:
    run("track", "write docs", "--at", "9:00", "--until", "11:00")
    run("track", "call", "+home", "--at", "10:30", "--user", "42", "-p", "acme", "--note", "n")


def task(run: Run, number: int = 1) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(run("show", str(number), "--json").out)
    return shown


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["1", "--end", "11:30"], "Edited 1: write docs, end 11:00 -> 11:30 (2:30:00)"),
        (
            ["1", "--start", "yesterday 23:00"],
            "Edited 1: write docs, start 2023-07-16 09:00 -> 2023-07-15 23:00 (12:00:00)",
        ),
        (
            ["1", "--start", "9:30", "--for", "30m"],
            "Edited 1: write docs, start 09:00 -> 09:30, end 11:00 -> 10:00 (0:30:00)",
        ),
        (
            ["1", "--end", "now", "--for", "30m"],
            "Edited 1: write docs, start 09:00 -> 11:30, end 11:00 -> 12:00 (0:30:00)",
        ),
        (["1", "--end", "NONE"], "Edited 1: write docs, end 11:00 -> none"),
        (["2", "--end", "11:00"], "Edited 2: call, end none -> 11:00 (0:30:00)"),
        (["1", "--start", "9:00:30"], "Edited 1: write docs, start 09:00:00 -> 09:00:30 (1:59:30)"),
        (["1", "--start", "9:00:00.5"], "Edited 1: write docs, start 09:00:00.000000 -> 09:00:00.500000 (2:00:00)"),
        (["1", "--description", "a [b]c[/]"], "Edited 1: a [b]c[/], description write docs -> a [b]c[/]"),
        (["1", "+docs", "-t", "a"], "Edited 1: write docs, tags none -> +a +docs"),
        (["+docs", "1", "--note", "x\ny"], "Edited 1: write docs, tags none -> +docs, note none -> x\\ny"),
        (["2", "--remove-tag", "+home", "+work"], "Edited 2: call, tags +home -> +work"),
        (["2", "--no-project", "--no-note"], "Edited 2: call, project acme -> none, note n -> none"),
        (["1", "2", "-p", "acme"], "Edited 1: write docs, project none -> acme\nNothing to change in task 2: call"),
        (["2", "+home"], "Nothing to change in task 2: call"),
    ],
)
def test_terminal_shows_differences(run: Run, words: list[str], line: str) -> None:
    result = run("edit", *words, terminal=True)
    assert (result.exit_code, result.out, result.err) == (0, line + "\n", "")


def test_pipe_has_ids_and_json_has_tasks(run: Run) -> None:
    assert run("edit", "2", "1", "2", "+x").out == "2\n1\n"
    assert run("edit", "1", "+x").out == "1\n"
    assert json.loads(run("edit", "1", "--end", "none", "--json", terminal=True).out) == [task(run)]
    assert task(run)["end_time"] is None


def test_edit_without_change_is_not_in_history(run: Run) -> None:
    run("edit", "1", "--end", "11:00")
    run("edit", "1", "2", "+x")
    assert [line.split("\t")[2] for line in run("history").out.splitlines()] == ["track", "track", "edit"]
    run("undo", "--user", "1")
    assert (task(run)["tags"], task(run, 2)["tags"]) == ([], ["home"])


@pytest.mark.parametrize("text", DESCRIPTIONS_KEPT)
def test_texts_are_stored_as_typed(run: Run, text: str) -> None:
    assert run("edit", "1", f"--description={text}", f"--note={text}").exit_code == 0
    assert (task(run)["description"], task(run)["note"]) == (text, text)


@pytest.mark.parametrize(
    "option",
    [
        *(f"{flag}={text}" for text in DESCRIPTIONS_REFUSED for flag in ("--description", "--note")),
        *(f"{flag}={when}" for when in TIMES_REFUSED for flag in ("--start", "--end")),
        *(f"--for={text}" for text in ("soon", "-5m", "", "90")),
        *(f"-p{name}" for name in (" ", "a//b", "x" * 201, "a\nb", "a\x07b")),
        *(f"{flag}{tag}" for tag in ("two words", "a,b", "x" * 101, "\x1b[31m") for flag in ("-t", "--remove-tag=")),
        *("++docs", "+", "+a,b"),
        *(f"--user={user}" for user in USERS_REFUSED),
    ],
)
def test_invalid_value_changes_nothing(run: Run, option: str) -> None:
    result = run("edit", "1", "+fine", option)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith("error: ")
    assert "\nhint: " in result.err
    assert "\x1b" not in result.err
    assert task(run)["tags"] == []


@pytest.mark.parametrize("word", [number for number in INTEGERS_REFUSED if not number.startswith("-")])
def test_invalid_id_fails(run: Run, word: str) -> None:
    result = run("edit", "1", word, "+fine")
    assert (result.exit_code, result.out) == (2, "")
    assert "\nhint: use an integer" in result.err
    assert task(run)["tags"] == []


def test_ids_are_restricted_only_by_user_option(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_USER", "7")
    assert run("edit", "2", "+x").exit_code == 0
    assert run("history").out.splitlines()[-1].split("\t")[1:3] == ["7", "edit"]
    result = run("edit", "2", "+y", "--user", "7")
    assert (result.exit_code, result.out) == (1, "")
    assert "task 2 belongs to user 42, not to user 7" in result.err
    assert run("edit", "2", "+y", "--user", "42").exit_code == 0


def test_dry_run_of_id_changes_nothing(run: Run) -> None:
    before = task(run)
    result = run("edit", "1", "+x", "--dry-run", terminal=True)
    assert result.exit_code == 0
    assert result.out.startswith("1 task would be edited:\n\n")
    assert result.out.endswith("  write docs\n     tags none -> +x\n")
    assert run("edit", "1", "9", "+x", "--dry-run").exit_code == 1
    assert task(run) == before


@pytest.mark.parametrize("project", ["-p", "--project"])
@pytest.mark.parametrize("tag", ["-t", "--tag"])
def test_short_and_long_options_set_labels(run: Run, project: str, tag: str) -> None:
    result = run("edit", "1", project, "acme", tag, "call", tag, "later", "+x")
    assert (result.exit_code, result.out, result.err) == (0, "1\n", "")
    edited = task(run)
    assert (edited["project"], edited["tags"]) == ("acme", ["call", "later", "x"])


@pytest.mark.parametrize("words", [["--not-tag", "x"], ["--from", "today"], ["--where", "running"], ["--untagged"]])
def test_edit_with_ids_and_filter_fails(run: Run, words: list[str]) -> None:
    result = run("edit", "1", "+x", *words)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == "error: task IDs cannot be used with options that select tasks\nhint: use one or the other\n"
