"""Ctrl-C and failures at the very end of a command: what is stored is reported as stored."""

import errno
import signal
import threading
from pathlib import Path

import pytest
from tests.commits import After, fail
from tests.conftest import Run

from tasktimer import open_tracker
from tasktimer.errors import NotFound, Unavailable


@pytest.fixture(autouse=True)
def output_without_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in for standard output has no descriptor whose rest could be discarded."""
    monkeypatch.setattr("tasktimer.cli.streams.discard_output", lambda: None)
    monkeypatch.setattr("tasktimer.cli.commands.token.discard_output", lambda: None)


def interrupt() -> None:
    # Not to the process: whoever runs the tests may have other threads, which take the signal.
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)


@pytest.fixture
def two_tasks(run: Run) -> Run:
    run("track", "write", "+docs", "--at", "9:00")
    run("track", "review", "--at", "10:00")
    return run


CHANGES = [
    (["track", "mail"], "task 3 is stored"),
    (["track", "mail", "--json"], "task 3 is stored"),
    (["stop", "2"], "stopped 2"),
    (["stop", "--all"], "stopped 1 2"),
    (["switch", "mail"], "task 3 is stored"),
    (["edit", "1", "--note", "n"], "edited 1"),
    (["edit", "--tag", "docs", "--yes", "+more"], "edited 1"),
    (["delete", "2"], "deleted 2"),
    (["cancel", "2"], "cancelled 2"),
    (["move", "1", "8:00"], "moved 1"),
    (["rename", "tag", "docs", "paper"], "docs"),
    (["undo"], "track (2) undone"),
    (["token", "create"], "token 1 is stored"),
]


@pytest.mark.parametrize(("command", "done"), CHANGES, ids=[" ".join(command[:2]) for command, _ in CHANGES])
def test_an_interrupt_after_the_commit_reports_what_is_stored(
    two_tasks: Run, after_commits: After, command: list[str], done: str
) -> None:
    after_commits(interrupt)
    result = two_tasks(*command)
    assert result.exit_code == 130
    assert result.out == ""
    assert done in result.err
    assert "its result is lost: interrupted\n" in result.err


def test_an_interrupt_after_the_commit_loses_nothing(two_tasks: Run, after_commits: After) -> None:
    after_commits(interrupt)
    two_tasks("track", "mail")
    assert "mail" in two_tasks("show", "3").out


def test_an_interrupt_before_the_commit_changes_nothing(two_tasks: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tasktimer.store.statements.journal_writes.insert_states", interrupted)
    result = two_tasks("track", "mail")
    assert (result.exit_code, result.out, result.err) == (130, "", "")
    assert two_tasks("show", "3").exit_code == 1


@pytest.mark.parametrize("command", [["track", "mail"], ["stop", "--all"], ["token", "create"], ["undo"]])
def test_an_error_after_the_commit_point_does_not_claim_that_nothing_was_changed(
    two_tasks: Run, after_commits: After, data_file: Path, command: list[str]
) -> None:
    after_commits(fail)
    result = two_tasks(*command)
    assert result.exit_code == 3
    assert result.out == ""
    assert result.err == (
        f"error: the change may or may not be stored in {data_file}: the commit reported an error: "
        "disk I/O error\n"
        "hint: check whether it was stored before trying again: tasktimer history, or tasktimer token list\n"
    )


@pytest.mark.usefixtures("two_tasks")
def test_the_python_api_has_a_code_for_an_uncertain_outcome(after_commits: After) -> None:
    after_commits(fail)
    with pytest.raises(Unavailable) as raised:
        open_tracker().track("mail")
    assert raised.value.code == "store-uncertain"


@pytest.mark.parametrize("error", [BrokenPipeError(errno.EPIPE, "Broken pipe"), OSError(errno.ENOSPC, "full")])
def test_a_token_whose_secret_cannot_be_printed_is_reported(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    def write(*_: object) -> None:
        raise error

    monkeypatch.setattr("tasktimer.cli.streams._write_all", write)
    result = run("token", "create")
    assert result.exit_code == 3
    assert "error: token 1 is stored, but its result is lost: cannot write to standard output" in result.err
    assert "hint: revoke it: tasktimer token revoke 1\n" in result.err


NOTES = [
    ("tasktimer.cli.overlap_warnings.overlapping_at_start", ["track", "mail", "--at", "11:00"], "3\n"),
    ("tasktimer.cli.overlap_warnings.running_tasks", ["track", "mail"], "mail"),
    ("tasktimer.cli.overlap_warnings.overlapping_at_start", ["switch", "mail", "--at", "11:00"], "3\n"),
    ("tasktimer.services.labels.unknown_labels", ["stop", "--all", "--not-tag", "nowhere"], "1\n2\n"),
]


@pytest.mark.parametrize(
    ("name", "command", "out"), NOTES, ids=lambda value: value[0] if isinstance(value, list) else ""
)
@pytest.mark.parametrize("error", [NotFound("gone", "it is gone"), Unavailable("store-io", "it fails")])
def test_a_note_that_cannot_be_prepared_does_not_make_a_stored_change_a_failure(
    two_tasks: Run, monkeypatch: pytest.MonkeyPatch, name: str, command: list[str], out: str, error: Exception
) -> None:
    def look(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(name, look)
    result = two_tasks(*command, terminal=out == "mail")
    assert result.exit_code == 0
    assert out in result.out
    assert "error" not in result.err


def test_interrupts_come_again_when_a_command_has_ended(two_tasks: Run) -> None:
    two_tasks("track", "mail")
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
