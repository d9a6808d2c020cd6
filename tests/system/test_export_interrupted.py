"""Exports that end too early: by Ctrl-C, by kill -9, on a full disk, or because nobody reads them."""

import json
import resource
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from tests.conftest import wait_until
from tests.system.command import TASKTIMER, Program
from tests.system.server import Serve

TASKS = 20_000


@pytest.fixture
def folder(program: Program, data_file: Path, tmp_path: Path) -> Path:
    """An empty folder, while the store has many tasks."""
    program("track", "first", "--at", "1970-01-01 09:00", "--for", "1m")
    with closing(sqlite3.connect(data_file)) as connection, connection:
        connection.executemany(
            "INSERT INTO tasks (user_id, description, start_time, end_time) VALUES (1, ?, ?, ?)",
            ((f"task {number}", number * 10**9, number * 10**9 + 10**8) for number in range(1, TASKS)),
        )
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


def is_being_written(folder: Path) -> bool:
    return any(path.stat().st_size for path in folder.glob(".tasktimer-*.new"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("before", [None, "old"])
def test_interrupted_export_leaves_no_partial_file(
    program: Program, environ: dict[str, str], folder: Path, number: signal.Signals, before: str | None
) -> None:
    complete = program("export", "--to", "jsonl").stdout
    path = folder / "tasks.jsonl"
    if before is not None:
        path.write_text(before)
    with subprocess.Popen(
        [TASKTIMER, "export", "-o", str(path), "--force"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        wait_until(lambda: command.poll() is not None or is_being_written(folder))
        command.send_signal(number)
        out, err = command.communicate()
    text = path.read_text() if path.exists() else None
    assert text in (before, complete)
    rest = {found.name for found in folder.iterdir()} - {path.name}
    if number == signal.SIGINT:
        assert rest == set()
        assert text == complete or (command.returncode, out, err) == (130, b"", b"")
    else:
        assert len(rest) <= 1
    print(f"{number.name} left {'the whole file' if text == complete else 'what was there'}")


def test_full_disk_leaves_what_was_there(program: Program, folder: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))  # fails like a write to a full disk

    path = folder / "tasks.jsonl"
    path.write_text("old")
    done = program("export", "-o", str(path), "--force", preexec_fn=limit)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"error: cannot write {path}: File too large\nhint: ")
    assert (path.read_text(), len(list(folder.iterdir()))) == ("old", 1)
    done = program("export", "--to", "jsonl", preexec_fn=limit)
    assert (done.returncode, done.stdout) == (3, "")  # the temporary file did not fit
    assert done.stderr.startswith("error: cannot write a temporary file: File too large\nhint: ")


def test_reader_that_stops_ends_the_export_silently(environ: dict[str, str], folder: Path) -> None:
    with subprocess.Popen(
        [TASKTIMER, "export", "--to", "csv"], env=environ, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        assert command.stdout.readline().startswith(b"id,")
        command.stdout.close()
        assert command.stderr.read() == b""
    assert command.returncode == 141
    assert list(folder.iterdir()) == []


def test_slow_reader_does_not_block_changes(program: Program, environ: dict[str, str], folder: Path) -> None:
    with subprocess.Popen(
        [TASKTIMER, "export", "--to", "jsonl"], env=environ, cwd=folder, stdout=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout is not None
        first = command.stdout.readline()
        assert program("track", "meanwhile").returncode == 0
        lines = [first, *command.stdout]
    assert command.returncode == 0
    exported = {json.loads(line)["description"] for line in lines}
    assert (len(exported), "meanwhile" in exported) == (TASKS, False)


def test_export_while_server_runs_is_that_of_server(program: Program, serve: Serve, folder: Path) -> None:
    token = program("token", "create", "--user", "1", "--admin").stdout.strip()
    database = folder.parent / "home.db"
    program("backup", str(database))
    with serve(on=str(database)) as server, server.client(token) as client:
        program("--database", str(database), "track", "meanwhile", "--for", "1m")
        served = client.get("/export?format=jsonl")
        done = program("--database", str(database), "export", "--to", "jsonl")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == served.text
        assert done.stdout.count("\n") == TASKS + 1
