"""What holds for every command: help, version, settings, both engines."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from tests.conftest import Golden, Run

from tasktimer import __version__
from tasktimer.cli.app import app
from tasktimer.cli.lazy_group import COMMAND_NAMES


def whole_names(command: object, name: str = "") -> Iterator[str]:
    """The commands that do something, by their whole names."""
    commands = getattr(command, "commands", None)
    if commands is None:
        yield name.strip()
    else:
        for word in commands:
            yield from whole_names(commands[word], f"{name} {word}")


COMMANDS = list(whole_names(typer.main.get_command(app)))
GROUPS = ["", *dict.fromkeys(name.split()[0] for name in COMMANDS if " " in name)]


@pytest.mark.parametrize("command", [*GROUPS, *COMMANDS])
def test_help(run: Run, golden: Golden, command: str) -> None:
    result = run(*command.split(), "--help")
    assert (result.exit_code, result.err) == (0, "")
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    golden(f"help-{command.replace(' ', '-') or 'tasktimer'}.txt", text)
    assert "Examples:" in text or command in GROUPS
    assert run(*command.split(), "-h").out == result.out
    assert not re.search("[^\\x00-\\x7f─│╭╮╰╯]", text)  # Rich draws its lines as the locale can show them


def test_help_of_every_command_is_covered() -> None:
    assert list(dict.fromkeys(name.split()[0] for name in COMMANDS)) == list(COMMAND_NAMES)
    assert {"rename project", "token create", "db upgrade"} < set(COMMANDS)


def test_version(run: Run) -> None:
    assert run("--version").out == f"tasktimer {__version__}\n"


def test_help_works_with_invalid_config_file(run: Run, config_file: Path) -> None:
    config_file.write_text("colour = 1")
    assert run("times", "--help").exit_code == 0
    result = run("times")
    assert result.exit_code == 2
    assert f"{config_file}, line 1" in result.err


def test_day_of_work_on_each_engine(run: Run, database: str) -> None:
    """The same answers, whatever keeps the tasks."""

    def on(*arguments: str) -> tuple[int, str]:
        result = run("--database", database, *arguments, "--user", "42")
        return result.exit_code, result.out

    assert on("times") == (0, "")
    assert on("stop", "--all") == (0, "")
    assert on("stop") == (1, "")
    assert on("track", "write docs", "--at", "09:00") == (0, "1\n")
    assert on("track", "night", "--at", "yesterday 23:00", "--until", "1:00") == (0, "2\n")
    assert on("times", "--date", "yesterday") == (
        0,
        "2\t42\tnight\t2023-07-15T23:00:00+02:00\t2023-07-16T01:00:00+02:00\t3600\t\t\t\n",
    )
    assert on("stop") == (0, "1\n")
    assert on("stop", "1") == (1, "")
    assert on("stop", "7") == (1, "")
    night = "2\t42\tnight\t2023-07-15T23:00:00+02:00\t2023-07-16T01:00:00+02:00\t3600\t\t\t\n"
    docs = "1\t42\twrite docs\t2023-07-16T09:00:00+02:00\t2023-07-16T12:00:00+02:00\t10800\t\t\t\n"
    assert on("times") == (0, night + docs)
    assert on("status") == (1, "")
    assert on("resume", "1") == (0, "3\n")
    assert on("switch", "review", "+later") == (0, "4\n")
    assert on("status", "--format", "{description} {tags} {others} {total}") == (0, "review +later 0 4:00:00\n")
    assert on("cancel") == (0, "4\n")
    assert on("cancel", "3") == (1, "")
    assert on("undo") == (0, "6\t42\tcancel\t2023-07-16T12:00:00+02:00\ttrue\t\t4\n")
    assert on("track", "mail", "--no-gap") == (0, "5\n")


def test_database_flag_overrides_environment(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_DATABASE", str(tmp_path / "env.db"))
    run("track", "write")
    run("--database", str(tmp_path / "flag.db"), "track", "write")
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["env.db", "flag.db"]


@pytest.mark.parametrize(
    "arguments",
    [
        *(["track", "x"], ["track", "x", "--no-gap"], ["switch", "x"], ["resume"], ["cancel"], ["cancel", "7"]),
        *(["status"], ["stop"], ["stop", "7"], ["times"]),
    ],
)
def test_postgres_requires_user(
    run: Run, postgres_url: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run("--database", postgres_url, *arguments)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == (
        "error: a user is required for a shared database\n"
        "hint: use --user N, or set TASKTIMER_USER or user in the config file\n"
    )
    monkeypatch.setenv("TASKTIMER_USER", "42")
    assert run("--database", postgres_url, *arguments).exit_code != 2
