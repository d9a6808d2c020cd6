"""Invalid files are reported and not changed."""

import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.store.test_sqlite import NINE, insert, read_all

from tasktimer.cli.hints import hint_for
from tasktimer.errors import TasktimerError, Unavailable
from tasktimer.store.sqlite.store import SqliteStore
from tasktimer.store.statements import task_queries, task_writes


def another_programs_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE tasks (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("INSERT INTO tasks (name) VALUES ('mine')")
        connection.commit()


def newer_file(path: Path) -> None:
    insert(SqliteStore(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def without_tables(path: Path) -> None:
    insert(SqliteStore(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP VIEW running; DROP VIEW timesheet; DROP TABLE tasks;")


def truncated_to(size: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with SqliteStore(path).write(create=True) as connection:
            for _ in range(200):  # so that the last page is not one of the schema
                task_writes.insert_task(connection, user_id=1, description="write", start_time=NINE, end_time=None)
        os.truncate(path, size if size >= 0 else path.stat().st_size + size)

    return make


def schema_of_no_text(path: Path) -> None:
    """SQLite quotes the schema in its message, which then cannot be decoded either."""
    insert(SqliteStore(path))
    path.write_bytes(path.read_bytes().replace(b"tasks_by_start", b"\x88" * 14, 1))


def version_zero(path: Path) -> None:
    insert(SqliteStore(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 0")


def garbage(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(20_000))


def garbage_after_the_header(path: Path) -> None:
    insert(SqliteStore(path))
    content = path.read_bytes()
    path.write_bytes(content[:100] + random.Random(1).randbytes(len(content) - 100))


def zeros_after_the_header(path: Path) -> None:
    insert(SqliteStore(path))
    content = path.read_bytes()
    path.write_bytes(content[:100] + bytes(len(content) - 100))


@pytest.mark.parametrize(
    ("make", "code", "word"),
    [
        (Path.touch, "store-damaged", "empty"),
        (truncated_to(0), "store-damaged", "empty"),
        (truncated_to(50), "store-damaged", "truncated"),
        (truncated_to(100), "store-damaged", "damaged"),
        (truncated_to(4096), "store-damaged", "damaged"),
        (truncated_to(10_000), "store-damaged", "damaged"),
        (truncated_to(-1), "store-damaged", "truncated"),
        (schema_of_no_text, "store-damaged", "schema cannot be read"),
        (version_zero, "store-damaged", "invalid schema version 0"),
        (garbage, "store-unrecognized", "damaged, or not a tasktimer file"),
        (garbage_after_the_header, "store-damaged", "damaged"),
        (zeros_after_the_header, "store-damaged", "damaged"),
        (another_programs_file, "store-unrecognized", "another program"),
        (newer_file, "store-too-new", "newer version of tasktimer"),
        (without_tables, "store-damaged", "no such table"),
    ],
)
def test_invalid_file_is_rejected_unchanged(tmp_path: Path, make: Callable[[Path], None], code: str, word: str) -> None:
    path = tmp_path / "tasks.db"
    make(path)
    before = path.read_bytes()
    store = SqliteStore(path)
    uses: tuple[Callable[[SqliteStore], int], ...] = (insert, read_all)
    for use in uses:
        with pytest.raises(Unavailable, match=word) as error:
            use(store)
        assert error.value.code == code
        assert str(path) in error.value.message
        assert hint_for(error.value)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["tasks.db"]


def test_random_damage_never_crashes(tmp_path: Path) -> None:
    """Overwrite random parts of a file; a command that fails does not change it."""
    path = tmp_path / "tasks.db"
    store = SqliteStore(path)
    with store.write(create=True) as connection:
        for _ in range(1000):
            task_writes.insert_task(connection, user_id=1, description="write", start_time=NINE, end_time=None)
    sound = path.read_bytes()
    dice = random.Random(7)
    uses: tuple[Callable[[SqliteStore], int], ...] = (read_all, insert)
    rejected = 0
    for _ in range(150):
        start = dice.randrange(len(sound))
        length = dice.randrange(1, 6000)
        noise = dice.randbytes(length) if dice.random() < 0.5 else bytes(length)
        damaged = (sound[:start] + noise + sound[start + len(noise) :])[: len(sound)]
        path.write_bytes(damaged)
        for use in uses:
            try:
                use(store)
            except TasktimerError as error:
                assert isinstance(error, Unavailable)
                assert path.read_bytes() == damaged
                rejected += 1
    assert rejected > 100


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (Path.mkdir, "is a folder"),
        (os.mkfifo, "not a regular file"),
        (lambda path: path.symlink_to("/dev/null"), "not a regular file"),
    ],
)
def test_path_that_is_not_a_file_fails(tmp_path: Path, make: Callable[[Path], None], word: str) -> None:
    path = tmp_path / "tasks.db"
    make(path)
    with pytest.raises(Unavailable, match=word):
        insert(SqliteStore(path))


def test_path_below_file_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="Not a directory"):
        insert(SqliteStore(tmp_path / "file" / "tasks.db"))


def test_old_sqlite_is_not_reported_as_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    insert(SqliteStore(tmp_path / "tasks.db"))
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(Unavailable, match="this Python has SQLite"):
        insert(SqliteStore(tmp_path / "tasks.db"))


def test_programming_error_is_not_reported_as_damage(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "tasks.db")
    insert(store)
    with pytest.raises(sqlite3.ProgrammingError), store.read() as connection:
        connection.execute("SELECT :x, :y", {"x": 1})


@pytest.mark.parametrize(
    "column",
    [
        "start_time = 'noon'",
        "start_time = 1.5",
        "start_time = 9e17",
        "end_time = x'00'",
        "end_time = start_time - 5",
        "end_time = 253402297200000000",  # the last day of the year 9999, which some zones cannot show
        "description = x'ff00'",
        "user_id = 'bob'",
    ],
)
def test_corrupted_record_is_reported_with_id(tmp_path: Path, column: str) -> None:
    store = SqliteStore(tmp_path / "tasks.db")
    insert(store)
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(f"UPDATE tasks SET {column}")
        connection.commit()
    with pytest.raises(Unavailable, match="record of task 1 is damaged"), store.read() as reader:
        task_queries.get_task(reader, 1)
