"""What the shells offer after TAB."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from importlib import import_module
from pathlib import Path

import pytest
import typer
import typer.completion
from tests.conftest import BERLIN, Run
from tests.store.test_upgrades import old_file

from tasktimer.cli.app import run as run_command
from tasktimer.cli.commands import NAMES
from tasktimer.core.labels import levels

HOSTILE = [
    """evil `touch pwned` $(touch pwned) "q" 's' \\`touch pwned\\` [/] [bold]x: * y""",
    "it's ! ~ #1; & | < > () {a,b} ^ %s =x @y",
    "\\",
    "-x",
    "~",
    "🦀 x\u0301 שלום",  # which no single character is
    "$'\\x41'",
]

Complete = Callable[..., str]


# What has candidates, in whichever command.
COMPLETED = {
    "--project",
    "--tag",
    "--not-tag",
    "--at",
    "--until",
    "--from",
    "--to",
    "--date",
    "--command",
    "ID",
    "[ID]",
    "[ID...]",
    "ID...",
}


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def complete(run: Run, monkeypatch: pytest.MonkeyPatch) -> Complete:
    """What is offered for a line, as the shell's script asks for it."""

    def ask(shell: str, line: str, *, listing: bool = True) -> str:
        monkeypatch.setenv("_TASKTIMER_COMPLETE", f"complete_{shell}")
        monkeypatch.setenv("COMP_LINE", line)
        monkeypatch.setenv("COMP_WORDBREAKS", " \t\n\"'@><=;|&(:")
        if listing:
            monkeypatch.setenv("COMP_TYPE", "63")
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        with pytest.raises(SystemExit):
            run()
        monkeypatch.delenv("_TASKTIMER_COMPLETE")
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
        "zsh": r"local -a found; found=($'1\x3awrite\x20docs' $'3\x3acall\x20ACME'); _describe -V values found",
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


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_data_for_each_shell(run: Run, complete: Complete, name: str) -> None:
    run("track", "x", "-p", name)
    for quote in ("", "'", '"'):
        candidates = complete("bash", f"tasktimer track y -p {quote}").split("\n")
        script = "printf '%s\\n' " + " ".join(f"{quote}{candidate}{quote}" for candidate in candidates)
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == levels(name)
    assert complete("fish", "tasktimer track y -p ").split("\n") == [f"{level}\t" for level in levels(name)]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.skipif(not shutil.which("zsh"), reason="there is no zsh")
def test_zsh_reads_a_name_and_a_description_as_text(run: Run, complete: Complete, tmp_path: Path, name: str) -> None:
    run("track", f"a{name}")
    code = complete("zsh", "tasktimer stop ")
    script = "_describe() { print -rn -- $found[1]; }; f() { eval $OFFERED; }; f"
    done = subprocess.run(
        ["zsh", "-f", "-c", script], env={"OFFERED": code}, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    cut = f"a{name}" if len(name) < 60 else f"a{name[:58]}…"
    assert done.stdout == f"1:{cut}".replace("\\", "\\\\").replace(":", "\\:").replace("\\:", ":", 1)
    assert os.listdir(tmp_path) == []


def test_projects_are_offered_by_name_of_the_user_on_the_line(run: Run, complete: Complete) -> None:
    for user, project in [(1, "zeta"), (1, "acme"), (7, "acme/website"), (1, "acme"), (1, "Über")]:
        run("track", "x", "-p", project, "--user", str(user))
    assert complete("bash", "tasktimer track y -p ").split("\n") == ["acme", "acme/website", "zeta", "Über"]
    assert complete("bash", "tasktimer track y --user 1 -p a") == "acme"
    assert complete("bash", "tasktimer track y --user 7 --project ").split("\n") == ["acme", "acme/website"]
    assert complete("bash", "tasktimer track y -p nope") == ""


def test_the_upper_levels_of_projects_are_offered(run: Run, complete: Complete) -> None:
    for project in ("acme/web/shop", "acme/web", "acme-2", "home/b", "home/a"):
        run("track", "x", "-p", project)
    every = ["acme", "acme-2", "acme/web", "acme/web/shop", "home", "home/a", "home/b"]
    assert complete("bash", "tasktimer list -p ").split("\n") == every
    assert complete("bash", "tasktimer list -p acme/").split("\n") == ["acme/web", "acme/web/shop"]
    assert complete("bash", "tasktimer rename project ho").split("\n") == ["home", "home/a", "home/b"]
    for level in every:
        assert run("list", "-p", level).err == ""


def test_tags_are_offered_with_and_without_a_plus_but_not_twice(run: Run, complete: Complete) -> None:
    run("track", "x", "+docs", "+urgent", "+deep-work")
    run("track", "other", "+docs", "+home", "--user", "7")
    assert complete("bash", "tasktimer track y -t d").split("\n") == ["deep-work", "docs"]
    assert complete("bash", "tasktimer track y +d").split("\n") == ["+deep-work", "+docs"]
    assert complete("bash", "tasktimer track y +docs -t urgent +") == "+deep-work\n+home"
    assert complete("bash", "tasktimer track y --user 7 -t docs -t ") == "home"
    assert complete("bash", "tasktimer track +d") == ""  # the first word is never a tag
    assert complete("bash", "tasktimer track y d") == ""


def test_a_value_behind_an_equals_sign_keeps_its_option(run: Run, complete: Complete) -> None:
    run("track", "x", "-p", "a:b=c")
    assert complete("bash", "tasktimer track y --project=a") == r"a\:b\=c"  # readline replaces what follows the sign
    assert complete("bash", "tasktimer track y --project=a:") == r"b\=c"
    assert complete("fish", "tasktimer track y --project=a") == "--project=a:b=c\t"


def test_recent_tasks_are_offered_the_last_one_first(run: Run, complete: Complete) -> None:
    run("track", "second", "--at", "9:00", "--for", "5m")
    run("track", "first", "--at", "8:00", "--for", "5m")
    run("track", "third", "--at", "10:00", "--user", "7")
    assert complete("fish", "tasktimer history ") == "3\tthird\n1\tsecond\n2\tfirst"
    assert complete("fish", "tasktimer history --user 1 ") == "1\tsecond\n2\tfirst"


def test_older_tasks_are_offered_where_digits_are_typed(run: Run, complete: Complete, data_file: Path) -> None:
    run("track", "first", "--at", "9:00")
    with closing(sqlite3.connect(data_file)) as connection, connection:
        connection.executemany(
            "INSERT INTO tasks (user_id, description, start_time) VALUES (?, 'x', 1689494400000000 + ?)",
            [(7 if number == 13 else 1, number) for number in range(2, 62)],
        )

    def ids(line: str) -> list[int]:
        return [int(offer.split("\t")[0]) for offer in complete("fish", f"tasktimer {line}").split("\n") if offer]

    run("edit", "11", "--start", "6:00")
    assert ids("edit 1") == [*range(19, 11, -1), 10, 1, 11]
    assert ids("edit 1 10 12 1") == [*range(19, 12, -1), 11]
    assert ids("show --user 1 1") == [19, 18, 17, 16, 15, 14, 12, 10, 1, 11]
    assert ids("show --user 7 1") == [13]
    assert ids("show 3") == [*range(39, 29, -1), 3]
    assert complete("bash", "tasktimer show 11") == "11"
    for word in ("0", "01", "62", "1x", "\u0661", "9" * 19, "9" * 30):
        assert ids(f"show {word}") == []


def test_commands_that_can_be_taken_back_are_offered(run: Run, complete: Complete) -> None:
    run("track", "write docs", "--at", "9:00", "--for", "1h")
    run("track", "mail", "--at", "10:00", "--for", "1h")
    run("undo")
    run("track", "other", "--user", "7")
    run("edit", "1", "3", "-p", "acme")
    run("delete", "1", "--yes")
    told = [("6", "delete: write docs"), ("5", "edit: write docs"), ("1", "track: write docs")]
    assert complete("fish", "tasktimer undo --command ") == "\n".join("\t".join(offer) for offer in told)
    assert complete("bash", "tasktimer undo --command ") == "\n".join("  -- ".join(offer) for offer in told)
    assert complete("bash", "tasktimer undo --command 5") == "5"
    assert complete("bash", "tasktimer undo --user 7 --command ") == "4"
    assert complete("bash", "tasktimer undo --user all --command ") == ""
    assert run("undo", "--command", "6").exit_code == 0
    assert complete("fish", "tasktimer undo --command ").split("\n")[0] == "5\tedit: write docs"


def test_a_team_is_offered_the_commands_of_the_user_meant(
    run: Run, complete: Complete, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for user in ("1", "7"):
        run("--database", database, "track", f"task of {user}", "--user", user)
    assert complete("fish", f"tasktimer --database {database} undo --user 7 --command ") == "2\ttrack: task of 7"
    assert complete("fish", f"tasktimer --database {database} show --user 7 2") == "2\ttask of 7"
    assert complete("fish", f"tasktimer --database {database} show --user 7 1") == ""
    monkeypatch.setenv("TASKTIMER_DATABASE", "postgresql:///nowhere?host=/nowhere")
    assert complete("fish", "tasktimer undo --command ") == ""


def test_many_candidates_are_cut(run: Run, complete: Complete, data_file: Path) -> None:
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


def test_dates_are_offered(complete: Complete, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = complete("fish", "tasktimer times --date ").split("\n")
    assert [line.split("\t")[0] for line in offered][:3] == ["today", "yesterday", offered[2].split("\t")[0]]
    assert len(offered) == 7
    assert all(len(complete("fish", f"tasktimer times --date {line.split()[0]}").split("\n")) == 1 for line in offered)
    monkeypatch.setenv("TASKTIMER_TZ", "Mars")
    assert complete("fish", "tasktimer times --date ") == ""
    assert complete("fish", "tasktimer stop --at ") == ""


@pytest.mark.parametrize("option", ["track x --at", "track x --at 9:00 --until", "stop --at"])
def test_times_are_offered_that_the_command_takes(run: Run, complete: Complete, option: str) -> None:
    offered = complete("fish", f"tasktimer {option} ").split("\n")
    texts = [line.split("\t")[0] for line in offered]
    assert {"now", "15m ago", "yesterday 17:00"} <= set(texts)
    for text in texts:
        assert run("track", "x", "--at", text, now=datetime.now(BERLIN)).exit_code == 0


def test_spans_and_names_are_offered_where_they_are_read(run: Run, complete: Complete) -> None:
    run("track", "x", "-p", "acme", "+docs")
    offered = [line.split("\t")[0] for line in complete("fish", "tasktimer list ").split("\n")]
    assert {"today", "week", "last month", "all"} <= set(offered)
    assert all(run("list", *span.split()).exit_code == 0 for span in offered)
    assert complete("bash", "tasktimer list last w") == "week"
    assert complete("bash", "tasktimer list --from yest") == "yesterday"
    for line, name in [
        *(("list -p ", "acme"), ("list -t ", "docs"), ("list --not-tag ", "docs"), ("show ", "1"), ("resume ", "1")),
        *(("rename project ", "acme"), ("rename tag ", "docs"), ("rename tag +", "+docs")),
    ]:
        assert complete("bash", f"tasktimer {line}") == name


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("serve", "token", "db")])
def test_every_command_completes_what_it_takes(name: str) -> None:
    command = typer.main.get_command(import_module(f"tasktimer.cli.{name}").app)
    for parameter in command.params:
        if COMPLETED & {parameter.metavar, *parameter.opts}:
            assert getattr(parameter, "_custom_shell_complete", None) is not None, parameter.name


def test_an_older_file_is_not_upgraded_by_a_tab(complete: Complete, data_file: Path) -> None:
    data_file.parent.mkdir(parents=True)
    before = old_file(data_file, 1).read_bytes()
    assert complete("bash", "tasktimer stop ") == ""
    assert data_file.read_bytes() == before
    assert os.listdir(data_file.parent) == [data_file.name]


def test_bash_gets_descriptions_only_to_list_them(
    run: Run, complete: Complete, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("track", "write docs")
    run("track", "call")
    monkeypatch.setenv("COMP_TYPE", "37")  # menu-complete inserts each as it is
    assert complete("bash", "tasktimer stop ", listing=False) == "1\n2"


def test_odd_text_on_the_line_is_no_error(run: Run, complete: Complete, shell: str) -> None:
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
def test_a_shell_can_be_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shell: str, word: str
) -> None:
    for module in (typer.completion, typer._completion_shared):  # which the program changes
        monkeypatch.setattr(module, "_get_shell_name", lambda: "other")
    with pytest.raises(SystemExit, match="0"):
        run_command(["--show-completion", shell], datetime.now)
    assert word in capsys.readouterr().out


def test_another_shell_is_refused(run: Run) -> None:
    result = run("--install-completion", "tcsh")
    assert (result.exit_code, result.out) == (2, "")
    assert "no completion for the shell 'tcsh'\nhint: give one of bash, zsh, fish" in result.err
    assert run("track", "--", "--show-completion", "tcsh").exit_code == 0
