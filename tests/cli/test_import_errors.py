"""Imports that fail: nothing is imported, and the error says what to do."""

import io
import shlex
import sqlite3
import sys
from pathlib import Path
from typing import IO, Any

import pytest
from tests.cli.import_files import TIMEWARRIOR
from tests.commits import connect_with, connection_with, error_of
from tests.conftest import Run, Stream

from tasktimer.cli.commands._rejected_rows import RejectedRows

FIRST, SECOND = TIMEWARRIOR.splitlines(keepends=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, with a file that can be imported, and others."""
    folder = tmp_path / "folder"
    (folder / "empty").mkdir(parents=True)
    (folder / "a.data").write_text(FIRST)
    (folder / "rows.data").write_text(TIMEWARRIOR)
    (folder / "cut.json").write_text('[{"start":"20230714T070000Z"},{"start"')
    (folder / "quote.json").write_text('[{"start":"20230714T070000Z"},{"start')
    (folder / "notes.txt").write_text("hello\n")
    (folder / "packed.gz").write_bytes(b"\x1f\x8b\x08\x00")
    (folder / "nothing").touch()
    (folder / "folder").mkdir()
    (folder / "folder/2023-07.data").write_text(FIRST)
    (folder / "folder/tags.data").write_text('{\n  "a \\"b\\"":{"count":1}\n}')
    (folder / "folder/undo.data").write_text("txn:\n  type: interval\n  before: \n  after: {}\n")
    (folder / "sheet.csv").write_text("\ufeffdate,start,end,hours,user,project,description,tags,note\r\n")
    (folder / "old.ics").write_text("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")
    (folder / "own.ics").write_text("BEGIN:VCALENDAR\r\nPRODID:-//tasktimer//tasktimer//EN\r\nEND:VCALENDAR\r\n")
    monkeypatch.chdir(folder)
    return folder


PLAIN_CSV = "export the tasks as plain CSV, and import that file"
NO_TASKS = "which contains no tasks"
CALENDAR = "it is a calendar, which can only be exported"
OMIT = "omit --from: the format of a.data is timewarrior"
DATA = "import the folder that contains it, or a data file such as 2024-03.data"
EMPTY = "use a file that contains tasks"
CHECK = "check that the file is complete; to read it in another format, use --from"
ERRORS = [
    ("missing.csv", "cannot read missing.csv: No such file or directory", "use a file that exists and can be read"),
    ("\x1b[31m", r"cannot read \x1b[31m: No such file or directory", "use a file that exists and can be read"),
    ("a.data/x", "cannot read a.data/x: Not a directory", "use a file that exists and can be read"),
    ("", "the path of a file to import is blank", "use the path of a file or folder"),
    ("notes.txt", "cannot import notes.txt: its format is not known", "use --from with its format, as in --from klog"),
    ("nothing", "cannot import nothing: it is empty", EMPTY),
    ("packed.gz", "cannot import packed.gz: it is compressed with gzip", "unpack or decrypt it first"),
    ("cut.json", "cannot import cut.json: interval 2 is not valid JSON: expecting ':' delimiter", CHECK),
    ("quote.json", "cannot import quote.json: interval 2 is not valid JSON: unterminated string", CHECK),
    ("empty", "cannot import empty: not a Timewarrior or Watson folder", "use a file in it"),
    (
        "empty --from timewarrior",
        "cannot import empty: it contains no data file, such as 2024-03.data",
        CHECK,
    ),
    ("empty --from toggl", "cannot import empty: it is a folder", "use a file in it"),
    ("a.data --from toggl", "cannot import a.data: the column 'Start date' is missing", OMIT),
    ("a.data --from=Watson", "cannot import a.data: it is not a JSON list", OMIT),
    ("notes.txt --from watson", "cannot import notes.txt: it is not a JSON list", CHECK),
    ("folder --from toggl", "cannot import folder: it is a folder", "omit --from: the format of folder is timewarrior"),
    ("sheet.csv", "cannot import sheet.csv: it was exported for spreadsheets, without UTC offsets", PLAIN_CSV),
    ("old.ics", f"cannot import old.ics: {CALENDAR}", "import a report in CSV of the program that wrote it"),
    ("own.ics", f"cannot import own.ics: {CALENDAR}", "export the tasks as JSON lines, and import that file"),
    (
        "folder/tags.data",
        "cannot import folder/tags.data: it is Timewarrior's list of tags, which contains no tasks",
        DATA,
    ),
    ("folder/undo.data", "cannot import folder/undo.data: it is Timewarrior's undo log, which contains no tasks", DATA),
    ("a.data --from timewarior", "unknown format 'timewarior'", "did you mean 'timewarrior'?"),
    ("a.data --encoding base64", "unknown encoding 'base64'", "use an encoding such as utf-8, latin-1 or cp1252"),
    (
        "a.data --encoding utf-16",
        "cannot import a.data: it is not UTF-16",
        "use --encoding with the encoding of the file, such as latin-1 or utf-16-le",
    ),
    ("a.data --tz Nowhere", "unknown time zone 'Nowhere'", "use a name such as Europe/Berlin or UTC"),
    ("a.data --user 0", "invalid user '0'", "use an integer from 1 to 9223372036854775807"),
    ("a.data --day-first --month-first", "--day-first and --month-first cannot be used together", "omit one of them"),
    ("a.data --rejects b rows.data", "--rejects saves the rows of one file only", "import the files one at a time"),
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("line", "message", "hint"), ERRORS, ids=[line or "blank" for line, *_ in ERRORS])
def test_mistake_imports_nothing_from_any_file(run: Run, line: str, message: str, hint: str) -> None:
    done = run("import", *line.split(" "), "a.data")
    assert (done.exit_code, done.out, done.err) == (2, "", f"error: {message}\nhint: {hint}\n")
    assert run("list", "all").out == ""


@pytest.mark.usefixtures("folder")
def test_standard_input_without_content(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stream(terminal=False))
    assert run("import", "-").err == f"error: cannot import standard input: it is empty\nhint: {EMPTY}\n"
    monkeypatch.setattr(sys, "stdin", None)
    done = run("import", "-")
    assert (done.exit_code, done.err) == (
        2,
        "error: cannot read standard input: it is closed\nhint: use a file instead\n",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("create", "name"),
    [
        ("_rejected_rows.TemporaryFile", "rows.data"),  # with a rejected row
        ("_import_sources.NamedTemporaryFile", "-"),
    ],
)
def test_temporary_file_on_full_disk(run: Run, monkeypatch: pytest.MonkeyPatch, create: str, name: str) -> None:
    def full_disk(mode: str = "w+b", **options: Any) -> IO[Any]:
        return Path("/dev/full").open(mode, **options)

    monkeypatch.setattr(f"tasktimer.cli.commands.{create}", full_disk)
    monkeypatch.setattr(sys, "stdin", Stream(io.BytesIO(FIRST.encode()), terminal=False))
    done = run("import", name)
    assert (done.exit_code, done.out, done.err) == (
        3,
        "",
        (
            "error: cannot write a temporary file: No space left on device\n"
            "hint: free some space, or set TMPDIR to another folder\n"
        ),
    )
    assert run("list", "all").out == ""


@pytest.mark.parametrize("change", [FIRST, ""], ids=["grows", "is cut"])
def test_file_that_changes_while_it_is_read_is_refused(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path = folder / "rows.data"
    original = RejectedRows.reject

    def reject(*arguments: Any) -> None:
        path.write_text(TIMEWARRIOR + change if change else "")
        original(*arguments)

    monkeypatch.setattr(RejectedRows, "reject", reject)
    done = run("import", "rows.data")
    assert (done.exit_code, done.out, done.err) == (
        2,
        "",
        (
            "error: cannot import rows.data: it changed while it was read\n"
            "hint: wait until no other program writes to it\n"
        ),
    )
    assert run("list", "all").out == ""


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("statement", ["INSERT INTO tasks", "INSERT INTO sources", "COMMIT"])
def test_interrupt_imports_nothing(run: Run, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    run("track", "before", "--for", "1m")

    def interrupt(executed: str) -> None:
        if statement in executed:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        connect_with(patch, connection_with(interrupt))
        done = run("import", "a.data")
    assert (done.exit_code, done.out, done.err) == (130, "", "")
    assert len(run("list", "all").out.splitlines()) == 1
    assert run("import", "a.data").out.endswith("\t1\t5400\t0\t0\t0\n")


@pytest.mark.usefixtures("folder")
def test_full_database_imports_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("track", "before", "--for", "1m")

    def fail(executed: str) -> None:
        if "INSERT INTO sources" in executed:
            raise error_of("database or disk is full", sqlite3.SQLITE_FULL)

    with monkeypatch.context() as patch:
        connect_with(patch, connection_with(fail))
        done = run("import", "a.data")
    assert (done.exit_code, done.out) == (3, "")
    assert "cannot grow: the disk is full (database or disk is full)\nhint: free some space; nothing" in done.err
    assert run("history").out.count("\n") == 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("missing", "variables", "found"),
    [
        ("~/.timewarrior", {}, "~/.local/share/timewarrior"),
        ("~/.timewarrior/", {}, "~/.local/share/timewarrior"),
        ("~/.local/share/timewarrior", {"TIMEWARRIORDB": "~/tw"}, "~/tw"),
        ("~/.timewarrior", {"XDG_DATA_HOME": "~/data"}, "~/data/timewarrior"),
        ("~/.config/watson", {}, "~/Library/Application Support/watson"),
        ("~/.config/watson", {"WATSON_DIR": "~/w"}, "~/w"),
        ("~/.timetrap", {}, None),
        ("~/.timewarrior", {"HOME": "~/other"}, None),
    ],
)
def test_missing_folder_of_a_time_tracker_is_found_elsewhere(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
    variables: dict[str, str],
    found: str | None,
) -> None:
    def expand(path: str) -> str:
        return path.replace("~", str(tmp_path))

    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    for name, value in {"HOME": "~", **variables}.items():
        monkeypatch.setenv(name, expand(value))
    if found is not None:
        Path(expand(found)).mkdir(parents=True)
    done = run("import", expand(missing))
    hint = "use a file that exists and can be read"
    if found is not None:
        hint = f"instead, run: {shlex.join(['tasktimer', 'import', expand(found)])}"
    assert (done.exit_code, done.err.splitlines()[1]) == (2, f"hint: {hint}")
