"""What the shells offer after TAB."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.conftest import Run

HOSTILE = """evil `touch pwned` $(touch pwned) "q" 's' \\`touch pwned\\` [/] [bold]x: * y\nz"""

Complete = Callable[..., str]


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def complete(run: Run, monkeypatch: pytest.MonkeyPatch) -> Complete:
    """What is offered for a line, as the shell's script asks for it."""

    def ask(shell: str, line: str) -> str:
        monkeypatch.setenv("_TASKTIMER_COMPLETE", f"complete_{shell}")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        with pytest.raises(SystemExit):
            run()
        return outputs[-1]

    outputs: list[str] = []
    monkeypatch.setattr("typer._click.echo", lambda text, **_: outputs.append(text))
    return ask


def test_running_tasks_are_offered_with_their_descriptions(run: Run, complete: Complete, shell: str) -> None:
    run("track", "write docs")
    run("track", "over", "--for", "5m")
    run("track", "call ACME")
    offered = {
        "bash": "1  -- write docs\n3  -- call ACME",
        "zsh": """_arguments '*: :(("1":"write docs"\n"3":"call ACME"))'""",
        "fish": "1\twrite docs\n3\tcall ACME",
    }
    assert complete(shell, "tasktimer stop ") == complete(shell, "tasktimer cancel ") == offered[shell]


def test_a_long_description_is_cut(run: Run, complete: Complete) -> None:
    run("track", "x" * 10_000)
    run("track", "second")
    assert complete("bash", "tasktimer stop ").split("\n")[0] == f"1  -- {'x' * 59}…"


def test_ids_already_given_are_not_offered_again(run: Run, complete: Complete) -> None:
    for number in range(12):
        run("track", f"task {number}")
    assert complete("bash", "tasktimer stop 1").split("\n")[:2] == ["1  -- task 0", "10  -- task 9"]
    assert complete("bash", "tasktimer stop 12 11 10 1") == "1"  # the only one: inserted as it is


def test_the_database_and_the_user_on_the_line_count(run: Run, complete: Complete, tmp_path: os.PathLike[str]) -> None:
    other = f"{tmp_path}/other.db"
    run("--database", other, "track", "elsewhere", "--user", "7")
    run("track", "here")
    assert complete("fish", f"tasktimer --database {other} stop ") == "1\telsewhere"
    assert complete("fish", f"tasktimer --database {other} stop --user 7 ") == "1\telsewhere"
    assert complete("bash", f"tasktimer --database {other} stop --user 8 ") == ""


@pytest.mark.parametrize(
    "line", ["tasktimer stop ", "tasktimer --database /nowhere/x.db stop ", "tasktimer --database / stop "]
)
def test_where_nothing_can_be_offered_nothing_is(complete: Complete, line: str) -> None:
    assert complete("bash", line) == ""


def test_a_locked_file_does_not_hang_the_shell(run: Run, complete: Complete, data_file: Path) -> None:
    run("track", "write")
    with closing(sqlite3.connect(data_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        assert complete("bash", "tasktimer stop ") == ""
        assert time.monotonic() - started < 10


def test_commands_and_formats_are_offered(complete: Complete) -> None:
    assert complete("bash", "tasktimer hist") == "history"
    assert [line.split()[0] for line in complete("bash", "tasktimer t").split("\n")] == [
        *("track", "times", "tags", "token")
    ]
    assert complete("bash", "tasktimer times --format t").split("\n") == ["table", "tsv"]


def test_a_description_is_never_code(run: Run, complete: Complete, shell: str) -> None:
    run("track", HOSTILE)
    run("track", "second")
    offered = complete(shell, "tasktimer stop ")
    line = offered.split("\n")[0].partition("evil")[2].removesuffix('"')
    assert "\x1b" not in line
    assert not set(line.replace(r"\:", ":")) & set("\\`$\"'*()!")


def test_zsh_reads_it_as_words(run: Run, complete: Complete, tmp_path: os.PathLike[str]) -> None:
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("there is no zsh")
    run("track", HOSTILE)
    offered = complete("zsh", "tasktimer stop ")
    # As the completion function does: evaluate the line, and then the list in it.
    script = """
        _arguments() { spec=${1#"*: :(("}; eval "words=( ${spec%"))"} )"; print -r -- $#words $words[1]; }
        eval $OFFERED
    """
    done = subprocess.run(
        [zsh, "-f", "-c", script], env={"OFFERED": offered}, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("1 1:evil ")
    assert os.listdir(tmp_path) == []
