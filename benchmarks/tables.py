"""Tables: drawing many rows, compared with drawing one and with the formats for programs."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from home import Home
from measure import Command, medians, run
from report import Table, milliseconds, ratio

_INSERT = "INSERT INTO tasks (user_id, description, start_time, end_time, project, tags) VALUES (1, ?, ?, ?, ?, ?)"
_APART = timedelta(hours=3)
_NOTE = (
    "`list all --format table` of tasks of one user, compared with a table of one task or with another format of the "
    "same tasks. Every second task has a project, every fifth two tags. Output goes to a pipe, 80 columns wide."
)
_COLUMNS = ("table", "tasktimer", "compared with", "its time", "ratio", "target")


def measure_tables(folder: Path, runs: int) -> Table:
    """Compare tables with a table of one task, with TSV and with JSON."""
    one, few, year, many = (_home(folder / f"tables {count}", count) for count in (1, 240, 2_900, 20_000))
    pairs = {
        ("240 tasks", "1 task", "at most 1.30"): (_list(few), _list(one)),
        ("2,900 tasks", "TSV", "at most 3.00"): (_list(year), _list(year, "tsv")),
        ("20,000 tasks", "JSON", "at most 3.00"): (_list(many), _list(many, "json")),
    }
    rows = []
    for (label, other_label, target), commands in pairs.items():
        seconds, others = medians(*commands, runs=runs)
        rows.append([label, milliseconds(seconds), other_label, milliseconds(others), ratio(seconds, others), target])
    return Table("Tables", _NOTE, _COLUMNS, rows)


def _list(home: Home, form: str = "table") -> Command:
    return home.tasktimer("list", "all", "--format", form)


def _home(folder: Path, count: int) -> Home:
    """Create a home with tasks that end before now."""
    home = Home.make(folder)
    run(home.tasktimer("track", "the last", "--for", "1m"))
    with closing(sqlite3.connect(home.file)) as connection, connection:
        connection.executemany(_INSERT, _tasks(count - 1))
    return home


def _tasks(count: int) -> Iterator[tuple[str, int, int, str | None, str | None]]:
    first = datetime.now(UTC) - (count + 1) * _APART
    for number in range(count):
        start = int((first + number * _APART).timestamp())
        project = f"client {number % 50}/part" if number % 2 else None
        tags = None if number % 5 else f"docs tag{number % 40}"
        yield f"task {number % 1000}", start * 1_000_000, (start + 5400) * 1_000_000, project, tags
