"""Ctrl-C at any moment of a command: it reports what it has stored."""

import os
import random
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from tests.conftest import wait_until
from tests.system.command import TASKTIMER, Program
from tests.system.locks import is_commit_waiting

POINTS = 40


def stored(path: Path) -> set[int]:
    with closing(sqlite3.connect(path)) as connection:
        return {number for (number,) in connection.execute("SELECT id FROM tasks")}


def test_interrupt_at_random_reports_every_stored_task(
    program: Program, environ: dict[str, str], data_file: Path
) -> None:
    dice = random.Random(1)
    started = time.monotonic()
    program("track", "first")
    whole = time.monotonic() - started
    count = late = 0
    for _ in range(POINTS):
        before = stored(data_file)
        with subprocess.Popen(
            [TASKTIMER, "track", "write"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as command:
            time.sleep(dice.uniform(0.2, 1.2) * whole)
            command.send_signal(signal.SIGINT)
            out, err = command.communicate()
        new = stored(data_file) - before
        assert len(new) <= 1
        for number in new:
            count += 1
            late += not out
            assert out == f"{number}\n" or f"task {number} was stored, but the output was lost: interrupted" in err
        if not new:
            assert command.returncode  # Python's own exit code if it was interrupted before our code ran
            assert out == ""
    print(
        f"interrupted at {POINTS} moments, {count} tasks were stored, {late} of them reported as stored on stderr only"
    )


def test_interrupt_ends_commit_that_waits_for_reader(
    program: Program, environ: dict[str, str], data_file: Path
) -> None:
    program("track", "first")
    with closing(sqlite3.connect(data_file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM tasks").fetchone()
        with subprocess.Popen(
            [TASKTIMER, "track", "write"], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as command:
            wait_until(lambda: is_commit_waiting(data_file))
            command.send_signal(signal.SIGINT)
            assert command.communicate() == ("", "")
        assert command.returncode == 130
    assert stored(data_file) == {1}


def test_interrupt_ends_output_that_waits_for_reader(
    program: Program, environ: dict[str, str], data_file: Path
) -> None:
    program("track", "first")
    source, sink = os.pipe()
    os.set_blocking(sink, False)
    with os.fdopen(source, "rb"), os.fdopen(sink, "wb", buffering=0) as pipe:
        while pipe.write(b"x"):
            pass
        os.set_blocking(sink, True)
        with subprocess.Popen(
            [TASKTIMER, "track", "write"], env=environ, stdout=sink, stderr=subprocess.PIPE, text=True
        ) as command:
            wait_until(lambda: stored(data_file) == {1, 2})
            command.send_signal(signal.SIGINT)
            _, err = command.communicate()
        assert command.returncode == 130
        assert err == (
            "error: task 2 was stored, but the output was lost: interrupted\n"
            "hint: to show past commands, run: tasktimer history\n"
        )
