"""Colours on a terminal: of projects, running tasks and messages, and none where they are not wanted."""

import re

import pytest
from tests.conftest import Run

COMMANDS = (["list", "week"], ["times"], ["show", "99"], ["delete", "-p", "acme", "--dry-run"], ["projects"])
COLOR = r"\x1b\[[0-9;]*38;"


def shown(run: Run, *command: str) -> str:
    result = run(*command, terminal=True)
    return result.out + result.err


def test_colors_have_meaning(week: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    out = shown(week, "list", "week")
    assert "\x1b[38;5;29macme    \x1b[0m" in out
    assert "\x1b[38;5;29macme/web\x1b[0m" in out
    assert "\x1b[38;5;29m  web   \x1b[0m" in shown(week, "projects")
    assert "\x1b[38;5;28mrunning\x1b[0m" in out
    assert shown(week, "show", "99").startswith("\x1b[38;5;160merror:\x1b[0m there is no task 99\n")
    assert "\x1b[38;5;136mnote:\x1b[0m task 7 " in shown(week, "track", "more", "--at", "11:30", "--user", "1")
    assert "\x1b" not in week("list", "week").out + week("show", "99").err  # on a pipe


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colors_where_not_wanted(week: Run, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    colored = {tuple(command): shown(week, *command) for command in COMMANDS}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for command, text in colored.items():
        plain = shown(week, *command)
        assert not re.search(COLOR, plain)
        assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()] == [
            line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", plain).splitlines()
        ]


def test_dumb_terminal_has_its_own_width(week: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert max(map(len, shown(week, "list", "week").splitlines())) <= 60
