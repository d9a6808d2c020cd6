"""kill -9 at any moment: acknowledged changes are stored, and the next command works at once."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
from tests.conftest import wait_until
from tests.system.command import TASKTIMER, Program

from tasktimer.store.protocols import SCHEMA_VERSION

# A process that runs commands one after the other, so that it writes nearly all the time.
WRITER = """
import os, sys
from tasktimer.cli.app import run
while True:
    run(["track", "write"])
    run(["stop", "--all"])
"""

SCHEMAS = Path(__file__).parents[1] / "store" / "schemas"
TASKS = 10_000
KILLS = 40
BULK_KILLS = 20
# On PostgreSQL, where clients start slowly.
FEW, CLIENT_KILLS = 500, 2
OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'tasktimer'
"""


@pytest.fixture
def history(program: Program, data_file: Path) -> Path:
    """Create a file with 10,000 finished tasks."""
    program("track", "first", "--for", "1m")
    with closing(sqlite3.connect(data_file)) as connection:
        connection.executemany(
            "INSERT INTO tasks (user_id, description, start_time, end_time) VALUES (1, ?, ?, ?)",
            ((f"task {number}", number * 10**9, number * 10**9 + 10**8) for number in range(2, TASKS + 1)),
        )
        connection.commit()
    return data_file


def check(path: Path) -> dict[int, bool]:
    """Return whether each task has an end, and check the integrity of the file."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return dict(connection.execute("SELECT id, end_time IS NOT NULL FROM tasks"))


def test_kill_at_random_loses_no_acknowledged_change(program: Program, environ: dict[str, str], history: Path) -> None:
    dice = random.Random(1)
    acknowledged = dict.fromkeys(range(1, TASKS + 1), True)
    changes = hot = 0
    for _ in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", WRITER], env=environ, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(dice.uniform(0, 0.1))
            writer.kill()
            # A truncated line was not acknowledged.
            lines = [line for line in [first, *writer.stdout] if line.endswith("\n")]
        changes += len(lines)
        hot += history.with_name(f"{history.name}-journal").exists()
        for number in map(int, lines):
            acknowledged[number] = number in acknowledged  # printed first by track, then by stop
        done = program("track", "after")
        assert done.returncode == 0
        acknowledged[int(done.stdout)] = False
        stored = check(history)
        assert acknowledged.keys() <= stored.keys()
        assert all(stored[number] for number, ended in acknowledged.items() if ended)
        assert program("stop", "--all").returncode == 0
        acknowledged = dict.fromkeys(stored, True)
    assert len(acknowledged) > TASKS + 2 * KILLS
    assert hot > 0  # some were killed during a write
    print(
        f"killed {KILLS} times, {hot} of them in the middle of a change; of {changes} acknowledged changes none is lost"
    )


def test_kill_during_upgrade_leaves_old_or_new_version(
    program: Program, environ: dict[str, str], data_file: Path
) -> None:
    old = data_file.parent / "old.db"
    data_file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript((SCHEMAS / "sqlite-2.sql").read_text(encoding="utf-8"))
        connection.executemany(
            "INSERT INTO tasks (user_id, description, start_time, end_time) VALUES (1, ?, ?, ?)",
            ((f"Task {number}", number * 10**9, number * 10**9 + 10**8) for number in range(TASKS)),
        )
        connection.commit()
    dice = random.Random(1)
    shutil.copy(old, data_file)
    started = time.monotonic()
    assert program("times").returncode == 0
    whole = time.monotonic() - started
    versions = []
    for delay in (0, *(dice.uniform(0, 1.3 * whole) for _ in range(KILLS)), None):
        shutil.copy(old, data_file)
        with subprocess.Popen([TASKTIMER, "times"], env=environ, stderr=subprocess.DEVNULL) as upgrading:
            if delay is None:
                upgrading.wait()
            else:
                time.sleep(delay)
            upgrading.kill()
        with closing(sqlite3.connect(data_file)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            columns = {name for _, name, *_ in connection.execute("PRAGMA table_info(tasks)")}
            assert ("project" in columns) == (version == SCHEMA_VERSION)
            versions.append(version)
        assert program("times").returncode == 0
        with closing(sqlite3.connect(data_file)) as connection:
            query = "SELECT count(*), sum(folded = lower(description)) FROM tasks"
            assert connection.execute(query).fetchone() == (TASKS, TASKS)
    assert set(versions) == {2, SCHEMA_VERSION}
    print(f"killed {len(versions)} times while it upgraded a file, {versions.count(2)} of them before that was done")


@pytest.mark.parametrize("command", [["edit", "-p", "acme", "+x"], ["delete"]], ids=["edit", "delete"])
def test_kill_during_bulk_command_is_atomic(
    program: Program, environ: dict[str, str], history: Path, command: list[str]
) -> None:
    arguments = [*command, "--search", "task", "--yes"]
    before = history.with_name("before.db")
    shutil.copy(history, before)
    started = time.monotonic()
    assert len(program(*arguments).stdout.splitlines()) == TASKS - 1
    whole = time.monotonic() - started
    dice = random.Random(1)
    outcomes = []
    hot = 0
    for _ in range(BULK_KILLS):
        shutil.copy(before, history)
        with subprocess.Popen([TASKTIMER, *arguments], env=environ, stdout=subprocess.DEVNULL) as changing:
            time.sleep(dice.uniform(0, whole))
            changing.kill()
        hot += history.with_name(f"{history.name}-journal").exists()
        assert program("track", "after").returncode == 0
        outcomes.append(outcome(history))
        if outcomes[-1] == (True, 1):
            assert program("undo", "2").returncode == 0
            assert outcome(history) == (False, 1)
    # Either all tasks are changed and the history has one entry, or nothing is changed.
    assert set(outcomes) <= {(False, 0), (True, 1)}
    assert (False, 0) in outcomes
    assert hot > 0
    done = outcomes.count((True, 1))
    print(f"killed {BULK_KILLS} times during {command[0]} of many, {hot} while it wrote; done whole {done} times")


def outcome(path: Path) -> tuple[bool, int]:
    """Return whether all tasks changed (not only some), and the number of bulk commands in the history."""
    check(path)
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT count(*) FROM tasks WHERE description LIKE 'task %' AND project IS NULL AND tags IS NULL"
        ((same,),) = connection.execute(query)
        ((tagged,),) = connection.execute("SELECT count(*) FROM task_tags")
        bulk = "FROM commands LEFT JOIN changes ON command_id = id WHERE name IN ('edit', 'delete')"
        ((commands, states),) = connection.execute(f"SELECT count(DISTINCT id), count(DISTINCT task_id) {bulk}")
    assert same in (0, TASKS - 1)
    assert tagged in (0, TASKS - 1)
    assert states == commands * (TASKS - 1)
    return same == 0, commands


@pytest.mark.parametrize("command", [["edit", "-p", "acme", "+x"], ["delete"]], ids=["edit", "delete"])
def test_kill_during_bulk_command_on_postgres_is_atomic(
    program: Program, environ: dict[str, str], postgres_url: str, command: list[str]
) -> None:
    environ |= {"TASKTIMER_DATABASE": postgres_url, "TASKTIMER_USER": "1"}
    arguments = [*command, "--search", "task", "--yes"]
    program("track", "first", "--for", "1m")
    dice = random.Random(1)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO tasktimer.tasks (user_id, description, start_time, end_time) "
            f"SELECT 1, 'task ' || n, n * 1000000000, n * 1000000000 + 1 FROM generate_series(2, {FEW}::bigint) AS n"
        )

        def count(query: str) -> int:
            ((count,),) = connection.execute(query).fetchall()
            return int(count)

        outcomes = []
        for number in range(CLIENT_KILLS):
            with subprocess.Popen([TASKTIMER, *arguments], env=environ, stdout=subprocess.DEVNULL) as changing:
                wait_until(lambda: count(OTHERS + " AND backend_xid IS NOT NULL") > 0)  # it has started to write
                time.sleep(dice.uniform(0, 0.2) if number else 0)
                changing.kill()
            wait_until(lambda: count(OTHERS) == 0)  # the server has ended the session
            same = count("SELECT count(*) FROM tasktimer.tasks WHERE project IS NULL AND description LIKE 'task %'")
            tags = count("SELECT count(*) FROM tasktimer.task_tags")
            states = count("SELECT count(DISTINCT (command_id, task_id)) FROM tasktimer.changes WHERE task_id > 1")
            outcomes.append(same == 0)
            tagged = FEW - 1 if command[0] == "edit" else 0
            assert (same, tags, states) == ((0, tagged, FEW - 1) if outcomes[-1] else (FEW - 1, 0, 0))
            if outcomes[-1]:
                break
        assert not outcomes[0]
        assert outcomes[-1] or len(program(*arguments).stdout.splitlines()) == FEW - 1  # no lock remains
        assert program("undo").returncode == 0
        assert count("SELECT count(*) FROM tasktimer.tasks WHERE project IS NULL") == FEW
    print(f"killed {len(outcomes)} times while it wrote to PostgreSQL; done whole {outcomes.count(True)} times")


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("strace"), reason="strace is not installed")
# The most frequent call is split over several tests.
@pytest.mark.parametrize(
    ("call", "first", "step"),
    [
        *(("pwrite64", first, 4) for first in (1, 2, 3, 4)),
        *((call, 1, 1) for call in ("fdatasync,fsync", "unlink", "linkat,link")),
    ],
)
@pytest.mark.parametrize("exists", [True, False], ids=["file exists", "no file yet"])
def test_kill_at_each_write_call_loses_nothing(
    program: Program, environ: dict[str, str], data_file: Path, call: str, first: int, step: int, exists: bool
) -> None:
    """Kill the command at its first call, then at its second, and so on, until it completes."""

    def run_killed(number: int) -> subprocess.CompletedProcess[str]:
        inject = f"inject={call}:signal=KILL:when={number}"
        command = ["strace", "-f", "-o", os.devnull, "-e", f"trace={call}", "-e", inject, TASKTIMER, "track", "write"]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    before = data_file.parent.with_name("before")
    assert program("track", "before").stdout == "1\n"
    data_file.parent.rename(before)
    kills = 0
    for number in count(first, step):
        shutil.rmtree(data_file.parent, ignore_errors=True)
        if exists:
            shutil.copytree(before, data_file.parent)
        done = run_killed(number)
        killed = done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
        following = program("track", "after")
        assert following.returncode == 0, following.stderr
        stored = check(data_file)
        assert len(stored) - exists in (1, 2)
        assert set(map(int, done.stdout.split())) <= stored.keys()
        if not killed:
            assert (done.returncode, len(done.stdout.split())) == (0, 1), done.stderr
            break
        kills += 1
    assert kills > 0 or (call == "linkat,link" and exists)
    print(f"killed at {kills} calls of {call}, each of them" if step == 1 else f"killed at {kills} calls of {call}")
