"""Pipes, terminals, locales and signals."""

import contextlib
import os
import pty
import re
import resource
import signal
import sqlite3
import subprocess
import termios
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.conftest import PATIENCE
from tests.system.command import TASKTIMER, Program


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["track", "write"], ["times"], ["--help"], ["--version"], ["times", "--help"]])
def test_closed_pipe_ends_command_quietly(program: Program, arguments: list[str], unbuffered: str) -> None:
    program("track", "before")
    reader, writer = os.pipe()
    os.close(reader)
    unread = {"capture_output": False, "stdout": writer, "stderr": subprocess.PIPE}
    done = program(*arguments, env={"PYTHONUNBUFFERED": unbuffered}, **unread)
    os.close(writer)
    assert done.stderr == ""
    assert done.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (
            ["track", "write"],
            "task 2 was stored, but the output was lost: cannot write to standard output: No space left",
        ),
        (["stop", "--json"], "stopped 1, but the output was lost: cannot write to standard output: No space left"),
        (["times"], "error: cannot write to standard output: No space left"),
        (["times", "--format", "table"], "error: cannot write to standard output: No space left"),
        (["--version"], "error: cannot write to standard output: No space left"),
        (["--help"], "No space left"),
    ],
)
def test_unwritable_output_is_an_error(program: Program, arguments: list[str], word: str) -> None:
    program("track", "before")
    with Path("/dev/full").open("w") as full:
        done = program(*arguments, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 3


@pytest.mark.parametrize("arguments", [["--help"], [], ["track", "--help"], ["--version"], ["times"]])
def test_closed_stdout_is_an_error(program: Program, arguments: list[str]) -> None:
    done = program(*arguments, preexec_fn=lambda: os.close(1))
    assert (done.returncode, "it is closed" in done.stderr) == (3, True)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_truncated_output_is_an_error(program: Program, tmp_path: Path, unbuffered: str) -> None:
    for _ in range(5):
        program("track", "x" * 10_000)
    with (tmp_path / "out").open("w") as out:
        limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))}
        into = {"capture_output": False, "stdout": out, "stderr": subprocess.PIPE}
        done = program("times", env={"PYTHONUNBUFFERED": unbuffered}, **into, **limit)
    assert (tmp_path / "out").stat().st_size == 20_000
    assert (done.returncode, "cannot write to standard output: File too large" in done.stderr) == (3, True)


def test_closed_stdout_never_becomes_data_file(program: Program, data_file: Path) -> None:
    program("track", "before")
    done = program("track", "write", preexec_fn=lambda: os.close(1))
    assert (done.returncode, "it is closed" in done.stderr) == (3, True)
    with closing(sqlite3.connect(data_file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_closed_stderr_keeps_exit_code(program: Program) -> None:
    done = program("stop", preexec_fn=lambda: os.close(2))
    assert (done.returncode, done.stdout) == (1, "")


def on_terminal(environ: dict[str, str], *arguments: str, columns: int = 0) -> str:
    """Return standard output and error on a pseudo-terminal, whose width is not known by default."""
    main, other = pty.openpty()
    termios.tcsetwinsize(other, (24, columns))
    process = subprocess.Popen([TASKTIMER, *arguments], stdin=other, stdout=other, stderr=other, env=environ)
    os.close(other)
    seen = b""
    with contextlib.suppress(OSError):  # on Linux, reading from a terminal without other users is an error
        while part := os.read(main, 4096):
            seen += part
    process.wait()
    os.close(main)
    return seen.decode()


def test_terminal_gets_sentences_and_coloured_table(environ: dict[str, str]) -> None:
    colours = environ | {"TERM": "xterm-256color"}
    assert on_terminal(colours, "track", "write", "docs").startswith("Tracking 1: write docs, since ")
    table = on_terminal(colours, "times")
    assert "\x1b[38;5;28mrunning" in table
    assert "write docs" in table
    assert "\x1b[" not in on_terminal(environ | {"TERM": "xterm", "NO_COLOR": "1"}, "stop")
    assert on_terminal(colours, "stop").startswith("\x1b[38;5;160merror:\x1b[0m no task is running")


def test_sentences_are_wrapped_at_width_of_terminal(environ: dict[str, str]) -> None:
    words = ["answer", "the", "questions", "of", "the", "team"]
    track, status, track_again, show = (
        on_terminal(environ, *command, columns=40).replace("\r\n", "\n")
        for command in (["track", *words], ["status"], ["track", "call"], ["show", "1"])
    )
    assert re.sub("[0-9]+:[0-9:]+", "TIME", track) == "Tracking 1: answer the questions of the\nteam, since TIME\n"
    assert status.startswith("Tracking 1: answer the questions of the\nteam, since ")
    assert re.search(
        r"\nhint: to switch by default, set\nexclusive = true in\n\S+;\nto stop it now, run:\n  tasktimer stop 1\n",
        track_again,
    )
    assert "Description  answer the questions of the\n             team\n" in show
    assert "to stop them now, run: tasktimer stop 1 2" in on_terminal(environ, "track", "x").replace("\r\n", " ")


def test_messages_on_pipe_are_not_wrapped(program: Program) -> None:
    hint = "hint: to list today's tasks with their IDs, run: tasktimer times\n"
    assert program("show", "99", env={"COLUMNS": "40"}).stderr == f"error: there is no task 99\n{hint}"


LOCALES = [
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "C"},
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONIOENCODING": "ascii:strict"},
]


@pytest.mark.parametrize("locale", LOCALES)
def test_command_works_in_any_locale(program: Program, locale: dict[str, str]) -> None:
    program("track", "naïve 🦀")
    results = [
        program("track", "ascii", env=locale),
        program("track", "naïve", env=locale),
        program("times", "--format", "table", env=locale),
        program("times", env=locale),
        program("times", "--json", env=locale),
        program("times", "--date", "ä", env=locale),
        program("stop", env=locale),
        *(program(*words, "--help", env=locale) for words in ([], ["track"], ["stop"], ["times"])),
        program(env=locale),
    ]
    assert all("Traceback" not in result.stderr for result in results)
    assert [result.returncode for result in results[2:]] == [0, 0, 0, 2, 1, 0, 0, 0, 0, 0]
    assert results[0].returncode == 0
    assert results[1].returncode in (0, 2)  # stored, or rejected as undecodable
    assert "naïve 🦀" in results[3].stdout  # data is UTF-8 everywhere
    assert "naïve 🦀" in results[4].stdout


@pytest.mark.parametrize("place", ["description", "date", "database", "command"])
def test_undecodable_arguments_are_rejected(program: Program, tmp_path: Path, place: str) -> None:
    arguments: list[str | bytes] = {
        "description": ["track", b"caf\xe9"],
        "date": ["times", "--date", b"\xff"],
        "database": ["--database", bytes(tmp_path) + b"/\xff.db", "times", "--date", "x"],
        "command": [b"\xff"],
    }[place]  # type: ignore[assignment]
    done = program(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stdout == ""


def wait_until_open(process: subprocess.Popen[str], path: Path) -> None:
    """Wait until a process has opened a file, or without /proc for a fixed time."""
    folder = Path(f"/proc/{process.pid}/fd")
    deadline = time.monotonic() + (30 if folder.exists() else 3)
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):  # a descriptor closed meanwhile
            if any(link.readlink() == path for link in folder.iterdir()):
                time.sleep(0.2)  # tasktimer reads the header before SQLite opens the file
                return
        time.sleep(0.01)


def test_ctrl_c_while_waiting_changes_nothing(program: Program, environ: dict[str, str], data_file: Path) -> None:
    program("track", "before")
    with closing(sqlite3.connect(data_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        process = subprocess.Popen(
            [TASKTIMER, "track", "write"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        wait_until_open(process, data_file)
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        out, err = process.communicate(timeout=PATIENCE)
        assert time.monotonic() - started < 10
    assert (process.returncode, out, err) == (130, "", "")
    assert program("times").stdout.count("\n") == 1


def test_full_nonblocking_pipe_is_an_error(program: Program) -> None:
    for _ in range(8):
        program("track", "x" * 10_000)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    for unbuffered in ("", "1"):
        unread = {"capture_output": False, "stdout": writer, "stderr": subprocess.PIPE}
        done = program("times", env={"PYTHONUNBUFFERED": unbuffered}, **unread)
        assert (done.returncode, "cannot write to standard output" in done.stderr) == (3, True)
    os.close(reader)
    os.close(writer)
