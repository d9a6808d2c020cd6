"""Imports on the command line: every format, a second run, undo, and the options."""

import io
import json
import os
import shlex
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from tests.cli.conftest import listed
from tests.cli.import_files import FILES, KLOG, TIMEWARRIOR, TOGGL_HEADER, TOGGL_ROWS
from tests.commits import After, interrupt
from tests.conftest import NOW, Run, Stream

from tasktimer.cli import progress

NAMES = [file.name for file in FILES]
REPORT = f"{TOGGL_HEADER}{TOGGL_ROWS.splitlines(keepends=True)[0]}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, with a file of each format."""
    folder = tmp_path / "folder"
    folder.mkdir()
    for file in FILES:
        (folder / file.name).write_text(file.text, encoding="utf-8")
    (folder / "toggl.csv").write_text(REPORT, encoding="utf-8")  # without a mistake
    monkeypatch.chdir(folder)
    return folder


def type_in(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Provide the content of standard input."""
    monkeypatch.setattr(sys, "stdin", Stream(io.BytesIO(content), terminal=False))


def starts(run: Run) -> list[str]:
    return [task["start_time"] for task in json.loads(run("list", "all", "--json").out)]


def test_every_format_is_recognized_and_all_files_are_one_command(run: Run, folder: Path) -> None:
    lines = [f"{file.name}\t{file.line}\n" for file in FILES if file.name != "toggl.csv"]
    names = [name for name in NAMES if name != "toggl.csv"]
    done = run("import", *names)
    assert (done.exit_code, done.out) == (1, "".join(lines))
    assert len(starts(run)) == len(names)
    assert run("import", *names).out == "".join(lines).replace("\t1\t5400\t0", "\t0\t0\t1")
    assert run("undo").exit_code == 0
    assert starts(run) == []
    assert (folder / "frames").exists()


def test_folder_is_imported_in_order_of_months(run: Run, folder: Path) -> None:
    data = folder / "timew" / "data"
    data.mkdir(parents=True)
    for month in ("06", "05"):
        (data / f"2023-{month}.data").write_text(TIMEWARRIOR.replace("202307", f"2023{month}"))
    (data / "tags.data").write_text("{}")
    done = run("import", "timew")
    assert done.out == "timew\ttimewarrior\t4\t2\t10800\t0\t2\t0\n"
    assert [line.partition(":")[0] for line in done.err.splitlines()[:2]] == [
        "timew, 2023-05.data line 2",
        "timew, 2023-06.data line 2",
    ]
    assert starts(run) == ["2023-05-14T09:00:00+02:00", "2023-06-14T09:00:00+02:00"]


@pytest.mark.usefixtures("folder")
def test_second_import_adds_nothing_until_again(run: Run) -> None:
    assert run("import", "frames", "toggl.csv").out.split("\t")[3] == "1"
    run("edit", "1", "--note", "edited")
    run("delete", "2")
    for line in (["import", "frames", "toggl.csv"], ["history", "--prune", "0d", "--yes"], ["import", "toggl.csv"]):
        run(*line)
        assert listed(run) == ["1 09:00 10:30"]
    again = run("import", "toggl.csv", "frames", "--again", terminal=True)
    assert "  1 task added, 1:30:00\n" in again.out
    assert "  1 already there\n" in again.out
    assert listed(run) == ["1 09:00 10:30", "3 09:00 10:30"]


@pytest.mark.usefixtures("folder")
def test_undo_is_refused_after_edit_with_the_command_to_run_first(run: Run) -> None:
    run("import", "toggl.csv")
    run("edit", "1", "--note", "x")
    refused = run("undo", "--command", "1")
    assert (refused.exit_code, refused.err) == (
        1,
        (
            "error: task 1 has changed since command 1 (import): its note changed (command 2, edit by user 1)\n"
            "hint: first run: tasktimer undo --command 2\n"
        ),
    )
    assert run("undo", "--command", "2").exit_code == 0
    assert run("undo", "--command", "1").exit_code == 0
    assert run("import", "toggl.csv").out == "toggl.csv\ttoggl\t1\t1\t5400\t0\t0\t0\n"


def test_dry_run_says_what_would_be_added_and_creates_no_file(run: Run, folder: Path, data_file: Path) -> None:
    done = run("import", "toggl.csv", "frames", "--dry-run", terminal=True)
    assert done.out == (
        "toggl.csv (Toggl Track): 1 row, 2023-07-14, times in Europe/Berlin\n"
        "  1 task would be added, 1:30:00\n"
        "  1 with the name or email address of a person, which was left out\n"
        "frames (Watson): 2 frames, 2023-07-14\n"
        "  1 task would be added, 1:30:00\n"
        "  1 named after their project\n"
        "  1 rejected\n"
    )
    assert not data_file.exists()
    run("import", "toggl.csv")
    assert run("import", "toggl.csv", "--dry-run").out == "toggl.csv\ttoggl\t1\t0\t0\t1\t0\t0\n"
    assert len(starts(run)) == 1
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("options", "start"),
    [
        ([], "2023-07-14T09:00:00+02:00"),
        (["--tz", "America/New_York"], "2023-07-14T15:00:00+02:00"),
        (["--day-first"], "2023-07-14T09:00:00+02:00"),  # the year comes first
    ],
)
def test_local_times_are_those_of_the_zone(run: Run, options: list[str], start: str) -> None:
    assert run("import", "toggl.csv", *options).exit_code == 0
    assert starts(run) == [start]


@pytest.mark.parametrize(("option", "start"), [("--day-first", "2023-04-03"), ("--month-first", "2023-03-04")])
def test_order_of_day_and_month_is_given_if_the_file_leaves_it_open(
    run: Run, folder: Path, option: str, start: str
) -> None:
    (folder / "toggl.csv").write_text(REPORT.replace("2023-07-14", "03/04/2023"))
    refused = run("import", "toggl.csv")
    assert (refused.exit_code, refused.err) == (
        2,
        (
            "error: cannot import toggl.csv: the order of day and month is not clear: "
            "03/04/2023 is 3 April or 4 March (row 2)\nhint: add --day-first or --month-first\n"
        ),
    )
    assert run("import", "toggl.csv", option).exit_code == 0
    assert starts(run)[0].startswith(start)


@pytest.mark.parametrize(
    ("encoding", "options"),
    [("latin-1", ["--encoding", "latin-1"]), ("utf-16", []), ("utf-16-le", ["--encoding", "utf-16-le"])],
)
def test_encoding(run: Run, folder: Path, encoding: str, options: list[str]) -> None:
    (folder / "toggl.csv").write_text(REPORT.replace("write docs", "Café"), encoding=encoding)
    assert run("import", "toggl.csv", *options).exit_code == 0
    assert run("list", "all").out.split("\t")[2] == "Café"


def test_format_is_chosen_with_from(run: Run, folder: Path) -> None:
    (folder / "broken.txt").write_text("not an activity\n" * 3 + "2023-07-14 09:00 - 2023-07-14 10:30 | website\n")
    assert "its format is not known\nhint: use --from" in run("import", "broken.txt").err
    assert run("import", "broken.txt", "--from", "Bartib").out == "broken.txt\tbartib\t4\t1\t5400\t0\t3\t0\n"


@pytest.mark.usefixtures("folder")
def test_tasks_belong_to_the_selected_user(run: Run) -> None:
    owners = "list", "all", "--user", "all", "--json"
    assert run("import", "toggl.csv", "--user", "7", terminal=True).out.endswith("\n  tasktimer undo --user 7\n")
    assert run("import", "tasks.jsonl").exit_code == 1  # keeps its user
    assert [task["user_id"] for task in json.loads(run(*owners).out)] == [7, 1]
    refused = run("import", "frames")
    assert (refused.exit_code, refused.err.splitlines()[0]) == (
        2,
        "error: a user is required, because the file has several users: 1, 7",
    )
    assert run(*shlex.split(refused.err.rpartition("run: tasktimer ")[2])).exit_code == 1  # it has a rejected row
    assert run("import", "tasks.jsonl", "--user", "7").out == "tasks.jsonl\tjsonl\t2\t1\t5400\t0\t1\t0\n"


def test_pipe(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as threads:
        written = threads.submit(pipe.write_text, TIMEWARRIOR)
        assert run("import", str(pipe)).out.startswith(f"{pipe}\ttimewarrior\t")
    assert written.done()


@pytest.mark.usefixtures("folder")
def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, KLOG.encode())
    done = run("import", "-")
    assert (done.exit_code, done.out) == (1, "standard input\tklog\t2\t1\t5400\t0\t1\t0\n")
    assert done.err.startswith("standard input, line 3: the end 10:45 is before the start 11:00")
    type_in(monkeypatch, REPORT.encode())
    assert run("import", "frames", "-").out.endswith("\nstandard input\ttoggl\t1\t1\t5400\t0\t0\t0\n")


def test_terminal_is_read_until_ctrl_d(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard, terminal = os.openpty()
    os.write(keyboard, KLOG.encode() + b"\x04not read\n\x04\x04")
    with os.fdopen(terminal, "rb") as file, os.fdopen(keyboard, "wb"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(file))
        done = run("import", "-")
    assert done.out == "standard input\tklog\t2\t1\t5400\t0\t1\t0\n"
    assert done.err.startswith(
        "note: reading from the terminal; to end the input, press Ctrl-D\nstandard input, line 3"
    )


@pytest.mark.usefixtures("folder")
def test_json_has_the_counts_of_each_file(run: Run) -> None:
    done = run("import", "toggl.csv", "work.klg", "--tz", "America/New_York", "--json")
    report = json.loads(done.out)
    first, second = report.pop("files")
    assert report == {"dry_run": False, "command": 1, "added": 2, "rejected": 1}
    assert (first["name"], first["from"]) == ("toggl.csv", "2023-07-14T09:00:00-04:00")
    assert (second["rows"], second["added"], second["rejected"], second["seconds"]) == (2, 1, 1, 5400.0)
    assert done.err.startswith("work.klg, line 3: ")


def test_names_and_texts_of_files_are_escaped_on_terminal(run: Run, folder: Path) -> None:
    (folder / "\x1b[31m.klg").write_text(KLOG.replace("11:00 - 10:45", "\x1b[32m[/bold]"))
    done = run("import", "\x1b[31m.klg", terminal=True)
    assert done.out.startswith("\\x1b[31m.klg (klog): 2 entries, ")
    assert "\\x1b[31m.klg, line 3: " in done.err
    assert r"\x1b[32m[/bold]" in done.err
    assert "\x1b[3" not in done.out + done.err.replace("\x1b[31merror:", "")


def test_progress_is_shown_on_terminal_and_removed(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_DELAY", -1)
    monkeypatch.setenv("TERM", "xterm")
    (folder / "timew").mkdir()
    (folder / "timew" / "2023-07.data").write_text(TIMEWARRIOR.splitlines(keepends=True)[0])
    done = run("import", "timew", "frames", terminal=True)
    bar, _, rest = done.err.rpartition("\x1b[2K")  # the line is erased
    assert "Importing" in bar
    assert rest.startswith("frames, frame 2: ")
    assert done.out.startswith("timew (Timewarrior): 1 interval, ")
    assert "Importing" not in run("import", "timew").err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["toggl.csv", "frames"])  # without and with rejected rows
def test_interrupt_after_commit_reports_added_tasks(run: Run, after_commits: After, name: str) -> None:
    run("track", "before", now=NOW - timedelta(hours=1))
    after_commits(interrupt)
    done = run("import", name)
    assert (done.exit_code, done.out, done.err) == (
        130,
        "",
        (
            "error: added 1 task, but the output was lost: interrupted\n"
            "hint: to show past commands, run: tasktimer history\n"
        ),
    )
