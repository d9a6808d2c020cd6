"""Python programs with threads on one file, beside commands and a server: no acknowledged change is lost or doubled."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.system.command import TASKTIMER, Program
from tests.system.server import Serve

PROGRAMS, THREADS, TASKS = 3, 3, 10

# Starts and stops tasks in threads, and prints their ids.
SCRIPT = """
import asyncio, os, sys, threading
from concurrent.futures import ThreadPoolExecutor
from tasktimer import open_tracker

path, way, threads, tasks = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
begun = threading.Event()

def track(tracker, name):
    for number in range(tasks):
        task = tracker.track(f"{name} {number}")
        tracker.running_tasks()
        tracker.stop(task.id)
        os.write(1, f"{task.id} {task.description}\\n".encode())
        begun.set()

def in_threads(name):
    shared = open_tracker(path, user=1)
    with ThreadPoolExecutor(threads) as pool:
        trackers = [shared if way == "shared" else open_tracker(path, user=1) for _ in range(threads)]
        names = [f"{name}.{number}" for number in range(threads)]
        list(pool.map(track, trackers, names))

async def to_thread(name):
    tracker = open_tracker(path, user=1)
    await asyncio.gather(*(asyncio.to_thread(track, tracker, f"{name}.{number}") for number in range(threads)))

name = sys.argv[5]
if way == "to_thread":
    asyncio.run(to_thread(name))
elif way == "fork":
    others = threading.Thread(target=in_threads, args=[name])
    others.start()
    begun.wait()
    children = []
    for number in range(3):  # each while the threads are working
        child = os.fork()
        if not child:
            begun = threading.Event()  # the old one may be locked by a thread that does not exist in the child
            track(open_tracker(path, user=1), f"{name} child {number}")
            os._exit(0)
        children.append(child)
    others.join()
    sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
else:
    in_threads(name)
"""

SHELL = """
for number in $(seq 1 "$2"); do
  id=$("$0" track "$1 $number") && "$0" stop "$id" > /dev/null && echo "$id $1 $number"
done
"""


@pytest.fixture
def start(environ: dict[str, str], data_file: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start a process with its output on a pipe."""
    environ = environ | {"TASKTIMER_DATABASE": str(data_file)}

    def start(*command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


def acknowledged(processes: list[subprocess.Popen[str]]) -> dict[int, str]:
    """Return the tasks that the processes report, by id, and check that there are no errors."""
    results = [process.communicate() for process in processes]
    assert {err for _, err in results} == {""}
    assert {process.returncode for process in processes} == {0}
    lines = [line.split(" ", 1) for out, _ in results for line in out.splitlines()]
    tasks = {int(number): description for number, description in lines}
    assert len(tasks) == len(lines)  # ids are unique
    return tasks


def stored(path: Path) -> dict[int, str]:
    """Return the ids of stopped tasks, and check the integrity of the file."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return dict(connection.execute("SELECT id, description FROM tasks WHERE end_time IS NOT NULL"))


@pytest.mark.parametrize("way", ["shared", "one each", "to_thread", "fork"])
def test_threads_of_processes_beside_commands_lose_nothing(
    start: Callable[..., subprocess.Popen[str]], data_file: Path, way: str
) -> None:
    programs = [
        start(sys.executable, "-c", SCRIPT, str(data_file), way, str(THREADS), str(TASKS), f"program {number}")
        for number in range(PROGRAMS)
    ]
    shells = [start("sh", "-c", SHELL, TASKTIMER, f"shell {number}", str(TASKS)) for number in range(2)]
    tasks = acknowledged(programs + shells)
    assert len(tasks) >= PROGRAMS * THREADS * TASKS + 2 * TASKS
    assert stored(data_file) == tasks
    print(
        f"{way}: {len(tasks)} tasks of {PROGRAMS} programs with {THREADS} threads and of 2 shells are there, once each"
    )


def test_threads_beside_server_lose_nothing(
    start: Callable[..., subprocess.Popen[str]], serve: Serve, program: Program, data_file: Path
) -> None:
    token = program("token", "create", "--user", "1").stdout.strip()
    with serve(on=str(data_file)) as server, server.client(token) as client:
        threads = start(sys.executable, "-c", SCRIPT, str(data_file), "one each", str(THREADS), str(TASKS), "program")
        shell = start("sh", "-c", SHELL, TASKTIMER, "shell", str(TASKS))
        served: dict[int, str] = {}
        while threads.poll() is None or len(served) < TASKS:
            description = f"server {len(served)}"
            number = (
                client.post("/track", json={"user_id": 1, "description": description}).raise_for_status().json()["id"]
            )
            client.post("/stop", json={"id": number}).raise_for_status()
            served[number] = description
        tasks = acknowledged([threads, shell])
        assert not tasks.keys() & served.keys()
    assert stored(data_file) == tasks | served
