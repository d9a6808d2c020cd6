"""Measure the bytes per task in a store that a server fills, including indexes.

    python benchmarks/size.py /tmp/new.db
    python benchmarks/size.py postgresql://USER@HOST/NEW

The store must be new. Each user tracks twenty tasks a day for ten days; every task is started, then stopped by a
separate statement, in chronological order, as over HTTP.
"""

import argparse
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import TypeVar

from tasktimer.config.settings import parse_database
from tasktimer.core.task import Actor, Task
from tasktimer.services.transaction import ChangeRecorder
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store
from tasktimer.store.statements import idempotency

DAYS = 10
TASKS_OF_A_DAY = 20
CHANGES_OF_A_TRANSACTION = 100
FIRST_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
KEYS = 40_000
# The tables that contain each kind of record; a task is also in the history.
_TABLES = {"tasks": ("tasks", "commands", "changes"), "answers": ("answers",)}

_WORDS = ["review", "write", "docs", "planning", "support", "call", "with", "the", "customer", "ticket", "release"]

_Change = tuple[
    datetime, int, str | None
]  # time, user, and description of the started task; None stops the running task
_Item = TypeVar("_Item")


def main() -> None:
    """Fill a store and print its size."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("database", type=parse_database)
    parser.add_argument("--tasks", type=int, default=200_000)
    options = parser.parse_args()
    users = options.tasks // (DAYS * TASKS_OF_A_DAY)
    count = users * DAYS * TASKS_OF_A_DAY
    with closing(open_store(options.database)) as store:
        assert store.version() is None, "the store is not new"
        store.upgrade()
        logged = _logged(store, options.database)
        characters = _fill(store, users)
        print(f"{count:,} tasks of {users:,} users; a description has {characters / count:.1f} characters")
        if logged:
            print(
                f"  tasks, in the write-ahead log: {(_logged(store, options.database) - logged) / count:.1f} bytes each"
            )
        size = _report("tasks", store, options.database, count)
        _store_responses(store)
        print(f"{KEYS:,} stored responses")
        _report("answers", store, options.database, KEYS, before=size)


def _fill(store: Store, users: int) -> int:
    """Start and stop tasks; return the total length of their descriptions."""
    running: dict[int, Task] = {}
    characters = 0
    random = Random(1)
    changes = chain.from_iterable(_changes(random, FIRST_DAY + timedelta(days=day), users) for day in range(DAYS))
    for batch in _batches(changes):
        with store.write() as connection:
            for instant, user, text in batch:
                name = "stop" if text is None else "track"
                recorder = ChangeRecorder(connection, Actor(user, user), name, now=instant)
                if text is None:
                    recorder.change(running.pop(user), end_time=instant)
                    recorder.record()
                    continue
                characters += len(text)
                running[user] = recorder.add(user_id=user, description=text, start_time=instant, end_time=None)
                recorder.record()
    return characters


def _changes(random: Random, day: datetime, users: int) -> Iterator[_Change]:
    """Return the changes of one day in chronological order."""
    changes: list[_Change] = []
    for user in range(1, users + 1):
        instant = day + timedelta(microseconds=random.randrange(3_600_000_000))
        for _ in range(TASKS_OF_A_DAY):
            changes.append((instant, user, " ".join(random.choices(_WORDS, k=random.randint(2, 8)))))
            instant += timedelta(microseconds=random.randrange(60_000_000, 2_400_000_000))
            changes.append((instant, user, None))
    return iter(sorted(changes, key=lambda change: (change[0], change[2] is not None)))


def _batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, CHANGES_OF_A_TRANSACTION)):
        yield batch


def _store_responses(store: Store) -> None:
    """Store responses like those of `track` and `stop` requests with a UUID as idempotency key."""
    random = Random(2)
    for batch in _batches(range(KEYS)):
        with store.write() as connection:
            for number in batch:
                digits = f"{random.getrandbits(128):032x}"
                text = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
                key = idempotency.IdempotencyKey(1, text)
                idempotency.claim_key(connection, key, f"{random.getrandbits(256):064x}", FIRST_DAY)
                idempotency.save_response(connection, key, 200, f'{{"id":{number + 1}}}')


def _logged(store: Store, database: Path | str) -> int:
    """Return the bytes that PostgreSQL has written to its write-ahead log, which replicas and archives receive."""
    if isinstance(database, Path):
        return 0
    with store.read() as connection:
        ((position,),) = connection.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')", {})
    return int(position)


def _report(name: str, store: Store, database: Path | str, count: int, *, before: int = 0) -> int:
    """Print the size of a group of records; return the size of a file, or 0 on PostgreSQL."""
    if isinstance(database, Path):
        size = database.stat().st_size - before
        print(f"  {name}, in the file: {size:,} bytes, {size / count:.1f} each")
        return size
    for table in _TABLES[name]:
        for state in ("as it is", "vacuumed", "rebuilt"):
            _tidy(database, table, state)
            with store.read() as connection:
                statement = (
                    f"SELECT pg_total_relation_size('tasktimer.{table}'), pg_table_size('tasktimer.{table}'),"
                    f" pg_indexes_size('tasktimer.{table}')"
                )
                ((whole, rows, indexes),) = connection.execute(statement, {})
            print(
                f"  {table}, {state}: {whole:,} bytes, {whole / count:.1f} each:"
                f" rows {rows / count:.1f}, indexes {indexes / count:.1f}"
            )
    return 0


def _tidy(url: str, table: str, state: str) -> None:
    import psycopg

    statement = {"vacuumed": "VACUUM", "rebuilt": "VACUUM FULL"}.get(state)
    if statement is None:
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"{statement} tasktimer.{table}")


if __name__ == "__main__":
    main()
