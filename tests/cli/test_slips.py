"""What people mistype, or expect from other programs: the error, and a hint whose commands work as printed.

`slips.txt` contains the slips, each with the tasks that exist (see `SITUATIONS`), the whole error and the exit code.
"""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import BERLIN, Prepare, Run

from tasktimer.cli.correction_rules import LINES
from tasktimer.cli.lazy_group import COMMAND_NAMES

NOW = datetime(2023, 7, 21, 16, 0, tzinfo=BERLIN)  # a Friday

_STANDUP = "track standup -p acme +call --start 9:00-9:15"
SITUATIONS = {
    "empty": [],
    "stopped": [_STANDUP, "track standup -p acme +call --start 9:15-10:30"],
    "running": [_STANDUP, "track review -p acme --start 9:30-10:30", "track write docs --start 15:00"],
    "two": ["track review --start 14:00", "track write docs --start 15:00"],  # are running
    "users": [
        "track standup --user 42 --start 9:00-9:15",
        "track write docs --user 42 --start 15:00",
        "track mail --user 7 --start 14:00-14:30",
    ],
    "ended": ["track standup --user 42 --start 9:00-9:15", "track mail --user 7 --start 14:00-14:30"],
    "overnight": ["track write docs --start 2023-07-20T15:00+02:00"],
    "labels": ["track standup -p acme +acme --start 9:00-9:15"],
    "deleted": ["track standup --start 9:00-9:15", "delete 1"],
}
# A detailed report of Toggl Track in the current directory.
REPORT = """\
Email,Description,Start date,Start time,End date,End time
ada@example.com,mail,2023-07-14,09:00:00,2023-07-14,10:30:00
"""
SLIPS = re.findall(
    r"^([a-z]+)\$ tasktimer (.*)\n((?:.+\n)+)", (Path(__file__).parent / "slips.txt").read_text(), re.MULTILINE
)


Create = Callable[[str], None]


@pytest.fixture
def create(run: Run, data_file: Path, prepare: Prepare) -> Create:
    """Create the tasks of a situation."""

    def create(situation: str) -> None:
        def track() -> None:
            for command in SITUATIONS[situation]:
                assert run(*command.split(), now=NOW).exit_code == 0

        if SITUATIONS[situation]:
            prepare(f"slips {situation}", data_file, track)

    return create


def commands(hint: str) -> Iterator[list[str]]:
    """Yield the arguments of each command that a hint shows."""
    for line in re.findall(r"""\btasktimer ((?:'[^']*'|"[^"]*"|[^;,'"\n])+)""", hint):
        yield shlex.split(line)


@pytest.mark.parametrize(("situation", "line", "expected"), SLIPS, ids=[f"{name}: {line}" for name, line, _ in SLIPS])
def test_slip_gets_hint_that_works(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, create: Create, situation: str, line: str, expected: str
) -> None:
    (home / "toggl.csv").write_text(REPORT, encoding="utf-8")
    monkeypatch.chdir(home)
    create(situation)
    result = run(*shlex.split(line), now=NOW)
    assert result.out == ""
    assert f"{result.err.replace(str(home), '~')}exit {int(result.exit_code)}\n" == expected
    for arguments in commands(result.err):
        done = run(*arguments, now=NOW)
        assert (arguments, done.exit_code, "error: " in done.err) == (arguments, 0, False)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("tags rm call", "tasktimer edit --where tag:call --remove-tag call"),
        ("projects delete acme", "tasktimer edit --where project:acme --no-project"),
    ],
)
def test_label_is_removed_by_editing_its_tasks(run: Run, line: str, hint: str) -> None:
    run(*_STANDUP.split(), now=NOW)
    result = run(*line.split(), now=NOW)
    assert result.err.endswith(f"hint: instead, run: {hint}\n")
    (arguments,) = commands(result.err)
    assert run(*arguments, "--yes", now=NOW).exit_code == 0  # without --yes, it asks


_NAMES = ["acme", "acme/web", "and", "running", "none", "Bob's", "a(b)"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        *((line, name) for line in ("stop {}", "list {}", "edit {} +docs", "delete {}") for name in _NAMES),
        ("list {}", "big client"),
        ("list {}", 'say "hi"'),
    ],
)
def test_name_finds_tasks_of_project_and_with_text(run: Run, line: str, name: str) -> None:
    run("track", "standup", "-p", name, "--start", "9:00-9:15", now=NOW)
    run("track", "--start", "9:15-9:30", "--", f"mail {name}", now=NOW)
    run("track", "other", "--start", "9:30-9:45", now=NOW)
    result = run(*shlex.split(line.format(shlex.quote(name))), now=NOW)
    arguments = shlex.split(result.err.partition("run: tasktimer ")[2])
    assert [task.split("\t")[2] for task in run(*arguments, now=NOW).out.splitlines()] == ["standup", f"mail {name}"]


@pytest.mark.parametrize("line", ["stop {}", "continue {}", "edit {} +docs", "delete {}"])
@pytest.mark.parametrize("name", ["Write proposal", 'say "hi"', "acme/"])
def test_description_finds_tasks_with_text(run: Run, line: str, name: str) -> None:
    run("track", f"{name} for Zoe", "--start", "9:00-9:15", now=NOW)
    run("track", "other", "--start", "9:30-9:45", now=NOW)
    result = run(*shlex.split(line.format(shlex.quote(name))), now=NOW)
    arguments = shlex.split(result.err.partition("run: tasktimer ")[2])
    assert arguments == ["list", "--search", name]
    assert [task.split("\t")[0] for task in run(*arguments, now=NOW).out.splitlines()] == ["1"]


def test_table_contains_slips() -> None:
    assert len(SLIPS) >= 60


@pytest.mark.parametrize("word", sorted(word for words in LINES for word in words.split() if word not in COMMAND_NAMES))
def test_word_of_other_program_alone_gets_valid_command(run: Run, create: Create, word: str) -> None:
    create("running")
    result = run(*word.split("-"), now=NOW)
    (arguments,) = commands(result.err)
    assert (result.exit_code, run(*arguments, now=NOW).exit_code) == (2, 0)


def test_last_friday_on_friday_is_week_ago(run: Run) -> None:
    run("track", "old", "--for", "1h", now=NOW - timedelta(days=7))
    run("track", "new", "--for", "1h", now=NOW)
    assert [line.split("\t")[2] for line in run("list", "last", "friday", now=NOW).out.splitlines()] == ["old"]


def test_link_in_readme_needs_no_folder(tmp_path: Path) -> None:
    program = tmp_path / ".venv" / "bin" / "tasktimer"
    program.parent.mkdir(parents=True)
    program.touch()
    (line,) = re.findall(r"`([^`]*\bln -s [^`]*)`", (Path(__file__).parents[2] / "README.md").read_text())
    subprocess.run(["sh", "-c", line], cwd=tmp_path, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}, check=True)
    assert (tmp_path / ".local" / "bin" / "tasktimer").samefile(program)
