"""What the tests of the commands share: a week of work, a person at the terminal, and what completion returns."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Prepare, Run, Stream

Complete = Callable[..., str]


@pytest.fixture
def week(run: Run, data_file: Path, prepare: Prepare) -> Run:
    """A week of work, with a night, an overlap, a running task and another user."""
    prepare("week", data_file, lambda: work_for_a_week(run))
    return run


def work_for_a_week(run: Run) -> None:
    run("track", "plan", "-p", "acme", "--at", "2023-07-10 09:00", "--until", "2023-07-10 10:30")
    run("track", "write", "docs", "+docs", "+urgent", "-p", "acme/web", "--at", "2023-07-14 22:00", "--for", "3h")
    run("track", "Call Zoë", "+phone", "--at", "yesterday 09:00", "--for", "90m", "--note", "invoice 17")
    run("track", "support", "--at", "yesterday 10:00", "--for", "1h")
    run("track", "other", "--at", "8:00", "--for", "15m", "--user", "2")
    run("track", "review", "+docs", "--at", "11:00", "--user", "1")


def listed(run: Run) -> list[str]:
    """Return the ID, start and end of each task."""
    tasks = json.loads(run("list", "all", "--json").out)
    return [f"{task['id']} {task['start_time'][11:16]} {(task['end_time'] or '')[11:16]}".strip() for task in tasks]


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let a person sit at the terminal who types this."""
    stdin = Stream(terminal=True)
    stdin.write(text)
    stdin.seek(0)
    monkeypatch.setattr(sys, "stdin", stdin)


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def complete(run: Run, monkeypatch: pytest.MonkeyPatch) -> Complete:
    """Return the candidates for a line, as the shell's script requests them."""

    def ask(shell: str, line: str, *, listing: bool = True) -> str:
        monkeypatch.setenv("_TASKTIMER_COMPLETE", f"complete_{shell}")
        monkeypatch.setenv("COMP_LINE", line)
        monkeypatch.setenv("COMP_WORDBREAKS", " \t\n\"'@><=;|&(:")
        if listing:
            monkeypatch.setenv("COMP_TYPE", "63")
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        out = Stream(terminal=False)
        with pytest.raises(SystemExit):
            run(stdout=out)
        monkeypatch.delenv("_TASKTIMER_COMPLETE")
        return out.text().removesuffix("\n")

    return ask
