"""Rows that an import rejects: listed, and saved in a file that can be corrected and imported."""

import io
import shlex
import stat
import sys
from pathlib import Path

import pytest
from tests.cli.import_files import FILES, KLOG, TIMEWARRIOR, ImportedFile
from tests.conftest import Run, Stream

from tasktimer.cli import streams
from tasktimer.cli.commands import _undo_redo


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def hinted(err: str) -> list[str]:
    """Return the arguments of the command in a hint."""
    return shlex.split(err.rpartition("run: tasktimer ")[2])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.line.partition("\t")[0])
def test_rejected_rows_are_saved_as_they_are_and_imported_after_correction(
    run: Run, folder: Path, file: ImportedFile
) -> None:
    (folder / file.name).write_text(file.text, encoding="utf-8")
    listed = run("import", file.name)
    assert (listed.exit_code, listed.out) == (1, f"{file.name}\t{file.line}\n")
    assert listed.err.splitlines()[1:] == [
        "error: 1 of 2 rows was rejected",
        f"hint: to save the rejected rows in a new file, run: tasktimer import {file.name} --rejects rejected-rows",
    ]
    saved = run(*hinted(listed.err))
    path = folder / "rejected-rows"
    assert saved.out == f"{file.name}\t{file.line}\n".replace("\t1\t5400\t0", "\t0\t0\t1")
    assert "error: 1 of 2 rows was rejected, and saved in rejected-rows\n" in saved.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text(encoding="utf-8")
    assert len(text) < len(file.text)
    path.write_text(text.replace(file.mistake, file.correction), encoding="utf-8")
    assert run(*hinted(saved.err)).out.split("\t")[2:4] == ["1", "1"]


def test_hint_repeats_what_determines_the_times_and_the_user(run: Run, folder: Path) -> None:
    (folder / "work.klg").write_text(KLOG)
    options = ["--user", "7", "--tz", "America/New_York", "--from", "klog", "--day-first", "--rejects", "it's new"]
    done = run("import", "work.klg", *options)
    assert done.err.endswith(
        "hint: correct the rows, then run: "
        "tasktimer import --user 7 'it'\"'\"'s new' --from klog --tz America/New_York --day-first\n"
    )
    assert hinted(done.err)[3] == "it's new"
    done = run("import", "work.klg", "--month-first", "--rejects", "newer")
    assert done.err.endswith("run: tasktimer import newer --from klog --month-first\n")


def test_rows_of_several_files_are_listed_with_their_files(run: Run, folder: Path) -> None:
    for name in ("a.data", "b.data"):
        (folder / name).write_text(TIMEWARRIOR.replace("docs", name))
    done = run("import", "a.data", "b.data", terminal=True)
    reason = "the task cannot end at 2023-07-14 10:45, before its start at 2023-07-14 11:00"
    assert done.err.splitlines() == [
        f"a.data, line 2: {reason}",
        f"b.data, line 2: {reason}",
        "\x1b[31merror:\x1b[0m 2 of 4 rows were rejected".replace("\x1b[31m", "").replace("\x1b[0m", ""),
        "hint: to save those of one file, run: tasktimer import a.data --rejects rejected-rows",
    ]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("a.data b.data --tz UTC --json", "a.data --tz UTC"),
        ("--from timewarrior b.data --again a.data", "--from timewarrior b.data --again"),
    ],
)
def test_hint_for_several_files_keeps_the_options(run: Run, folder: Path, line: str, hint: str) -> None:
    for name in ("a.data", "b.data"):
        (folder / name).write_text(TIMEWARRIOR)
    done = run("import", *line.split())
    assert done.err.endswith(f"hint: to save those of one file, run: tasktimer import {hint} --rejects rejected-rows\n")
    assert run(*hinted(done.err)).exit_code == 1
    assert (folder / "rejected-rows").exists()


def test_lines_are_wrapped_between_words(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.data").write_text(TIMEWARRIOR)
    monkeypatch.setattr(streams, "terminal_width", lambda _: 60)
    assert run("import", "a.data", terminal=True).err.splitlines()[:2] == [
        "a.data, line 2: the task cannot end at 2023-07-14 10:45,",
        "  before its start at 2023-07-14 11:00",
    ]
    monkeypatch.setattr(_undo_redo, "terminal_width", lambda _: 30)
    assert run("undo", terminal=True).out.splitlines()[1:3] == [
        "  1: write docs, removed,",
        "  2023-07-14 09:00 to 10:30",
    ]


def test_hint_names_a_new_file_and_reads_no_stream_again(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.data").write_text(TIMEWARRIOR)
    for name in ("rejected-rows", "rejected-rows-2"):
        (folder / name).touch()
    assert run("import", "a.data").err.endswith("run: tasktimer import a.data --rejects rejected-rows-3\n")
    monkeypatch.setattr(sys, "stdin", Stream(io.BytesIO(TIMEWARRIOR.encode()), terminal=False))
    done = run("import", "-")
    hint = "to save the rejected rows in a new file, add --rejects rejected-rows-3 to the command"
    assert done.err.endswith(f"hint: {hint}\n")


def test_breaks_are_reported_with_what_they_subtract(run: Run, folder: Path) -> None:
    (folder / "a.klg").write_text("2023-07-14\n    9:00 - 10:00 docs\n    -30m lunch\n    -0h05m\n")
    done = run("import", "a.klg", terminal=True)
    assert "  2 rejected, because tasks have no breaks: klog subtracts 0:35:00\n" in done.out
    assert done.err.splitlines()[-1].startswith("hint: to take a break out of a task, run: tasktimer split ID 12:30")
    (folder / "a.klg").write_text("2023-07-14\n    11:00 - 10:00 docs\n    -30m lunch\n")
    done = run("import", "a.klg", terminal=True)
    assert "  1 rejected\n  1 rejected, because tasks have no breaks: klog subtracts 0:30:00\n" in done.out
    assert done.err.endswith("--rejects rejected-rows\n")


def test_no_file_is_created_without_rejected_rows(run: Run, folder: Path) -> None:
    (folder / "a.data").write_text(TIMEWARRIOR.splitlines()[0])
    done = run("import", "a.data", "--rejects", "new")
    assert (done.exit_code, done.err) == (0, "")
    assert [path.name for path in folder.iterdir()] == ["a.data"]


def test_dry_run_saves_rejected_rows(run: Run, folder: Path, data_file: Path) -> None:
    (folder / "a.data").write_text(TIMEWARRIOR)
    assert run("import", "a.data", "--dry-run", "--rejects", "new").exit_code == 1
    assert (folder / "new").read_text() == TIMEWARRIOR.splitlines(keepends=True)[1]
    assert not data_file.exists()


@pytest.mark.parametrize(
    ("path", "code", "error"),
    [
        ("a.data", 1, "a.data already exists\nhint: use the path of a new file\n"),
        (".", 1, ". is a folder\nhint: use the path of a new file\n"),
        ("", 2, "invalid path ''\nhint: use the path of a new file\n"),
        ("-", 2, "invalid path '-'\nhint: use the path of a new file\n"),
        ("nowhere/new", 3, "cannot write nowhere/new: No such folder\nhint: check that its folder is writable"),
    ],
)
def test_path_that_cannot_be_used_is_refused_before_the_import(
    run: Run, folder: Path, data_file: Path, path: str, code: int, error: str
) -> None:
    (folder / "a.data").write_text(TIMEWARRIOR)
    done = run("import", "a.data", "--rejects", path)
    assert (done.exit_code, done.out) == (code, "")
    assert done.err.startswith(f"error: {error}")
    assert not data_file.exists()
    assert [path.name for path in folder.iterdir()] == ["a.data"]
