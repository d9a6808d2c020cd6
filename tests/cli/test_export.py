"""Exports on the command line: to standard output and files, with notes on what is lost."""

import os
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import NOW, Run

from tasktimer.cli import progress
from tasktimer.cli.commands.export import EPILOG
from tasktimer.formats.registry import WRITABLE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    "options",
    [[], ["--tz", "America/New_York"], ["--user", "1"], ["-p", "acme"], ["--running"], ["--where", "from:yesterday"]],
    ids=" ".join,
)
def test_json_and_csv_are_what_list_prints(week: Run, options: list[str]) -> None:
    for name in ("json", "csv"):
        listed = week("list", "all", "--format", name, *options)
        exported = week("export", "--to", name, *options)
        assert (exported.exit_code, exported.out, exported.err) == (0, listed.out, "")
        assert "running" in exported.out or "time_spent" in exported.out


def test_range_selects_tasks_which_are_not_cut(week: Run) -> None:
    lines = week("export", "2023-07-15", "--to", "csv").out.splitlines()[1:]
    assert [line.split(",")[:6] for line in lines] == [
        ["2", "1", "write docs", "2023-07-14T22:00:00+02:00", "2023-07-15T01:00:00+02:00", "10800"],
        ["3", "1", "Call Zoë", "2023-07-15T09:00:00+02:00", "2023-07-15T10:30:00+02:00", "5400"],
        ["4", "1", "support", "2023-07-15T10:00:00+02:00", "2023-07-15T11:00:00+02:00", "3600"],
    ]


@pytest.mark.parametrize("name", WRITABLE)
def test_suffix_determines_format(week: Run, folder: Path, name: str) -> None:
    path = WRITABLE[name].name if name != "watson" else "frames.json"
    options = ["--flatten"] if name == "timewarrior" else ["--to", name] if name == "watson" else []
    done = week("export", "-o", path.upper(), *options)
    assert (done.exit_code, done.out) == (0, f"{path.upper()}\n")
    printed = week("export", "--to", name.upper(), "-o", "-", *options[: name == "timewarrior"])
    assert (folder / path.upper()).read_bytes().decode() == printed.out
    assert printed.err == done.err


def test_text_without_tasks_is_complete_and_explained(week: Run, data_file: Path) -> None:
    done = week("export", "--to", "json", "-p", "nothing")
    assert (done.exit_code, done.out) == (0, "[]\n")
    assert done.err.startswith("note: no task has the project 'nothing'\n")
    data_file.unlink()
    done = week("export", "--to", "jsonl")
    assert (done.exit_code, done.out) == (0, "")
    assert done.err.startswith("note: nothing has been tracked yet: ")
    assert not data_file.exists()


def test_notes_say_what_is_lost(week: Run, folder: Path) -> None:
    done = week("export", "--to", "watson", "-o", "frames", terminal=True)
    assert done.out == "Exported 5 tasks to frames\n"  # without the running one
    assert done.err == (
        "note: Watson has no place for the user of 1 task\n"
        "note: Watson has no place for 1 note\n"
        "note: Watson has no place for 1 running task, which is left out\n"
        "note: Watson has no place for 3 descriptions of one word, written as tags with a space at the end\n"
    )
    assert (folder / "frames").read_text().count('"docs"') == 1


def test_only_tasks_that_are_left_out_are_found(week: Run) -> None:
    done = week("export", "--to", "watson", "--running")
    assert (done.out, done.err) == (
        "[]\n",
        "note: Watson has no place for 1 running task, which is left out\n",
    )


def test_a_task_of_too_many_days_is_refused_for_klog(week: Run, folder: Path) -> None:
    tracked = week("track", "away", "--start", "1023-07-01 0:00+00:00", "--end", "2023-07-01 0:00+00:00", "--user", "1")
    assert tracked.exit_code == 0
    done = week("export", "-o", "tasks.klg")
    assert (done.exit_code, done.out) == (1, "")
    assert done.err == (
        "error: task 7 lasts 365,243 days: klog requires an entry for each, but the limit is 1,000 a task\n"
        "hint: correct the task, use another format, or export a date range without it\n"
    )
    assert list(folder.iterdir()) == []


def test_overlaps_are_refused_with_the_way_out(week: Run, folder: Path) -> None:
    done = week("export", "-o", "tasks.data", "--user", "1")
    assert (done.exit_code, done.out) == (1, "")
    assert done.err == (
        "error: tasks 3 and 4 overlap, but Timewarrior allows only one task at a time\n"
        "hint: add --flatten to cut a task while another one is running\n"
    )
    assert list(folder.iterdir()) == []
    done = week("export", "-o", "tasks.data", "--user", "1", "--flatten")
    assert done.err == "note: Timewarrior has no place for the overlaps of 1 task, which is cut by 0:30:00\n"
    assert (folder / "tasks.data").read_text() == (
        'inc 20230710T070000Z - 20230710T083000Z # project:acme # "plan"\n'
        'inc 20230714T200000Z - 20230714T230000Z # docs "project:acme/web" urgent "write docs"\n'
        'inc 20230715T070000Z - 20230715T080000Z # "Call Zoë" phone # "invoice 17"\n'
        'inc 20230715T080000Z - 20230715T090000Z # # "support"\n'
        'inc 20230716T090000Z # docs # "review"\n'
    )


def test_example_writes_a_file_for_each_month_of_timewarrior(week: Run, folder: Path) -> None:
    week("track", "old", "--at", "2022-12-31 23:00", "--for", "2h", "--user", "1")
    (command,) = re.findall(r"--to timewarrior --flatten \|\n +(.*)", EPILOG)
    exported = week("export", "--to", "timewarrior", "--flatten").out
    subprocess.run(["sh", "-c", command], input=exported, text=True, check=True, cwd=folder)
    files = {path.name: path.read_text() for path in folder.iterdir()}
    assert files == {"2022-12.data": exported.splitlines(keepends=True)[0], "2023-07.data": exported.partition("\n")[2]}


def test_csv_for_spreadsheets(week: Run) -> None:
    week("track", "--at", "12:00", "--until", "12:00:36", "--user", "1", "--", "=1+1", now=NOW + timedelta(hours=1))
    done = week("export", "--to", "csv", "--for-spreadsheets", "--user", "1")
    assert done.out == (
        "\ufeffdate,start,end,hours,user,project,description,tags,note\r\n"
        "2023-07-10,09:00:00,10:30:00,1.5,1,acme,plan,,\r\n"
        '2023-07-14,22:00:00,2023-07-15 01:00:00,3,1,acme/web,write docs,"docs,urgent",\r\n'
        "2023-07-15,09:00:00,10:30:00,1.5,1,,Call Zoë,phone,invoice 17\r\n"
        "2023-07-15,10:00:00,11:00:00,1,1,,support,,\r\n"
        "2023-07-16,11:00:00,,1,1,,review,docs,\r\n"
        "2023-07-16,12:00:00,12:00:36,0.01,1,,'=1+1,,\r\n"
    )
    assert done.err == (
        "note: an apostrophe was put before texts of 1 task, so that spreadsheets do not read them as formulas\n"
    )


def test_existing_file_is_overwritten_only_with_force(week: Run, folder: Path) -> None:
    (folder / "tasks.json").write_text("old")
    done = week("export", "-o", "tasks.json")
    assert (done.exit_code, done.out) == (1, "")
    assert done.err == (
        "error: tasks.json already exists\nhint: use the path of a new file, or add --force to overwrite it\n"
    )
    assert (folder / "tasks.json").read_text() == "old"
    assert week("export", "-o", "tasks.json", "--force").out == "tasks.json\n"
    assert (folder / "tasks.json").read_text() == week("list", "all", "--json").out


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        ("", 2, "a format is required"),
        ("-o tasks.txt", 2, "a format is required"),
        ("-o -", 2, "a format is required"),
        ("--to jsom", 2, "unknown format 'jsom'\nhint: did you mean 'json'?"),
        ("--to \x1b[31m", 2, r"unknown format '\x1b[31m'"),
        ("--to csv -o .", 1, ". is a folder\nhint: use the path of a new file\n"),
        ("--to csv -o new/", 2, "invalid path 'new/'"),
        ("-o \x1b[31m/x.csv", 3, r"cannot write \x1b[31m/x.csv: No such file or directory"),
        (
            "--to csv tasks.csv",
            2,
            "invalid date range 'tasks.csv'\nhint: instead, run: tasktimer export --output tasks.csv",
        ),
        ("--to csv --tz Nowhere", 2, "unknown time zone 'Nowhere'"),
    ],
)
def test_mistake_writes_nothing(week: Run, folder: Path, line: str, code: int, error: str) -> None:
    done = week("export", *line.split(" "), terminal=True) if line else week("export")
    assert (done.exit_code, done.out) == (code, "")
    assert done.err.startswith(f"error: {error}")
    assert list(folder.iterdir()) == []


def test_names_of_files_are_escaped_on_terminal(week: Run, folder: Path) -> None:
    done = week("export", "-o", "\x1b[31m.csv", terminal=True)
    assert done.out == "Exported 6 tasks to \\x1b[31m.csv\n"
    assert [path.name for path in folder.iterdir()] == ["\x1b[31m.csv"]


def test_output_that_cannot_be_written_is_an_error(week: Run) -> None:
    with Path("/dev/full").open("w") as full:
        done = week("export", "--to", "json", stdout=full)
    assert (done.exit_code, done.err.splitlines()[0]) == (
        3,
        "error: cannot write to standard output: No space left on device",
    )
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = week("export", "--to", "json", stdout=closed)
    assert (done.exit_code, done.err) == (141, "")


def test_progress_is_shown_on_terminal_and_removed(week: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_DELAY", -1)
    monkeypatch.setenv("TERM", "xterm")
    done = week("export", "-o", "tasks.csv", terminal=True)
    assert "Exporting" in done.err
    assert "6 tasks" in done.err
    assert done.err.endswith("\x1b[2K")  # the line is erased
    assert week("export", "--to", "csv").err == ""
    assert [path.name for path in folder.iterdir()] == ["tasks.csv"]
