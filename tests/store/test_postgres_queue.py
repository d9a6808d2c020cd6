"""Statements that return no rows are sent with the next one: nothing is lost, reordered, or left open by an error."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from tests.store.test_postgres import insert

from tasktimer.errors import Unavailable
from tasktimer.store.postgres.engine import PostgresConnection
from tasktimer.store.postgres.store import PostgresStore

INSERT = "INSERT INTO tasktimer.tasks (user_id, description, start_time) VALUES (1, :text, 0)"
# Ends before it begins.
INVALID = "INSERT INTO tasktimer.tasks (user_id, description, start_time, end_time) VALUES (1, :text, 0, -1)"
SELECT = "SELECT description FROM tasks WHERE id > 1 ORDER BY id"


@pytest.fixture
def store(postgres_url: str) -> Iterator[PostgresStore]:
    """A store with one connection and one task."""
    with closing(PostgresStore(postgres_url, pool_size=1)) as store:
        insert(store)
        yield store


def descriptions(store: PostgresStore) -> list[str]:
    with store.read() as connection:
        return [text for (text,) in connection.execute(SELECT, {})]


@pytest.mark.parametrize("number", [1, 2, 999, 3_500])
def test_rows_are_stored_in_order(store: PostgresStore, number: int) -> None:
    with store.write() as connection:
        for word in ("first", "second"):
            connection.executemany(INSERT, [{"text": f"{word} {place}"} for place in range(number)])
        connection.executemany("UPDATE tasks SET description = description || '!' WHERE id = 2", [{}])
    expected = [f"{word} {place}" for word in ("first", "second") for place in range(number)]
    assert descriptions(store) == [f"{expected[0]}!", *expected[1:]]


def test_next_statement_returns_what_was_written_before(store: PostgresStore) -> None:
    with store.write() as connection:
        connection.executemany(INSERT, [{"text": "one"}])
        assert list(connection.execute(SELECT, {})) == [("one",)]
        connection.executemany(INSERT, [{"text": "two"}, {"text": "three"}])
        streamed = iter(connection.stream(SELECT, {}))
        connection.executemany("DELETE FROM tasks WHERE id > :id", [{"id": 1}])
        assert list(connection.execute(SELECT, {})) == []
        assert list(streamed) == [("one",), ("two",), ("three",)]  # as of the start of the stream
    assert descriptions(store) == []


@pytest.mark.parametrize("number", [0, 1, 999, 1_000, 1_001, 2_500])
def test_streams_return_all_rows_side_by_side(store: PostgresStore, number: int) -> None:
    with store.read() as connection:
        assert isinstance(connection, PostgresConnection)
        statement = "SELECT number FROM generate_series(1, CAST(:last AS BIGINT)) AS number"
        streams = [connection.stream(statement, {"last": number}) for _ in range(2)]
        assert list(zip(*streams, strict=True)) == [((place,), (place,)) for place in range(1, number + 1)]


@pytest.mark.parametrize("rows", [1, 2, 1_500])
@pytest.mark.parametrize("statement", [SELECT, None])
def test_error_rolls_everything_back(
    store: PostgresStore, statement: str | None, rows: int, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unavailable, match="violates check constraint"), store.write() as connection:
        connection.executemany(INSERT, [{"text": "before"}])
        connection.executemany(INVALID, [{"text": "invalid"}] * rows)
        if statement:
            connection.execute(statement, {})
    assert descriptions(store) == []
    assert insert(store) > 1
    assert descriptions(store) == ["write"]
    assert caplog.messages == []


def test_full_queue_is_sent(store: PostgresStore) -> None:
    queued = []
    with pytest.raises(Unavailable, match="violates check constraint"), store.write() as connection:
        for number in (1_000, 1):
            connection.executemany(INVALID, [{"text": "invalid"}] * number)
            queued.append(number)
    assert queued == [1_000]
    assert descriptions(store) == []


def test_transaction_whose_last_statement_returns_rows_is_committed(store: PostgresStore) -> None:
    with store.write() as connection:
        connection.executemany(INSERT, [{"text": "one"}])
        assert list(connection.execute(SELECT, {})) == [("one",)]
    assert descriptions(store) == ["one"]


def test_statement_that_cannot_be_sent_rolls_everything_back(store: PostgresStore) -> None:
    with pytest.raises(UnicodeEncodeError), store.write() as connection:
        connection.executemany(INSERT, [{"text": "before"}])
        connection.executemany(INSERT, [{"text": "\ud800"}])
    assert insert(store) > 1
    assert descriptions(store) == ["write"]


def test_commit_whose_answer_does_not_fit_into_memory_is_uncertain(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    with pytest.raises(Unavailable) as raised, monkeypatch.context() as patch, store.write() as connection:
        connection.executemany(INSERT, [{"text": "one"}])
        assert list(connection.execute(SELECT, {})) == [("one",)]
        connection.executemany(INSERT, [{"text": "two"}])
        patch.setattr(psycopg.Cursor, "_set_results", fail)
    assert raised.value.code == "commit-uncertain"
    assert insert(store) > 1
    assert descriptions(store) in (["one", "two", "write"], ["write"])


def test_queue_works_without_pipelines(store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise psycopg.NotSupportedError

    monkeypatch.setattr(psycopg.Pipeline, "is_supported", lambda: False)
    monkeypatch.setattr(psycopg.Connection, "pipeline", fail)
    with store.write() as connection:
        connection.executemany(INSERT, [{"text": "one"}, {"text": "two"}])
        assert list(connection.execute(SELECT, {})) == [("one",), ("two",)]
        connection.executemany(INSERT, [{"text": "three"}])
    assert descriptions(store) == ["one", "two", "three"]


def test_stream_that_has_ended_is_closed(store: PostgresStore) -> None:
    with store.write() as connection:
        assert list(connection.stream(SELECT, {})) == []
        connection.execute("ALTER TABLE tasks ALTER COLUMN note DROP DEFAULT", {})


def test_exception_discards_statements_that_were_not_sent(store: PostgresStore) -> None:
    def write(number_of_rows: int) -> None:
        with store.write() as connection:
            connection.executemany(INSERT, [{"text": "discarded"}] * number_of_rows)
            raise KeyError

    for number_of_rows in (1, 2_000):
        with pytest.raises(KeyError):
            write(number_of_rows)
        assert descriptions(store) == []


def test_transaction_without_statements_changes_nothing(store: PostgresStore) -> None:
    engine: Any = store._engine
    for _ in range(2):
        with engine.begin():
            pass
        with engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    assert insert(store) == 2
