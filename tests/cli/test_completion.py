"""What the shells are given after TAB: names as data, whatever is typed, and nothing that hinders."""

import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
import typer.completion
from tests.cli.conftest import Complete
from tests.conftest import Run
from tests.store.test_migrations import old_file

from tasktimer.cli.app import run as run_command
from tasktimer.cli.lazy_group import COMMAND_NAMES, LazyGroup
from tasktimer.core.labels import ancestors

HOSTILE = [
    """evil `touch pwned` $(touch pwned) "q" 's' \\`touch pwned\\` [/] [bold]x: * y""",
    "it's ! ~ #1; & | < > () {a,b} ^ %s =x @y",
    "\\",
    "-x",
    "~",
    "🦀 x\u0301 שלום",  # which no single character is
    "$'\\x41'",
]

# What has candidates, in whichever command.
COMPLETED = {
    "--project",
    "--tag",
    "--not-tag",
    "--at",
    "--start",
    "--end",
    "--tz",
    "--from",
    "--to",
    "--date",
    "--command",
    "ID",
    "[ID]",
    "[ID...]",
    "ID...",
}


@pytest.mark.parametrize(
    "line", ["tasktimer stop ", "tasktimer --database /nowhere/x.db stop ", "tasktimer --database / stop "]
)
def test_completion_without_candidates_is_empty(complete: Complete, line: str) -> None:
    assert complete("bash", line) == ""


def test_locked_file_does_not_block_shell(run: Run, complete: Complete, data_file: Path) -> None:
    run("track", "write")
    with closing(sqlite3.connect(data_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        started = time.monotonic()
        assert complete("bash", "tasktimer stop ") == ""
        assert time.monotonic() - started < 10


def test_commands_and_formats_complete(complete: Complete) -> None:
    assert complete("bash", "tasktimer hist") == "history"
    assert [line.split()[0] for line in complete("bash", "tasktimer t").split("\n")] == [
        *("track", "times", "timeline", "tags", "token")
    ]
    assert complete("bash", "tasktimer times --format t").split("\n") == ["table", "tsv"]
    assert complete("bash", "tasktimer import --from t").split("\n") == ["timewarrior", "timetrap", "toggl"]
    assert complete("bash", "tasktimer export --to j").split("\n") == ["json", "jsonl"]


@pytest.mark.parametrize("name", HOSTILE)
def test_name_is_data_in_every_shell(run: Run, complete: Complete, name: str) -> None:
    run("track", "x", "-p", name)
    for quote in ("", "'", '"'):
        candidates = complete("bash", f"tasktimer track y -p {quote}").split("\n")
        script = "printf '%s\\n' " + " ".join(f"{quote}{candidate}{quote}" for candidate in candidates)
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == ancestors(name)
    assert complete("fish", "tasktimer track y -p ").split("\n") == [f"{level}\t" for level in ancestors(name)]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.skipif(not shutil.which("zsh"), reason="there is no zsh")
def test_zsh_reads_name_and_description_as_text(run: Run, complete: Complete, tmp_path: Path, name: str) -> None:
    run("track", f"a{name}")
    code = complete("zsh", "tasktimer stop ")
    script = "_describe() { print -rn -- $found[1]; }; f() { eval $OFFERED; }; f"
    done = subprocess.run(
        ["zsh", "-f", "-c", script], env={"OFFERED": code}, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    shown = f"Sun 2023-07-16  a{name}"
    cut = shown if len(shown) <= 60 else f"{shown[:59]}…"
    assert done.stdout == f"1:{cut}".replace("\\", "\\\\").replace(":", "\\:").replace("\\:", ":", 1)
    assert os.listdir(tmp_path) == []


def test_value_after_equals_sign_keeps_option(run: Run, complete: Complete) -> None:
    run("track", "x", "-p", "a:b=c")
    assert complete("bash", "tasktimer track y --project=a") == r"a\:b\=c"  # readline replaces what follows the sign
    assert complete("bash", "tasktimer track y --project=a:") == r"b\=c"
    assert complete("fish", "tasktimer track y --project=a") == "--project=a:b=c\t"


def test_number_of_candidates_is_limited(run: Run, complete: Complete, data_file: Path) -> None:
    run("track", "x")
    with closing(sqlite3.connect(data_file)) as connection, connection:
        connection.executemany(
            "INSERT INTO tasks (user_id, description, start_time, project) VALUES (1, 'x', 0, ?)",
            [(f"project {number:04}",) for number in range(1000)],
        )
    offered = complete("fish", "tasktimer track y -p ").split("\n")
    assert (len(offered), offered[199]) == (200, "project 0199\t")
    assert complete("fish", "tasktimer track y -p 'project 0777") == "project 0777\t"
    assert len(complete("fish", "tasktimer history ").split("\n")) == 50
    assert len(complete("fish", "tasktimer stop ").split("\n")) == 200


@pytest.mark.parametrize("name", [name for name in COMMAND_NAMES if name not in ("serve", "token", "user", "db")])
def test_every_parameter_completes(name: str) -> None:
    for parameter in LazyGroup().commands[name].params:
        if COMPLETED & {parameter.metavar, *parameter.opts}:
            assert getattr(parameter, "_custom_shell_complete", None) is not None, parameter.name


def test_completion_does_not_upgrade_older_file(complete: Complete, data_file: Path) -> None:
    data_file.parent.mkdir(parents=True)
    before = old_file(data_file, 1).read_bytes()
    assert complete("bash", "tasktimer stop ") == ""
    assert data_file.read_bytes() == before
    assert os.listdir(data_file.parent) == [data_file.name]


def test_bash_gets_descriptions_only_in_lists(run: Run, complete: Complete, monkeypatch: pytest.MonkeyPatch) -> None:
    run("track", "write docs")
    run("track", "call")
    monkeypatch.setenv("COMP_TYPE", "37")  # menu-complete inserts each as it is
    assert complete("bash", "tasktimer stop ", listing=False) == "1\n2"


def test_odd_text_completes_without_error(run: Run, complete: Complete, shell: str) -> None:
    run("track", "x", "-p", "acme", "+docs")
    for line in [
        "\udcff",
        "track x -p \udcff",
        "track x +\udcff",
        "track x -p '",
        'track "',
        "track \\",
        "times --date=",
    ]:
        assert "Traceback" not in complete(shell, f"tasktimer {line}")


@pytest.mark.parametrize(("shell", "word"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "commandline")])
def test_named_shell_is_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shell: str, word: str
) -> None:
    for module in (typer.completion, typer._completion_shared):  # which the program changes
        monkeypatch.setattr(module, "_get_shell_name", lambda: "other")
    with pytest.raises(SystemExit, match="0"):
        run_command(["--show-completion", shell], datetime.now)
    assert word in capsys.readouterr().out


def test_unknown_shell_fails(run: Run) -> None:
    result = run("--install-completion", "tcsh")
    assert (result.exit_code, result.out) == (2, "")
    assert "no completion for the shell 'tcsh'\nhint: use one of bash, zsh, fish" in result.err
    assert run("track", "--", "--show-completion", "tcsh").exit_code == 0


def test_shell_completes_paths(complete: Complete, shell: str) -> None:
    lines = ["backup ", "backup fol", "--database ", "--database=fol", "--database x.db backup fol"]
    lines += ["import ", "import a.csv fol", "import --rejects ", "export -o fol", "export --output=fol"]
    for line in lines:
        assert "files" in complete(shell, f"tasktimer {line}")


def test_keys_of_report_complete_after_comma(complete: Complete) -> None:
    assert complete("bash", "tasktimer report --by qu") == "quarter"
    assert complete("fish", "tasktimer report --by day,w").split() == ["day,weekday", "day,week"]
    assert complete("fish", "tasktimer report --by week,week") == "week,weekday\t"
    assert complete("bash", "tasktimer report --hours d") == "decimal"
    assert complete("bash", "tasktimer report last m") == "month"
    assert complete("fish", "tasktimer report q").split() == ["quarter", "q1", "q2", "q3", "q4"]
