"""Measure the time and peak memory of commands on many tasks.

    python benchmarks/bulk.py /tmp/new.db
    python benchmarks/bulk.py postgresql://USER@HOST/NEW --tasks 20000 --first 4

The store must be new. On PostgreSQL, the memory is that of the command alone, without the server.
"""

import argparse
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from home import Home
from measure import usage

from tasktimer.config.settings import parse_database
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store

_USERS = 7
_ROWS_AT_ONCE = 10_000
_TASK = """
INSERT INTO tasks (user_id, description, start_time, end_time, project, tags)
VALUES (:user_id, :description, :start_time, :end_time, 'acme/web', 'docs later')
"""
_TAG = "INSERT INTO task_tags (task_id, user_id, tag) SELECT id, user_id, '{}' FROM tasks"
_FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)

# Each command runs on the result of the previous one.
COMMANDS = (
    ("edit", "--where", "project:acme", "+client", "--yes"),
    ("undo",),
    ("redo",),
    ("delete", "--project", "acme", "--yes"),
    ("undo",),
    ("redo",),
    ("undo",),
    ("rename", "project", "acme", "corp"),
    ("rename", "tag", "docs", "writing"),
    ("edit", "--where", "project:corp", "+new", "--yes", "--json"),
    ("undo", "--json"),
    ("edit", "--where", "project:corp", "+new", "--dry-run", "--json"),
    ("history", "--json"),
    ("history", "--prune", "0d", "--yes"),
)


def main() -> None:
    """Fill a store and print the time and memory of each command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("database", type=parse_database)
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=len(COMMANDS), help="number of commands to run")
    options = parser.parse_args()
    with closing(open_store(options.database)) as store:
        assert store.version() is None, "the store is not new"
        store.upgrade()
        _fill(store, options.tasks)
    with TemporaryDirectory() as folder:
        home = Home.make(Path(folder) / "home")
        home.environment["TASKTIMER_USER"] = "1"
        for words in COMMANDS[: options.first]:
            start = perf_counter()
            # undo and redo act on the user's own commands
            user_option = [] if words[0] in ("undo", "redo") else ["--user", "all"]
            command = home.tasktimer("--database", str(options.database), *words, *user_option)
            memory, seconds = usage(command)
            took = f"{perf_counter() - start:7.1f} s, {seconds:7.1f} s of CPU time"
            print(f"{' '.join(words):<60} {took}; {memory:7.1f} MiB", flush=True)


def _fill(store: Store, count: int) -> None:
    rows = _rows(count)
    with store.write() as connection:
        while batch := list(islice(rows, _ROWS_AT_ONCE)):
            connection.executemany(_TASK, batch)
        for tag in ("docs", "later"):
            connection.execute(_TAG.format(tag), {})


def _rows(count: int) -> Iterator[dict[str, Any]]:
    step = timedelta(minutes=10)
    for number in range(count):
        start = int((_FIRST_DAY + number * step).timestamp()) * 1_000_000
        yield {
            "user_id": 1 + number % _USERS,
            "description": f"task {number % 1000}",
            "start_time": start,
            "end_time": start + 300_000_000,
        }


if __name__ == "__main__":
    main()
