"""Imports that are killed, that meet others at work, or whose files cannot be used: all rows are imported, or none."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.conftest import Run, wait_until
from tests.postgres import wait_until_blocked
from tests.system.command import TASKTIMER, Program
from tests.system.confined import obey_modes
from tests.system.locks import is_commit_waiting
from tests.system.server import Serve, check_sound, stored

ROWS = 6_000  # more than an import reads at once
LINE = f"many.data\ttimewarrior\t{ROWS}\t{ROWS}\t{ROWS * 60}\t0\t0\t0\n"
AGAIN = f"many.data\ttimewarrior\t{ROWS}\t0\t0\t{ROWS}\t0\t0\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, with a file of many rows, each of a minute."""
    lines = [
        f"inc 202301{1 + number // 1440:02}T{number // 60 % 24:02}{number % 60:02}00Z"
        f" - 202301{1 + (number + 1) // 1440:02}T{(number + 1) // 60 % 24:02}{(number + 1) % 60:02}00Z # docs\n"
        for number in range(ROWS)
    ]
    (tmp_path / "many.data").write_text("".join(lines))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def count_tasks(path: Path) -> int:
    check_sound(str(path))
    with closing(sqlite3.connect(path)) as connection:
        ((tasks, rows, entries),) = connection.execute(
            "SELECT (SELECT count(*) FROM tasks), (SELECT count(*) FROM sources), (SELECT count(*) FROM commands)"
        )
    assert (rows, entries) == (tasks - 1, 1 + (tasks > 1))  # one task was tracked before
    return int(tasks)


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "kill",
    [
        "pwrite64:when=9",  # to the journal
        "fdatasync:when=1",  # of the journal
        "pwrite64:when=99",  # to the file
        "fdatasync:when=4",  # of the file
        "unlink:when=2",  # of the journal, which is the commit; the first is of a temporary file
    ],
)
def test_kill_at_any_stage_imports_nothing(run: Run, environ: dict[str, str], data_file: Path, kill: str) -> None:
    run("track", "before", "--for", "1m")
    call, _, when = kill.partition(":")
    inject = f"inject={call}:signal=KILL:{when}"
    command = ["strace", "-f", "-o", os.devnull, "-e", f"trace={call}", "-e", inject, TASKTIMER, "import", "many.data"]
    killed = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (killed.returncode, killed.stdout) in ((-signal.SIGKILL, ""), (128 + signal.SIGKILL, ""))
    assert len(run("list", "all").out.splitlines()) == 1
    assert count_tasks(data_file) == 1
    assert run("import", "many.data").out == LINE
    assert count_tasks(data_file) == 1 + ROWS


@pytest.mark.usefixtures("folder")
def test_kill_while_the_commit_waits_imports_nothing(run: Run, environ: dict[str, str], data_file: Path) -> None:
    run("track", "before", "--for", "1m")
    with closing(sqlite3.connect(data_file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM tasks").fetchone()
        with subprocess.Popen([TASKTIMER, "import", "many.data"], env=environ, stdout=subprocess.PIPE) as command:
            wait_until(lambda: is_commit_waiting(data_file))
            command.kill()
            assert command.communicate()[0] == b""
    assert run("import", "many.data").out == LINE
    assert count_tasks(data_file) == 1 + ROWS


@pytest.mark.usefixtures("folder")
def test_kill_of_client_of_postgres_imports_nothing(run: Run, environ: dict[str, str], postgres_url: str) -> None:
    arguments = ["--database", postgres_url, "import", "many.data", "--user", "1"]
    run("--database", postgres_url, "track", "before", "--for", "1m", "--user", "1")
    with psycopg.connect(postgres_url) as connection:
        connection.execute("LOCK TABLE tasktimer.task_tags IN ACCESS EXCLUSIVE MODE")  # written after the tasks
        with subprocess.Popen([TASKTIMER, *arguments], env=environ, stdout=subprocess.PIPE) as command:
            wait_until_blocked(postgres_url)
            command.kill()
            assert command.communicate()[0] == b""
    assert len(stored(postgres_url)) == 1
    assert run(*arguments).out == LINE  # no lock remains
    assert len(stored(postgres_url)) == 1 + ROWS


@pytest.mark.usefixtures("folder")
def test_two_imports_at_once_add_each_row_once(environ: dict[str, str], database: str) -> None:
    command = [TASKTIMER, "--database", database, "import", "many.data", "--user", "1"]
    both = [subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert sorted(each.communicate()[0] for each in both) == sorted([LINE, AGAIN])
    assert [each.returncode for each in both] == [0, 0]
    assert len(stored(database)) == ROWS
    check_sound(database)


@pytest.mark.usefixtures("folder")
def test_server_accepts_writes_during_an_import(
    serve: Serve, token: str, environ: dict[str, str], database: str
) -> None:
    command = [TASKTIMER, "--database", database, "import", "many.data", "--user", "42"]
    body = {"user_id": 42, "description": "served"}
    with (
        serve("--no-access-log", on=database) as server,
        server.client(token) as client,
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as importing,
    ):
        statuses = [client.post("/track", json=body).status_code]
        while importing.poll() is None:
            statuses.append(client.post("/track", json=body).status_code)
        assert importing.communicate()[0] == LINE
    assert set(statuses) == {200}
    assert len(stored(database)) == ROWS + len(statuses)
    check_sound(database)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("exists", [True, False], ids=["file exists", "no file yet"])
def test_limit_on_file_size_imports_nothing(program: Program, run: Run, data_file: Path, exists: bool) -> None:
    """A limit on file sizes acts like a disk that fills up during the import."""
    if exists:
        run("track", "before", "--for", "1m")
    limit = 400_000
    done = program("import", "many.data", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert (done.returncode, done.stdout) == (3, "")
    assert "nothing was changed" in done.stderr
    assert len(stored(str(data_file))) == exists
    assert run("import", "many.data").out == LINE


def test_modes_that_forbid_access(program: Program, run: Run, folder: Path, data_file: Path) -> None:
    run("track", "before", "--for", "1m")
    data_file.chmod(0o400)
    done = program("import", "many.data", preexec_fn=obey_modes)
    assert (done.returncode, done.stdout) == (3, "")
    assert "cannot be written" in done.stderr
    assert program("import", "many.data", "--dry-run", preexec_fn=obey_modes).stdout == LINE
    data_file.chmod(0o600)
    closed = folder / "closed"
    closed.mkdir(mode=0)
    done = program("import", "many.data", "--rejects", "closed/new", preexec_fn=obey_modes)
    assert (done.returncode, done.stderr.splitlines()[0]) == (3, "error: cannot write closed/new: Permission denied")
    (folder / "many.data").chmod(0)
    for name in ("many.data", "closed"):
        done = program("import", name, preexec_fn=obey_modes)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"error: cannot read {name}: Permission denied\n")
    closed.chmod(0o700)
    assert len(stored(str(data_file))) == 1
