"""Ctrl-C and failures at the very end of a command: what is stored is reported as stored."""

import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import pytest
from tests.commits import After, connect_with, connection_with, error_of, fail, interrupt
from tests.conftest import Run

from tasktimer import open_tracker
from tasktimer.errors import Unavailable


@pytest.fixture
def two_tasks(run: Run) -> Run:
    run("track", "write", "+docs", "--at", "9:00")
    run("track", "review", "--at", "10:00")
    return run


CHANGES = [
    (["track", "mail"], "task 3 was stored"),
    (["track", "mail", "--json"], "task 3 was stored"),
    (["stop", "2"], "stopped 2"),
    (["stop", "--all"], "stopped 1 2"),
    (["switch", "mail"], "task 3 was stored"),
    (["edit", "1", "--note", "n"], "edited 1"),
    (["edit", "--where", "tag:docs", "--yes", "+more"], "edited 1"),
    (["delete", "2"], "deleted 2"),
    (["cancel", "2"], "cancelled 2"),
    (["move", "1", "8:00"], "moved 1"),
    (["rename", "tag", "docs", "paper"], "docs"),
    (["undo"], "undone track (2)"),
    (["token", "create"], "token 1 was stored"),
]


@pytest.mark.parametrize(("command", "done"), CHANGES, ids=[" ".join(command[:2]) for command, _ in CHANGES])
def test_interrupt_after_commit_reports_change(
    two_tasks: Run, after_commits: After, command: list[str], done: str
) -> None:
    after_commits(interrupt)
    result = two_tasks(*command)
    assert result.exit_code == 130
    assert result.out == ""
    assert done in result.err
    assert "the output was lost: interrupted\n" in result.err


def test_interrupt_after_commit_keeps_change(two_tasks: Run, after_commits: After) -> None:
    after_commits(interrupt)
    two_tasks("track", "mail")
    assert "mail" in two_tasks("show", "3").out


def test_interrupt_before_commit_changes_nothing(two_tasks: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt_insert(statement: str) -> None:
        if "INTO changes" in statement:
            raise KeyboardInterrupt

    connect_with(monkeypatch, connection_with(interrupt_insert))
    result = two_tasks("track", "mail")
    assert (result.exit_code, result.out, result.err) == (130, "", "")
    assert two_tasks("show", "3").exit_code == 1


@pytest.mark.parametrize("command", [["track", "mail"], ["stop", "--all"], ["token", "create"], ["undo"]])
def test_error_after_commit_point_reports_uncertain_outcome(
    two_tasks: Run, after_commits: After, data_file: Path, command: list[str]
) -> None:
    after_commits(fail)
    result = two_tasks(*command)
    assert result.exit_code == 3
    assert result.out == ""
    assert result.err == (
        f"error: the commit failed, so the change may or may not have been stored in {data_file}: "
        "disk I/O error\n"
        "hint: before trying again, look for the change with tasktimer history or tasktimer token list\n"
    )


@pytest.mark.usefixtures("two_tasks")
def test_tracker_error_after_commit_point_has_code(after_commits: After) -> None:
    after_commits(fail)
    with pytest.raises(Unavailable) as raised:
        open_tracker().track("mail")
    assert raised.value.code == "commit-uncertain"


def full_disk() -> TextIO:
    return Path("/dev/full").open("w")


def closed_pipe() -> TextIO:
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w")


@pytest.mark.parametrize("broken_output", [full_disk, closed_pipe])
def test_token_with_lost_secret_is_reported(run: Run, broken_output: Callable[[], TextIO]) -> None:
    with broken_output() as out:
        result = run("token", "create", stdout=out)
    assert result.exit_code == 3
    assert "error: token 1 was stored, but the output was lost: cannot write to standard output" in result.err
    assert "hint: to revoke it, run: tasktimer token revoke 1\n" in result.err


NOTES = [
    (["track", "mail", "--at", "11:00"], "3\n"),
    (["track", "mail"], "mail"),
    (["switch", "mail", "--at", "11:00"], "3\n"),
    (["stop", "--all", "--not-tag", "nowhere"], "1\n2\n"),
]


@pytest.mark.parametrize(("command", "out"), NOTES, ids=[" ".join(command) for command, _ in NOTES])
def test_stored_change_succeeds_without_its_note(
    two_tasks: Run, monkeypatch: pytest.MonkeyPatch, command: list[str], out: str
) -> None:
    statements: list[str] = []

    def fail_after_commit(statement: str) -> None:
        if "COMMIT" in statements:
            failures.append(statement)
            raise error_of("disk I/O error", sqlite3.SQLITE_IOERR_READ)
        statements.append(statement)

    failures: list[str] = []
    connect_with(monkeypatch, connection_with(fail_after_commit))
    result = two_tasks(*command, terminal=out == "mail")
    assert failures
    assert result.exit_code == 0
    assert out in result.out
    assert "error" not in result.err


def test_interrupts_are_unblocked_after_command(two_tasks: Run) -> None:
    two_tasks("track", "mail")
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
