"""A command on PostgreSQL waits for the server as rarely as it can."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from psycopg.pq import Trace
from tests.conftest import Run

# The first round trip starts the transaction, and the last one ends it. Some commands then look for overlapping tasks.
ROUND_TRIPS = {
    "track call": 4,
    "stop": 6,
    "switch call": 9,
    "cancel": 6,
    "resume 1": 7,
    "status": 4,
    "edit 2 --note long": 4,
    "split 1 --at 9:30": 8,
    "join 1 2": 4,
    "move 2 10:30": 10,
    "delete 1 2": 4,
    "undo": 8,
    "redo": 8,
    "history": 4,
    "times": 3,
    "list": 3,
    "report": 3,
    "projects": 3,
    "rename project acme office": 7,
}


@pytest.fixture
def day(run: Run, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day of work, with a task that is running, and a command that was undone."""
    monkeypatch.setenv("TASKTIMER_DATABASE", postgres_url)
    monkeypatch.setenv("TASKTIMER_USER", "1")
    run("track", "write docs", "+docs", "--project", "acme", "--at", "9:00", "--for", "1h")
    run("track", "write docs", "+docs", "--project", "acme", "--at", "10:00", "--for", "30m")
    run("track", "support", "--at", "11:00")
    run("edit", "2", "--note", "short")
    run("undo")


@contextmanager
def traced(path: Path) -> Iterator[None]:
    """Write the messages of all new connections to a file, as libpq reports them."""

    def trace(connection: Any, _record: object) -> None:
        connection.pgconn.trace(file.fileno())
        connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)

    with path.open("w") as file:
        sqlalchemy.event.listen(sqlalchemy.pool.Pool, "connect", trace)
        try:
            yield
        finally:
            sqlalchemy.event.remove(sqlalchemy.pool.Pool, "connect", trace)


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize("command", ROUND_TRIPS)
def test_round_trips(run: Run, tmp_path: Path, command: str) -> None:
    assert count_round_trips(run, tmp_path, command) == ROUND_TRIPS[command]


@pytest.mark.usefixtures("day")
def test_round_trips_of_long_history(run: Run, tmp_path: Path) -> None:
    for number in range(16):
        run("edit", "1", "--note", f"{number}")
    assert count_round_trips(run, tmp_path, "history --format table") == ROUND_TRIPS["history"]


def count_round_trips(run: Run, folder: Path, command: str) -> int:
    with traced(folder / "trace"):
        done = run(*command.split())
    assert done.exit_code == 0, done.err
    return sum("ReadyForQuery" in message for message in (folder / "trace").read_text().splitlines())
