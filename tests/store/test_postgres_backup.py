"""Backups of a PostgreSQL database: a snapshot while others write, complete and restorable."""

import subprocess
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from tests.conftest import NOW
from tests.hostile import DESCRIPTIONS_KEPT
from tests.store.test_migrations import old_database

from tasktimer import open_tracker
from tasktimer.store.postgres.backup import back_up

HOUR = timedelta(hours=1)
# Tasks that are not as the journal says they became, and the other way round.
DISAGREEING = """
SELECT count(*) FROM tasktimer.tasks AS t FULL JOIN (
  SELECT DISTINCT ON (task_id) * FROM tasktimer.changes ORDER BY task_id, command_id DESC, is_after DESC
) AS c ON c.task_id = t.id
WHERE (t.user_id, t.description, t.start_time, t.end_time)
  IS DISTINCT FROM (c.user_id, c.description, c.start_time, c.end_time)
"""
PARTITIONED = """
SET search_path = tasktimer;
ALTER TABLE tasks RENAME TO old;
ALTER TABLE old RENAME CONSTRAINT tasks_pkey TO old_pkey;
CREATE TABLE tasks (LIKE old) PARTITION BY HASH (user_id);
CREATE TABLE tasks_0 PARTITION OF tasks FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE "tasks 1" PARTITION OF tasks FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO tasks SELECT * FROM old;
"""


@pytest.fixture(autouse=True)
def programs(postgres_programs: Path) -> Path:
    return postgres_programs


def restore(copy: Path, url: str, *flags: str) -> None:
    subprocess.run(
        ["pg_restore", "--no-owner", "--single-transaction", *flags, f"--dbname={url}", str(copy)], check=True
    )


def track(url: str, user: int) -> None:
    with open_tracker(url, user=user) as tracker:
        tracker.track("write")


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute(question.encode()).fetchone()


def test_restored_backup_equals_original(postgres_server: Callable[[], str], copies: Path) -> None:
    source, target = postgres_server(), postgres_server()
    with open_tracker(source, user=42) as tracker:
        for description in DESCRIPTIONS_KEPT:
            tracker.track(description, start_time=NOW - HOUR, duration=HOUR)
        first, last = tracker.list_tasks()[0], tracker.list_tasks()[-1]
        tracker.edit(first.id, project="acme", add_tags=["docs"], note="COPY tasktimer.tasks (id) FROM stdin;\n\\.\n")
        tracker.delete(last.id)
        tracker.undo()
        tracker.create_token(name="laptop")
        tasks, past = tracker.list_tasks(), tracker.history()
        copy, count = back_up(source, copies / "copy.dump", numbered=False)
        assert (copy, count) == (copies / "copy.dump", len(tasks))
        assert copy.stat().st_mode & 0o777 == 0o600
        tracker.edit(first.id, description="changed since")
    restore(copy, target)
    restore(copy, source, "--clean", "--if-exists")
    for url in (source, target):
        with open_tracker(url, user=42) as tracker:
            assert (tracker.list_tasks(), tracker.history()) == (tasks, past)
            assert [token.name for token in tracker.tokens()] == ["laptop"]
            assert [command.name for command in tracker.redo()] == ["delete"]
            tracker.undo(2)
            assert tracker.get_task(first.id).tags == ()
            assert tracker.track("next").id == last.id + 1


def test_backup_is_a_snapshot_while_others_write(postgres_server: Callable[[], str], copies: Path) -> None:
    source = postgres_server()
    ended = threading.Event()
    track(source, user=1)

    def write(user: int) -> None:
        with open_tracker(source, user=user) as tracker:
            while not ended.is_set():
                tracker.stop(tracker.track("x").id)

    writers = [threading.Thread(target=write, args=(user,)) for user in (1, 2, 3)]
    for writer in writers:
        writer.start()
    try:
        made = [back_up(source, copies / f"{number}.dump", numbered=False) for number in range(3)]
    finally:
        ended.set()
        for writer in writers:
            writer.join()
    assert made[0][1] < made[1][1] < made[2][1]
    for copy, tasks in made:
        target = postgres_server()
        restore(copy, target)
        assert ask(target, "SELECT count(*) FROM tasktimer.tasks") == (tasks,)
        assert ask(target, DISAGREEING) == (0,)


@pytest.mark.parametrize("version", [1, 2])
def test_backup_keeps_older_schema(postgres_server: Callable[[], str], copies: Path, version: int) -> None:
    source, target = old_database(postgres_server(), version), postgres_server()
    copy, tasks = back_up(source, copies / "copy.dump", numbered=False)
    restore(copy, target)
    assert ask(target, "SELECT max(version) FROM tasktimer.schema_version") == (version,)
    assert (ask(target, "SELECT count(*) FROM tasktimer.tasks"), tasks) == ((1,), 1)


def test_backup_includes_partitions(url: str, postgres_server: Callable[[], str], copies: Path) -> None:
    track(url, user=2)
    with psycopg.connect(url) as connection:
        connection.execute(PARTITIONED)
    target = postgres_server()
    copy, tasks = back_up(url, copies / "copy.dump", numbered=False)
    restore(copy, target)
    assert (tasks, ask(target, "SELECT count(*) FROM tasktimer.tasks")) == (4, (4,))
