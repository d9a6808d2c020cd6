"""What holds for every command: help, version, settings, both engines, errors."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import Run

from tasktimer import __version__

Golden = Callable[[str, str], None]


COMMANDS = [
    *("track", "switch", "stop", "resume", "cancel", "status"),
    *("times", "list", "show", "undo", "redo", "history"),
    *("edit", "split", "join", "move", "delete"),
    *("projects", "tags", "rename project", "rename tag"),
    *("info", "backup", "serve"),
    *("token create", "token list", "token revoke", "db status", "db upgrade"),
]
GROUPS = ["", "rename", "token", "db"]


@pytest.mark.parametrize("command", [*GROUPS, *COMMANDS])
def test_help(run: Run, golden: Golden, command: str) -> None:
    result = run(*command.split(), "--help")
    assert (result.exit_code, result.err) == (0, "")
    text = "\n".join(line.rstrip() for line in result.out.splitlines()) + "\n"
    golden(f"help-{command.replace(' ', '-') or 'tasktimer'}.txt", text)
    assert "Examples:" in text or command in GROUPS
    assert run(*command.split(), "-h").out == result.out


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


def test_a_folder_for_a_database_is_refused(run: Run, tmp_path: Path) -> None:
    result = run("--database", str(tmp_path), "track", "x")
    assert (result.exit_code, result.err) == (
        3,
        f"error: {tmp_path} is a folder\nhint: give --database the path of a file\n",
    )


def test_what_is_refused_is_shown_escaped(run: Run) -> None:
    result = run("times", "--date", "\x1b]0;title\x07\ud800")
    assert result.exit_code == 2
    assert result.err.startswith("error: cannot read the date '\\x1b]0;title\\x07\\ud800'\n")


def test_a_long_value_is_cut_in_the_message(run: Run) -> None:
    assert len(run("times", "--date", "x" * 5000).err) < 300


def test_errors(run: Run, golden: Golden, tmp_path: Path) -> None:
    """What people see when something is refused, all in one place."""
    run("track", "write docs", "--at", "10:30", "--user", "42")
    run("track", "done", "--at", "9:00", "--until", "10:00")
    run("track", "call", "--at", "11:00")
    run("track", "call", "--at", "7:00", "--for", "1h")
    run("delete", run("track", "mistake").out.strip())
    empty = tmp_path / "empty.db"
    empty.touch()
    transcript = ""
    for line in [
        "track",
        "track ''",
        "track write +docs,later",
        "track write -p acme//site",
        "track write --note ' '",
        "track write --at 25:00",
        "track write --at 23:50",
        "track write --at 2023-03-26T02:30",
        "track write --at 2022-10-30T02:30",
        "track write --until 10:00",
        "track write --at 9:00 --until 10:00 --for 1h",
        "track write --at 11:00 --until 10:00",
        "track write --for 90",
        "track write --user 0",
        "track -x",
        "track write --no-gap --at 9:00",
        "track write --no-gap --user 42",
        "track write --no-gap --until 9:30",
        "switch",
        "switch write -x",
        "switch write --at 10:00 --user 42",
        "switch write --at 13:00",
        "resume",
        "resume 9",
        "resume 3",
        "resume --user 7",
        "cancel",
        "cancel 2",
        "cancel 1 --user 7",
        "cancel one",
        "status --format {descripton}",
        "status --format {description.__class__}",
        "status --format '{id'",
        "status --format {id} --json",
        "stop",
        "stop 99",
        "stop 2",
        "stop 1 --user 7",
        "stop 1 --at 10:00",
        "stop 1 --all",
        "stop one",
        "stop --user 7",
        "edit 1",
        "edit +docs",
        "edit 0 +docs",
        "edit 99 +docs",
        "edit 1 2 --start 11:00",
        "edit 1 --start 23:50",
        "edit 1 --end 10:00",
        "edit 1 --end tomorrow",
        "edit 1 --start 9:00 --end 10:00 --for 1h",
        "edit 1 --end none --for 1h",
        "edit 1 --remove-tag docs",
        "edit 1 +docs --remove-tag docs",
        "edit 1 +docs,later",
        "edit 1 --note ''",
        "edit 1 -p acme --no-project",
        "edit 1 --project acme",
        "edit --search docs --project acme",
        "edit --search docs -p acme",
        "edit 1 -p acme --user 7",
        "split 1 --at 9:00",
        "split 2 --at 10:00",
        "split 1 --at 12:30",
        "split 1",
        "join 2 2",
        "join 1 2",
        "join 2 3",
        "join 3 4",
        "move 2 11:30",
        "move 2 -15m",
        "move 2 soon",
        "delete",
        "delete 2 99",
        "delete 5",
        "delete 2 --running",
        "delete --running",
        "undo two",
        "undo 9",
        "undo --user 7",
        "redo",
        "history one",
        "history --prune soon",
        "history --prune 1y",
        "times --date 2023-02-30",
        "times --date tomorrow",
        "times --tz Europe/Berlim",
        "times --format yaml",
        "times --dat today",
        "tims",
        "--database EMPTY times",
        "--database /dev/null times",
        "--database mysql://ada@db/work times",
    ]:
        result = run(*(str(empty) if word == "EMPTY" else word for word in shlex.split(line)))
        assert (result.out, result.exit_code > 0) == ("", True)
        transcript += f"$ tasktimer {line}\n{result.err}exit {int(result.exit_code)}\n\n".replace(str(tmp_path), "DIR")
    golden("errors.txt", transcript)


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
