"""A command on PostgreSQL waits for the server as rarely as it can."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from psycopg.pq import Trace

from tasktimer.core.task import Actor
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.services import queries, start, stop
from tasktimer.services.start import NewTask
from tasktimer.store.postgres.store import PostgresStore

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
MINE = Actor(1, 1)

Command = Callable[[PostgresStore], object]


@contextmanager
def traced(path: Path) -> Iterator[None]:
    """Write the messages of all new connections to a file, as libpq reports them."""

    def trace(connection: Any, _record: object) -> None:
        connection.pgconn.trace(file.fileno())
        connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)

    with path.open("w") as file:
        sqlalchemy.event.listen(sqlalchemy.pool.Pool, "connect", trace)
        yield
        sqlalchemy.event.remove(sqlalchemy.pool.Pool, "connect", trace)


# Each begins, sets the parameters of its transaction, and commits.
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (lambda store: start.start(store, MINE, NewTask("write docs"), now=NOW), 3 + 4),
        (lambda store: stop.stop(store, MINE, [1], now=NOW), 3 + 5),
        (lambda store: queries.list_tasks(store, MINE, NO_FILTER, now=NOW), 3 + 1),
    ],
    ids=["track", "stop", "list"],
)
def test_round_trips(postgres_url: str, tmp_path: Path, command: Command, expected: int) -> None:
    with closing(PostgresStore(postgres_url)) as store:
        start.start(store, MINE, NewTask("running"), now=NOW)
    with traced(tmp_path / "trace"), closing(PostgresStore(postgres_url)) as store:
        command(store)
    messages = (tmp_path / "trace").read_text().splitlines()
    assert sum("ReadyForQuery" in message for message in messages) == expected
