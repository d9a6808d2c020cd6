"""Whatever words stand on the line: taken as they are meant, or refused with what may be meant."""

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cli.test_app import COMMANDS
from tests.conftest import Run
from tests.examples import examples
from typer.core import TyperOption
from typer.main import get_command

from tasktimer.cli.app import app


@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (["tims"], "error: no such command 'tims'\nhint: did you mean 'times'? see tasktimer --help\n"),
        (["xyz"], "error: no such command 'xyz'\nhint: see tasktimer --help\n"),
        (["--nope"], "error: no such option '--nope'\nhint: see tasktimer --help\n"),
        (
            ["times", "--dat", "x"],
            "error: no such option '--dat'\nhint: did you mean '--date'? see tasktimer times --help\n",
        ),
        (["--database"], "error: option '--database' requires an argument\nhint: see tasktimer --help\n"),
        (["rename", "tag", "bug"], "error: missing argument 'NEW'\nhint: see tasktimer rename tag --help\n"),
        (
            ["project", "list"],
            "error: no such command 'project'\nhint: instead, run: tasktimer projects\n",
        ),
        (["track", "x", "--user"], "error: option '--user' requires an argument\nhint: see tasktimer track --help"),
    ],
)
def test_usage_errors_have_form_of_other_errors(run: Run, arguments: list[str], err: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.out) == (2, "")
    assert result.err.startswith(err)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["list", "--from", "monday", "9:00"], "put quotes around the value: --from 'monday 9:00'"),
        (["list", "--to", "yesterday", "17:30"], "put quotes around the value: --to 'yesterday 17:30'"),
        (["list", "--from", "monday", "week"], "omit one of them"),
        (["edit", "1", "--start", "tuesday", "8:00"], "instead, run: tasktimer edit 1 --start 'tuesday 8:00'"),
        (["split", "1", "-15m"], "use --at -15m; see tasktimer split --help"),
        (["stop", "9:35"], "instead, run: tasktimer stop --at 9:35"),
        (["stop", "5m", "ago"], "instead, run: tasktimer stop --at '5m ago'"),
        (["stop", "mail"], "instead, run: tasktimer list --where 'project:mail or mail'"),
        (["show", "-2"], "use a number of 1 or higher; see tasktimer show --help"),
        (["projects", "-7"], "to show the tasks from 7 days ago, run: tasktimer projects 7 days ago"),
        (["report", "-7"], "to show the tasks from 7 days ago, run: tasktimer report 7 days ago"),
        (["times", "-1"], "to show the tasks from yesterday, run: tasktimer times --date -1"),
        (["status", "-2"], "see tasktimer status --help"),
        (["token", "revoke", "-1"], "use a number of 1 or higher; see tasktimer token revoke --help"),
        (["list", "--from", "monday", "9:00", "--to", "tuesday", "10:00"], "put quotes around a value that contains"),
        (["undo", "-2"], "use a number of 1 or higher; see tasktimer undo --help"),
    ],
)
def test_misplaced_time_or_number_gets_hint(run: Run, words: list[str], hint: str) -> None:
    result = run(*words)
    assert (result.exit_code, result.out) == (2, "")
    assert f"\nhint: {hint}" in result.err


@pytest.mark.parametrize("words", ["", *COMMANDS])
def test_flag_is_never_parsed_as_value(run: Run, words: str) -> None:
    command: Any = get_command(app)
    for word in words.split():
        command = command.commands[word]
    flags = [name for option in command.params if isinstance(option, TyperOption) for name in option.opts]
    for option in command.params:
        if isinstance(option, TyperOption) and not option.is_flag:
            for name, flag in product(option.opts, [flags[0], flags[-1], "--help", "-h", "--help=x", "--"]):
                result = run(*words.split(), name, flag)
                assert (result.exit_code, result.out) == (2, "")
                message = f"error: option '{name}' requires an argument, but '{flag}' is an option\n"
                assert result.err.startswith(message)


@pytest.mark.parametrize("value", [["--project=--for"], ["-p--for"], ["--project", "--fo"]])
def test_hint_joins_value_that_looks_like_flag(run: Run, value: list[str]) -> None:
    assert run("track", "call", *value, "--for", "20m").exit_code == 0
    assert run("projects").out.startswith("--fo")
    refused = run("track", "call", "-p", "--for", "20m")
    assert refused.err == (
        "error: option '-p' requires an argument, but '--for' is an option\n"
        "hint: add a value, or write --project=--for if that is the value\n"
    )
    assert len(run("list").out.splitlines()) == 1


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


@settings(max_examples=examples(150))
@given(words=st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=7), command=st.sampled_from(RUN))
def test_random_words_never_crash(run: Run, tmp_path: Path, words: list[str], command: str) -> None:
    """Whatever is typed: an answer or a refusal, never a traceback, and nothing that a terminal would obey."""
    result = run("--database", str(tmp_path / "tasks.db"), command, *words, terminal=True)
    assert result.exit_code in (0, 1, 2, 3)
    assert (result.err != "") >= (result.exit_code > 0)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.err)
