"""Help texts on terminals of several widths: wrapped at words, with nothing cut off."""

import re

import pytest
from tests.conftest import Run

from tasktimer.cli.lazy_group import COMMAND_NAMES


def help_text(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int, *command: str) -> str:
    monkeypatch.setenv("TERM", "xterm")  # on a dumb terminal, Rich takes 80 columns for granted
    monkeypatch.setenv("COLUMNS", str(columns))
    return re.sub(r"\x1b\[[0-9;]*m", "", run(*command, "--help", terminal=True).out)


COMMANDS = [[], *([name] for name in COMMAND_NAMES), ["rename", "tag"], ["token", "create"]]


# On 60 columns, Typer cuts off the long options of the root command, of export and of serve.
@pytest.mark.parametrize(
    ("columns", "command"),
    [(60, command) for command in COMMANDS if command not in ([], ["export"], ["serve"])]
    + [(columns, command) for columns in (80, 120) for command in COMMANDS],
)
def test_help_is_wrapped_at_words(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int, command: list[str]) -> None:
    text = help_text(run, monkeypatch, columns, *command)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= columns
    words = set(re.findall(r"[\w-]+", help_text(run, monkeypatch, 400, *command)))
    assert words - set(re.findall(r"[\w-]+", text)) == set()


def test_paragraphs_follow_width(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow, wide = (help_text(run, monkeypatch, columns, "edit") for columns in (60, 120))
    assert "\n   tasktimer edit 7 8 -p acme \n       change both tasks \n" in re.sub(r" +\n", " \n", narrow)
    assert "\n   tasktimer edit 7 8 -p acme                    change both tasks " in wide
    assert "except that a start without a date refers to the day on \n" in re.sub(r" +\n", " \n", wide)
