"""PostgreSQL with partitioned tasks, as in docs/server.md: all commands work."""

import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
from tests.conftest import NOW

from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.services import edit, labels, stop, undo
from tasktimer.services.queries import get_task
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.store import schema
from tasktimer.store.postgres.store import PostgresStore

SERVER = (Path(__file__).parents[2] / "docs" / "server.md").read_text(encoding="utf-8")
COLUMNS = """
SELECT column_name, data_type, is_nullable, identity_generation, collation_name FROM information_schema.columns
WHERE table_schema = 'tasktimer' AND table_name = 'tasks' ORDER BY ordinal_position
"""
INDEXES = "SELECT indexname FROM pg_indexes WHERE schemaname = 'tasktimer' AND tablename = 'tasks'"


def test_all_commands_work_with_partitions_by_user(postgres_url: str) -> None:
    (recipe,) = re.findall(r"```sql\n(BEGIN;\n.*?)```", SERVER, re.DOTALL)
    with closing(PostgresStore(postgres_url)) as store:
        first = start_task(store, Actor(1, 1), NewTask("x", start_time=NOW), now=NOW)
        edit.delete(store, Actor(1, ALL_USERS), [first.id], now=NOW)
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            before = connection.execute(COLUMNS).fetchall()
            connection.execute(recipe)
            assert connection.execute(COLUMNS).fetchall() == before
            indexes = {name for (name,) in connection.execute(INDEXES)}
        assert indexes > {str(index.name) for index in schema.tasks.indexes}

        start = NOW - timedelta(hours=1)
        tasks = [
            start_task(
                store,
                Actor(user, user),
                NewTask("x", project="a", tags=["b", "c"], note="n", start_time=start),
                now=NOW,
            )
            for user in range(1, 9)
        ]
        assert [task.id for task in tasks] == list(range(2, 10))  # none is used again
        stop.stop(store, Actor(3, ALL_USERS), [4], now=NOW)
        assert labels.rename_tag(store, Actor(1, ALL_USERS), "b", "d", now=NOW).changed == 8
        assert labels.tags(store, Actor(7, 7), now=NOW).labels[0].name == "c"
        deleted = edit.delete(store, Actor(1, ALL_USERS), [4, 5], now=NOW)
        undo.undo(store, Actor(1, 1), now=NOW)
        assert [get_task(store, Actor(None, ALL_USERS), task.id) for task in deleted] == deleted
        undo.undo(store, Actor(1, 1), now=NOW)
        assert [get_task(store, Actor(None, ALL_USERS), task.id) for task in tasks if task.id != 4] == [
            task for task in tasks if task.id != 4
        ]
