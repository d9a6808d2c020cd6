"""What `history` shows to people and to programs, and what it forgets."""

import json
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import NOW, Golden, Result, Run, Stream


def test_history_of_idle_user_names_user(run: Run) -> None:
    run("track", "write")
    assert run("history", "--user", "7", terminal=True).out == "User 7 has no commands in the history.\n"
    assert run("history", "--user", "7").out == ""


@pytest.mark.parametrize("command", ["history", "projects", "tags"])
def test_missing_store_is_reported_once(run: Run, data_file: Path, command: str) -> None:
    result = run(command, terminal=True)
    note = (
        f"note: nothing has been tracked yet: {data_file} does not exist\nhint: to start a task, run: tasktimer track "
    )
    assert (result.exit_code, result.out) == (0, "")
    assert result.err.startswith(note)
    assert run(command, "--json", terminal=True).out == "[]\n"


def test_prune_without_store_fails_without_question(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stream(terminal=True))
    result = run("history", "--prune", "1d", terminal=True)
    assert (result.exit_code, result.out) == (1, "")
    assert result.err.startswith("error: nothing has been tracked yet: ")


def test_prune_asks_only_if_some_history_is_old_enough(run: Run) -> None:
    run("track", "x")
    assert run("history", "--prune", "1d") == Result(0, "0\n", "")
    assert run("history", "--prune", "1d", terminal=True) == Result(0, "Pruned 0 commands.\n", "")
    refused = run("history", "--prune", "1d", now=NOW + timedelta(days=9))
    assert (refused.exit_code, refused.out) == (2, "")
    assert "\nhint: add --yes to confirm; pruned commands cannot be undone\n" in refused.err


def test_empty_history_is_reported(run: Run, data_file: Path) -> None:
    assert run("history", "1").err.startswith("error: there is no task 1\n")
    assert run("history", "1").exit_code == 1
    assert not data_file.parent.exists()
    run("track", "write", "--for", "1m")
    run("history", "--prune", "1d", "--yes", now=NOW + timedelta(days=2))
    assert run("history", terminal=True).out == "The history is empty.\n"
    assert (run("history", "1").exit_code, run("history", "7").exit_code) == (0, 1)


def test_users_are_shown_unless_reader(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for user in ("1", "7"):
        run("track", "write", "--user", user)
    headings = ["User" in run("history", *user, terminal=True).out for user in ((), ("--user", "1"), ("--user", "7"))]
    assert headings == [True, False, False]
    monkeypatch.setenv("TASKTIMER_USER", "7")
    headings = ["User" in run("history", *user, terminal=True).out for user in ((), ("--user", "1"), ("--user", "all"))]
    assert headings == [False, True, True]


def test_history_reads_like_a_log(run: Run, golden: Golden) -> None:
    run("track", "write", "-p", "acme", "--for", "30m", now=NOW - timedelta(days=1))
    run("track", "call", "+phone", now=NOW - timedelta(days=1))
    run("switch", "review", now=NOW - timedelta(hours=1))
    run("rename", "project", "acme", "beta")
    run("edit", "1", "+docs")
    run("undo", "2")
    run("redo")
    golden("history.txt", run("history", terminal=True).out)


def test_table_says_whether_older_commands_are_left_out(run: Run) -> None:
    for _ in range(3):
        run("track", "write", "--for", "1m")
    for limit, said in (
        ("1", "Only the last command; to show more, add --limit 2."),
        ("2", "Only the last 2 commands; to show more, add --limit 4."),
    ):
        assert run("history", "--limit", limit, terminal=True).out.splitlines()[-2:] == ["", f" {said}"]
        assert len(run("history", "--limit", limit).out.splitlines()) == int(limit)
        assert len(json.loads(run("history", "--limit", limit, "--json", terminal=True).out)) == int(limit)
    assert "Only" not in run("history", "--limit", "3", terminal=True).out
    assert "Only" not in run("history", "1", "--limit", "1", terminal=True).out
    run("edit", "1", "+docs")
    assert "Only the last command;" in run("history", "1", "--limit", "1", terminal=True).out
    assert run("history", "--limit", str(2**63 - 1), terminal=True).exit_code == 0
    for _ in range(17):
        run("track", "write", "--for", "1m")
    assert "Only the last 20 commands; to show more, add --limit 40." in run("history", terminal=True).out


def test_history_names_every_command(run: Run) -> None:
    """A command that is missing from the table of past tenses would be shown by its name."""
    run("track", "a", "-p", "acme", "+docs", "--at", "8:00", "--for", "1h")
    run("track", "b", "--at", "11:00")
    for line in (
        "edit 1 --end 9:30",
        "split 1 --at 9:00",
        "join 1 3",
        "move 1 8:15",
        "stop 2",
        "resume 1",
        "cancel",
        "switch c",
        "rename project acme beta",
        "rename tag docs text",
        "delete 1",
        "undo",
        "redo",
    ):
        assert run(*line.split()).exit_code == 0, line
    shown = re.findall(r"^ +\d+  12:00  ([a-zA-Z]+)", run("history", terminal=True).out, re.MULTILINE)
    assert len(shown) == 15
    assert [name for name in shown if not name[0].isupper()] == []


def test_terminal_truncates_changes_and_json_has_all(run: Run) -> None:
    for number in range(12):
        run("track", f"write {number}", "--for", "1m")
    run("edit", "--search", "write", "+x", "--yes")
    shown = run("history", "--limit", "1", terminal=True).out
    assert shown.count("tags none -> +x") == 10
    assert "and 2 more tasks" in shown
    assert len(json.loads(run("history", "--limit", "1", "--json", terminal=True).out)[0]["changes"]) == 12
    assert run("history", "--limit", "1").out.endswith("\t1,2,3,4,5,6,7,8,9,10,11,12\n")
    run("delete", "12")
    run("undo", "2")
    run("edit", "--search", "write", "--yes", "+y", "--longer-than", "0m")
    assert "and 2 more tasks" in run("undo", terminal=True).out
    run("delete", *(str(number) for number in range(1, 12)))
    assert "and 1 more task" in run("history", terminal=True).out


def test_entry_of_exact_age_is_kept(run: Run) -> None:
    run("track", "x")
    assert run("history", "--prune", "1d", "--yes", now=NOW + timedelta(days=1)).out == "0\n"
    assert run("history", "--prune", "1d", "--yes", now=NOW + timedelta(days=1, seconds=1)).out == "1\n"


@pytest.mark.parametrize(
    ("words", "other"), [(["--json"], "--json"), (["--limit", "3"], "--limit"), (["1"], "a task ID")]
)
def test_invalid_prune_deletes_nothing(run: Run, words: list[str], other: str) -> None:
    run("track", "x")
    done = run("history", *words, "--prune", "1d", "--yes", now=NOW + timedelta(days=9))
    assert (done.exit_code, done.out) == (2, "")
    assert done.err.startswith(f"error: --prune cannot be used with {other}\n")
    assert len(run("history").out.splitlines()) == 1


@pytest.mark.parametrize(("options", "redo"), [(["2"], "redo 2"), (["2", "--user", "1"], "redo 2 --user 1")])
def test_undo_ends_with_the_command_that_redoes_it(run: Run, options: list[str], redo: str) -> None:
    run("track", "first")
    run("track", "second")
    told = run("undo", *options, terminal=True)
    assert told.out.endswith(f"\nTo redo them, run: tasktimer {redo}\n")
    assert "run:" not in run(*redo.split(), terminal=True).out
    assert "run:" not in run("undo", *options).out


def test_words_instead_of_the_number_of_commands(run: Run) -> None:
    done = run("undo", "all")
    assert (done.exit_code, done.err) == (
        2,
        (
            "error: invalid number of commands 'all'\n"
            "hint: use a number, such as 3; to list the commands, run: tasktimer history\n"
        ),
    )


def test_undo_command_reverts_single_command(run: Run) -> None:
    run("track", "first")
    run("track", "second")
    told = run("undo", "--command", "1", terminal=True)
    assert (told.exit_code, told.out) == (
        0,
        "Undid track (1):\n  1: first, removed, since 12:00\nTo redo it, run: tasktimer redo\n",
    )
    again = run("undo", "--command", "1")
    assert (again.exit_code, again.err) == (
        1,
        "error: command 1 (track) has already been undone\nhint: to show past commands, run: tasktimer history\n",
    )
    assert run("undo", "2", "--command", "2").exit_code == 2
    assert run("redo").out == "1\t1\ttrack\t2023-07-16T12:00:00+02:00\tfalse\t\t1\n"


def test_too_large_number_of_commands_fails(run: Run) -> None:
    run("track", "write")
    assert run("undo", "2").err == (
        "error: user 1 has only 1 command to undo, not 2\nhint: use a smaller number; nothing was changed\n"
    )
    run("stop")
    run("undo", "2")
    assert run("redo", "9").err.startswith("error: user 1 has only 2 commands to redo, not 9\n")
