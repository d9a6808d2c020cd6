"""Fixtures of the tests of stores."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Prepare

from tasktimer import open_tracker
from tasktimer.store.factory import open_store


@pytest.fixture
def path(tmp_path: Path, prepare: Prepare) -> Path:
    path = tmp_path / "tasks.db"
    prepare("empty", path, open_store(path).upgrade)
    return path


@pytest.fixture
def url(postgres_url: str) -> str:
    """A database with three tasks."""
    with open_tracker(postgres_url, user=1) as tracker:
        for number in range(3):
            tracker.track(f"task {number}")
    return postgres_url


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module", params=["fresh", "analysed"])
def connection(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    """A file with a history: many short tasks of a few users, a few long ones, a few running ones."""
    path = tmp_path_factory.mktemp("plan") / "tasks.db"
    with open_store(path).write(create=True):
        pass
    connection = sqlite3.connect(path)
    hour = 3_600_000_000
    rows = [
        (number % 50 + 1, f"task {number}", number * hour, number * hour + (100 if number % 997 == 0 else 1) * hour)
        for number in range(20_000)
    ]
    connection.executemany("INSERT INTO tasks (user_id, description, start_time, end_time) VALUES (?, ?, ?, ?)", rows)
    connection.executemany(
        "INSERT INTO tasks (user_id, description, start_time) VALUES (?, ?, ?)", [row[:3] for row in rows[-5:]]
    )
    connection.commit()
    if request.param == "analysed":
        connection.execute("ANALYZE")
    yield connection
    connection.close()
