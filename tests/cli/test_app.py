"""What holds for every command: help, version, settings, both engines, errors."""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import Run
from typer.core import TyperOption
from typer.main import get_command

from tasktimer import __version__
from tasktimer.cli import synonyms
from tasktimer.cli.app import app
from tasktimer.cli.commands import NAMES
from tasktimer.cli.exits import HINTS

Golden = Callable[[str, str], None]

SOURCE = Path(__file__).parents[2] / "src" / "tasktimer"


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


def test_the_help_of_no_command_is_left_out() -> None:
    assert list(dict.fromkeys(name.split()[0] for name in COMMANDS)) == list(NAMES)
    assert {"rename project", "token create", "db upgrade"} < set(COMMANDS)


def test_without_a_command_it_helps(run: Run) -> None:
    assert run().out == run("--help").out


def test_version(run: Run) -> None:
    assert run("--version").out == f"tasktimer {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (["tims"], "error: No such command 'tims'. Did you mean 'times'?\nhint: see tasktimer --help\n"),
        (["xyz"], "error: No such command 'xyz'\nhint: see tasktimer --help\n"),
        (["--nope"], "error: No such option: --nope\nhint: see tasktimer --help\n"),
        (
            ["times", "--dat", "x"],
            "error: No such option: --dat (Possible options: --date, --format, --tz)\n",
        ),
        (["--database"], "error: Option '--database' requires an argument\nhint: see tasktimer --help\n"),
        (["track", "x", "--user"], "error: Option '--user' requires an argument\nhint: see tasktimer track --help"),
    ],
)
def test_mistakes_on_the_command_line_are_told_like_all_others(run: Run, arguments: list[str], err: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith(err)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("start write docs", "track"),  # Timewarrior, Watson, klog, Toggl
        ("in", "track"),  # Timetrap
        ("begin -p acme", "track"),
        ("out", "stop"),
        ("end 1", "stop"),
        ("finish", "stop"),
        ("continue", "resume"),
        ("restart", "resume"),
        ("again", "resume"),
        ("add call", "track DESCRIPTION --at WHEN --until WHEN"),
        ("record", "track DESCRIPTION --at WHEN --until WHEN"),
        ("rm 3", "delete"),
        ("remove", "delete"),
        ("log", "list"),
        ("export", "list"),
        ("ls", "list"),
        ("display", "list"),
        ("week", "list week"),
        ("report", "times"),
        ("summary", "times"),
        ("day", "times"),
        ("today", "times"),
        ("current", "status"),
        ("now", "status"),
        ("annotate", "edit ID --note TEXT"),
        ("note", "edit ID --note TEXT"),
        ("modify", "edit"),
        ("shorten", "edit"),
        ("tag 1 docs", "edit ID +TAG"),
        ("config", "info"),
        ("help", "--help"),
        ("merge 1 2", "join"),
        ("START", "track"),
        ("statu", "status"),  # a like spelling, as ever
        ("frobnicate", None),
    ],
)
def test_the_words_of_other_time_trackers_are_known(run: Run, line: str, meant: str | None) -> None:
    result = run(*line.split())
    question = "" if meant is None else f". Did you mean '{meant}'?"
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith(f"error: No such command '{line.split(maxsplit=1)[0]}'{question}\n")


def test_what_is_meant_by_a_word_of_others_is_there(run: Run) -> None:
    values = {"ID": "1", "TAG": "docs", "TEXT": "late", "DESCRIPTION": "call", "WHEN": "now"}
    run("track", "write", "+docs")
    for meant, words in synonyms._WORDS.items():
        assert not set(words.split()) & set(NAMES)
        result = run(*(values.get(word, word) for word in meant.split()), *(["--help"] if meant in NAMES else []))
        assert (meant, result.exit_code, result.err) == (meant, 0, "")


@pytest.mark.parametrize("words", ["", *COMMANDS])
def test_a_flag_is_never_taken_for_a_value(run: Run, words: str) -> None:
    command: Any = get_command(app)
    for word in words.split():
        command = command.commands[word]
    flags = [name for option in command.params if isinstance(option, TyperOption) for name in option.opts]
    for option in command.params:
        if isinstance(option, TyperOption) and not option.is_flag:
            for name, flag in product(option.opts, [flags[0], flags[-1], "--help", "-h", "--help=x", "--"]):
                result = run(*words.split(), name, flag)
                assert (result.exit_code, result.out) == (2, "")
                what = f"error: Option '{name}' requires an argument, and '{flag}' is a flag\n"
                assert result.err.startswith(what)


@pytest.mark.parametrize("value", [["--project=--for"], ["-p--for"], ["--project", "--fo"]])
def test_a_value_that_looks_like_a_flag_is_joined_to_its_own(run: Run, value: list[str]) -> None:
    assert run("track", "call", *value, "--for", "20m").exit_code == 0
    assert run("projects").out.startswith("--fo")
    refused = run("track", "call", "-p", "--for", "20m")
    assert refused.err == (
        "error: Option '-p' requires an argument, and '--for' is a flag\n"
        "hint: give one, or if that is the value, join them: --project=--for\n"
    )
    assert len(run("list").out.splitlines()) == 1


def test_help_works_with_a_bad_config_file(run: Run, config_file: Path) -> None:
    config_file.write_text("colour = 1")
    assert run("times", "--help").exit_code == 0
    result = run("times")
    assert result.exit_code == 2
    assert f"{config_file}, line 1" in result.err


def test_a_day_on_each_engine(run: Run, database: str) -> None:
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


def test_the_store_comes_from_the_flag_then_the_environment(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
def test_a_database_that_a_team_shares_needs_a_user(
    run: Run, postgres_url: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run("--database", postgres_url, *arguments)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err == (
        "error: a database that a team shares needs a user\n"
        "hint: give --user N, or set TASKTIMER_USER, or user in the config file\n"
    )
    monkeypatch.setenv("TASKTIMER_USER", "42")
    assert run("--database", postgres_url, *arguments).exit_code != 2


WORDS = [
    "track",
    "stop",
    "times",
    "--user",
    "--at",
    "--until",
    "--for",
    "--date",
    "--tz",
    "--format",
    "--json",
    "--all",
    "--no-gap",
]


WORDS += [
    "--",
    "-1",
    "1",
    "all",
    "now",
    "9:00",
    "1h",
    "-15m",
    "today",
    "csv",
    "table",
    "UTC",
    "2024-10-27",
    "write",
    "+x",
]


RUN = [*WORDS[:3], "switch", "resume", "cancel", "edit", "split", "join", "move", "delete"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=7), command=st.sampled_from(RUN))
def test_any_words_are_answered(run: Run, tmp_path: Path, words: list[str], command: str) -> None:
    """Whatever is typed: an answer or a refusal, never a traceback, and nothing that a terminal would obey."""
    result = run("--database", str(tmp_path / "tasks.db"), command, *words, terminal=True)
    assert result.exit_code in (0, 1, 2, 3)
    assert (result.err != "") >= (result.exit_code > 0)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.err)


def test_refusals_are_in_letters_that_every_locale_has() -> None:
    for layer in ("api", "cli", "core", "tracker", "store", "."):
        for path in (SOURCE / layer).glob("*.py"):
            calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
            said = [argument for call in calls for argument in call.args if isinstance(argument, ast.Constant)]
            assert all(str(argument.value).isascii() for argument in said), path


def test_every_refusal_says_what_to_do() -> None:
    names = ("InvalidValue", "NotFound", "Conflict")
    for layer in ("api", "cli", "core", "tracker"):
        for path in (SOURCE / layer).glob("*.py"):
            calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
            for call in calls:
                if isinstance(call.func, ast.Name) and call.func.id in names and len(call.args) == 2:
                    assert ast.literal_eval(call.args[0]) in HINTS, f"{path}: {ast.unparse(call)}"
