"""PostgreSQL with its tasks in partitions, as docs/server.md makes them: all verbs work as they do without."""

import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
from tests.conftest import NOW

from tasktimer.services import edit, labels, stop, undo
from tasktimer.services import start as start_service
from tasktimer.services.queries import get_task
from tasktimer.store import schema
from tasktimer.store.postgres.store import PostgresStore

SERVER = (Path(__file__).parents[2] / "docs" / "server.md").read_text(encoding="utf-8")
COLUMNS = """
SELECT column_name, data_type, is_nullable, identity_generation, collation_name FROM information_schema.columns
WHERE table_schema = 'tasktimer' AND table_name = 'tasks' ORDER BY ordinal_position
"""
INDEXES = "SELECT indexname FROM pg_indexes WHERE schemaname = 'tasktimer' AND tablename = 'tasks'"


def test_partitions_by_user(postgres_url: str) -> None:
    (recipe,) = re.findall(r"```sql\n(BEGIN;\n.*?)```", SERVER, re.DOTALL)
    with closing(PostgresStore(postgres_url)) as store:
        first = start_service.track(store, user_id=1, description="x", start_time=NOW, now=NOW)
        edit.delete(store, [first.id], by=1, now=NOW)
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            before = connection.execute(COLUMNS).fetchall()
            connection.execute(recipe)
            assert connection.execute(COLUMNS).fetchall() == before
            indexes = {name for (name,) in connection.execute(INDEXES)}
        assert indexes > {str(index.name) for index in schema.tasks.indexes}

        start = NOW - timedelta(hours=1)
        tasks = [
            start_service.track(
                store, user_id=user, description="x", start_time=start, project="a", tags=["b", "c"], note="n", now=NOW
            )
            for user in range(1, 9)
        ]
        assert [task.id for task in tasks] == list(range(2, 10))  # none is used again
        stop.stop(store, [4], by=3, now=NOW)
        assert labels.rename_tag(store, "b", "d", user_id=None, by=1, now=NOW) == 8
        assert labels.tags(store, user_id=7, now=NOW)[0].name == "c"
        deleted = edit.delete(store, [4, 5], by=1, now=NOW)
        undo.undo(store, by=1, now=NOW)
        assert [get_task(store, task.id) for task in deleted] == deleted
        undo.undo(store, by=1, now=NOW)
        assert [get_task(store, task.id) for task in tasks if task.id != 4] == [task for task in tasks if task.id != 4]
