"""Tables on narrow terminals: they stay in them, and lose nothing."""

import re
from collections import Counter

import pytest
from rich.cells import cell_len
from tests.conftest import Golden, Run


def test_long_word_is_folded_within_terminal(run: Run) -> None:
    run("track", "see https://example.org/" + "x" * 300, "+" + "y" * 90, "-p", "z" * 150, "--for", "1h")
    run("track", "日本" * 60, "--for", "1h")
    for command in (["list"], ["times"], ["history"], ["projects"], ["tags"]):
        lines = run(*command, terminal=True).out.splitlines()
        assert max(cell_len(line) for line in lines) <= 80, command


def seen(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int, *command: str) -> str:
    """What people see of a command on a terminal of so many columns, without its colours."""
    monkeypatch.setenv("TERM", "xterm-256color")  # in a process, Rich keeps to the colours that it used first
    monkeypatch.setenv("COLUMNS", str(columns))
    return re.sub(r"\x1b\[[0-9;]*m", "", run(*command, terminal=True).out)


TABLES = (["list", "week"], ["times"], ["projects"], ["tags"], ["history"])


@pytest.mark.parametrize("columns", [40, 56])
def test_tables_on_narrow_terminal(week: Run, golden: Golden, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    shown = "\n".join(seen(week, monkeypatch, columns, *command) for command in TABLES)
    assert max(map(cell_len, shown.splitlines())) <= columns
    golden(f"narrow-{columns}.txt", shown)


@pytest.mark.parametrize("columns", [1, 20, 30, 40, 50, 60])
def test_narrow_terminal_shows_everything(week: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    week("track", "see https://example.org/" + "x" * 300, "日本" * 60, "-p", "z" * 90, "--for", "1h")
    for command in TABLES:
        wide, narrow = (seen(week, monkeypatch, width, *command) for width in (999, columns))
        _, *lines = narrow.splitlines()  # the title goes on where the line ends
        assert max(map(cell_len, lines)) <= max(columns, 20), command
        lost = Counter("".join(wide.split())) - Counter("".join(narrow.split()))
        assert set(lost) <= {"─"}, command
