"""Generate histories for servers: ten tasks per user and day, up to yesterday."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

TASKS_OF_A_DAY = 10

_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Row = tuple[int, str, datetime, datetime | None]


def last_day() -> datetime:
    """Return the start of yesterday in UTC, the day that the benchmarks query."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - _DAY


def rows(count: int, *, users: int, running: int = 0) -> Iterator[Row]:
    """Yield finished tasks backwards from yesterday, then `running` unfinished tasks of another user."""
    day = last_day()
    for number in range(count):
        slot, user = divmod(number, users)
        days, task = divmod(slot, TASKS_OF_A_DAY)
        start = day - days * _DAY + timedelta(hours=8, minutes=45 * task)
        yield 1 + user, f"task {number % 1000}", start, start + timedelta(minutes=40)
    for number in range(running):
        yield users + 1, f"task {number}", day + timedelta(hours=20), None


def load_file(path: Path, tasks: Iterator[Row]) -> None:
    """Fill an existing tasktimer file."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO tasks (user_id, description, start_time, end_time) VALUES (?, ?, ?, ?)",
            ((user, text, _microseconds(start), end and _microseconds(end)) for user, text, start, end in tasks),
        )


def load_tutorial(path: Path, tasks: Iterator[Row]) -> None:
    """Fill the database file of the tutorial's application; create the file if it is missing."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS tasks (id INTEGER PRIMARY KEY, user_id INTEGER, description VARCHAR, "
            "start_time DATETIME, end_time DATETIME)"
        )
        connection.executemany(
            "INSERT INTO tasks (user_id, description, start_time, end_time) VALUES (?, ?, ?, ?)",
            ((user, text, _naive(start), end and _naive(end)) for user, text, start, end in tasks),
        )


def load_tutorial_postgres(url: str, tasks: Iterator[Row]) -> None:
    """Fill the table of the tutorial's application in a PostgreSQL database; create the table if it is missing."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS tasks (id SERIAL PRIMARY KEY, user_id INTEGER, description VARCHAR, "
            "start_time TIMESTAMP, end_time TIMESTAMP)"
        )
        into = "COPY tasks (user_id, description, start_time, end_time) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for user, text, start, end in tasks:
                copy.write_row((user, text, start.replace(tzinfo=None), end and end.replace(tzinfo=None)))
        connection.execute("ANALYZE tasks")


def load_postgres(url: str, tasks: Iterator[Row]) -> None:
    """Fill tasktimer's tables in a PostgreSQL database."""
    import psycopg

    with psycopg.connect(url) as connection:
        into = "COPY tasktimer.tasks (user_id, description, start_time, end_time) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for user, text, start, end in tasks:
                copy.write_row((user, text, _microseconds(start), end and _microseconds(end)))
        connection.execute("ANALYZE tasktimer.tasks")


def _microseconds(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _naive(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}.000000"  # as SQLAlchemy writes a DateTime
