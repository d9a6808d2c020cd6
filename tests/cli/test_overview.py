"""What `tasktimer` shows without a command: the status, and commands that can be run now."""

import re
from pathlib import Path

import pytest
from tests.conftest import Run

TRACK = ("track", "write", "--at", "11:00")
STATES: dict[str, list[tuple[str, ...]]] = {
    "new": [],
    "running": [TRACK],
    "several": [TRACK, ("track", "call", "-p", "acme", "--at", "11:30")],
    "stopped": [TRACK, ("stop",)],
    "two users": [(*TRACK, "--user", "7"), ("track", "call", "--user", "8", "--at", "11:30", "--for", "5m")],
    "two users at rest": [
        ("track", word, "--user", user, "--at", "10:00", "--for", "5m") for word, user in (("a", "7"), ("b", "8"))
    ],
}


def prepare(run: Run, state: str) -> None:
    for command in STATES[state]:
        assert run(*command).exit_code == 0


@pytest.mark.parametrize("state", STATES)
def test_overview_shows_status_and_commands_that_work(run: Run, state: str) -> None:
    prepare(run, state)
    shown = run(terminal=True)
    status, rest = shown.out.split("\n\n")
    assert (shown.exit_code, f"{status}\n") == (0, run("status", terminal=True).out)
    lines = re.findall(r"^  tasktimer (.+?)  ", rest, re.MULTILINE)
    assert len(lines) == len(rest.splitlines())
    assert max(map(len, shown.out.splitlines())) <= 80
    for line in reversed(lines):  # the first ones change what is running
        assert run(*line.split(), terminal=True).exit_code == 0, line


@pytest.mark.parametrize("state", STATES)
def test_piped_overview_is_status(run: Run, state: str) -> None:
    prepare(run, state)
    piped = run()
    assert (piped.exit_code, piped.out, piped.err) == (0, run("status").out, "")


def test_overview_suits_running_tasks(run: Run) -> None:
    prepare(run, "several")
    assert "tasktimer stop --all " in run(terminal=True).out
    run("stop", "--all")
    assert "tasktimer stop" not in run(terminal=True).out
    assert "tasktimer resume " in run(terminal=True).out


def test_overview_reports_invalid_config_file(run: Run, config_file: Path) -> None:
    config_file.write_text("colour = 1")
    assert run(terminal=True).exit_code == 2
    assert run("--help").exit_code == 0
