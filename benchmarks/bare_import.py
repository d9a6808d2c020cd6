"""Parse a file and insert its tasks, with nothing else: `bare_import.py timewarrior|jsonl FILE DATABASE`.

The database has the tables and indexes of tasktimer. The parsers accept only what the benchmark writes.
"""

import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from tasktimer.store.factory import open_store

_ROWS_AT_ONCE = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LINE = re.compile(r'inc (\w+) - (\w+) # ([^"]*?)(?:"([^"]*)")?\n')
_INSERT_TASK = """
INSERT INTO tasks (id, user_id, description, start_time, end_time, project, tags) VALUES (?, 1, ?, ?, ?, ?, ?)
"""
_INSERT_TAG = "INSERT INTO task_tags (task_id, user_id, tag) VALUES (?, 1, ?)"

_Task = tuple[str, int, int, str | None, list[str]]


def main() -> None:
    """Import the file."""
    name, path, database = sys.argv[1:]
    open_store(Path(database)).upgrade()
    with Path(path).open(encoding="utf-8") as file, closing(_connect(database)) as connection:
        tasks = enumerate(_PARSERS[name](file), 1)
        connection.execute("BEGIN IMMEDIATE")
        while batch := list(islice(tasks, _ROWS_AT_ONCE)):
            connection.executemany(_INSERT_TASK, [(number, *task[:4], " ".join(task[4])) for number, task in batch])
            connection.executemany(_INSERT_TAG, [(number, tag) for number, task in batch for tag in task[4]])
        connection.execute("COMMIT")


def _connect(database: str) -> sqlite3.Connection:
    connection = sqlite3.connect(database, isolation_level=None)
    for setting in ("foreign_keys = ON", "synchronous = EXTRA"):  # as tasktimer does
        connection.execute(f"PRAGMA {setting}")
    return connection


def _parse_timewarrior(lines: Iterator[str]) -> Iterator[_Task]:
    for start, end, tags, description in _LINE.findall("".join(lines)):
        times = (_microseconds(datetime.fromisoformat(text)) for text in (start, end))
        yield (description, *times, None, tags.split())


def _parse_json_lines(lines: Iterator[str]) -> Iterator[_Task]:
    for record in map(json.loads, lines):
        start, end = (_microseconds(datetime.fromisoformat(record[key])) for key in ("start_time", "end_time"))
        yield record["description"], start, end, record["project"], record["tags"]


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


_PARSERS = {"timewarrior": _parse_timewarrior, "jsonl": _parse_json_lines}

if __name__ == "__main__":
    main()
