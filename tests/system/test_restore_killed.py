"""kill -9 of writers, servers and restores: the file has the old or the restored content, and is never empty."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.conftest import wait_until
from tests.system.command import TASKTIMER, Program
from tests.system.locks import is_commit_waiting
from tests.system.server import Serve

KILLS = 20
TASKS = 20_000

# Writes so much that most kills hit a change.
WRITER = """
from itertools import count
from tasktimer import open_tracker
tracker = open_tracker(user=1)
for number in count():
    tracker.edit_all(all_tasks=True, note=str(number))
    print("changed", flush=True)
"""


def insert(path: Path, count: int) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO tasks (user_id, description, start_time, end_time) VALUES (1, ?, ?, ?)",
            ((f"task {number}", number * 10**9, number * 10**9 + 10**8) for number in range(count)),
        )


def stored(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {text for (text,) in connection.execute("SELECT description FROM tasks")}


@pytest.fixture
def copy(program: Program, tmp_path: Path) -> Path:
    """Create a backup with one task."""
    program("track", "old", "--for", "1m")
    copy = tmp_path / "copy.db"
    assert program("backup", str(copy)).returncode == 0
    return copy


def test_restore_after_killed_writer(program: Program, environ: dict[str, str], data_file: Path, copy: Path) -> None:
    insert(data_file, 500)
    dice = random.Random(1)
    journal = data_file.with_name(f"{data_file.name}-journal")
    hot = 0
    for _ in range(KILLS // 2):
        with subprocess.Popen([sys.executable, "-c", WRITER], env=environ, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            while not journal.exists():
                assert writer.poll() is None
            time.sleep(dice.uniform(0, 0.01))
            writer.kill()
        hot += journal.exists()
        done = program("restore", str(copy), "--yes")
        assert (done.returncode, done.stderr) == (0, "")
        assert stored(data_file) == {"old"}
        kept = Path(done.stdout.strip())
        assert len(stored(kept)) == 501
        kept.replace(data_file)
    print(f"killed {KILLS // 2} writers, {hot} of them in the middle of a change; each file was restored")


def test_kill_of_restore_leaves_old_or_new_content(
    program: Program, environ: dict[str, str], data_file: Path, copy: Path
) -> None:
    insert(data_file, TASKS)
    before = stored(data_file)
    large = copy.with_name("large.db")
    assert program("backup", str(large)).returncode == 0
    started = time.monotonic()
    assert program("restore", str(large), "--yes").returncode == 0
    whole = time.monotonic() - started
    dice = random.Random(1)
    outcomes = []
    for number in range(KILLS):
        source, other = (copy, large) if number % 2 else (large, copy)
        assert program("restore", str(other), "--yes").returncode == 0
        with subprocess.Popen(
            [TASKTIMER, "restore", str(source), "--yes"], env=environ, stdout=subprocess.DEVNULL
        ) as restore:
            time.sleep(dice.uniform(0.1, 1.1) * whole)
            restore.kill()
        assert program("track", f"after {number}", "--for", "1m").returncode == 0
        found = stored(data_file) - {f"after {number}"}
        assert found in ({"old"}, before)
        outcomes.append(found == ({"old"} if number % 2 else before))
    print(f"killed {KILLS} restores: {outcomes.count(True)} gave the new content, {outcomes.count(False)} left the old")


def test_restore_after_killed_server(program: Program, serve: Serve, data_file: Path, copy: Path) -> None:
    token = program("token", "create", "--user", "1").stdout.strip()
    with serve(on=str(data_file)) as server:
        assert program("restore", str(copy), "--yes").returncode == 3
        with server.client(token) as client:
            client.post("/track", json={"user_id": 1, "description": "served"}).raise_for_status()
        server.kill()
    assert data_file.with_name(f"{data_file.name}-serving").exists()
    assert data_file.with_name(f"{data_file.name}-wal").exists()
    done = program("restore", str(copy), "--yes")
    assert done.returncode == 0
    assert stored(data_file) == {"old"}
    kept = Path(done.stdout.strip())
    assert stored(kept) == {"old", "served"}
    assert {path.name for path in data_file.parent.iterdir()} == {data_file.name, kept.name}


def test_command_waiting_for_restore_uses_restored_content(
    program: Program, environ: dict[str, str], data_file: Path, copy: Path
) -> None:
    program("track", "new", "--for", "1m")
    with closing(sqlite3.connect(data_file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM tasks").fetchone()
        with subprocess.Popen(
            [TASKTIMER, "restore", str(copy), "--yes"], env=environ, stdout=subprocess.PIPE
        ) as restore:
            wait_until(lambda: is_commit_waiting(data_file))
            with subprocess.Popen([TASKTIMER, "track", "waited"], env=environ, stdout=subprocess.PIPE) as command:
                reader.execute("ROLLBACK")
                assert restore.wait() == 0
                assert command.wait() == 0
    assert stored(data_file) == {"old", "waited"}
