"""The schema of a new store, and its views."""

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasktimer.store import schema
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import SCHEMA_VERSION, Store
from tasktimer.store.sqlite.open_files import APPLICATION_ID
from tasktimer.store.statements import task_writes

NINE = datetime(2023, 7, 16, 7, tzinfo=UTC)  # 09:00 in Berlin


def test_schema_sql_is_up_to_date(golden: Callable[[str, str, Path], None]) -> None:
    golden("schema.sql", schema.sqlite_script(), Path(schema.__file__).with_name("schema.sql"))


def test_new_file_has_application_id_and_version(tmp_path: Path) -> None:
    path = tmp_path / "tasks.db"
    with open_store(path).write(create=True):
        pass
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_engines_have_the_same_schema(store: Store) -> None:
    with store.read() as connection:
        if hasattr(connection, "row_factory"):
            rows = connection.execute("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'", {})
        else:
            rows = connection.execute("SELECT relname FROM pg_class WHERE relnamespace = 'tasktimer'::regnamespace", {})
        names = {name for (name,) in rows if not re.search("_(pkey|seq|key|version)$", name)}
    indexes = {
        f"{part}_by_{key}" for part in ("tasks", "long_tasks", "running_tasks") for key in ("start", "user_start")
    }
    indexes |= {"tasks_by_project", "tasks_by_user_project", "task_tags_by_tag", "task_tags_by_user_tag"}
    indexes |= {"answers_by_created", "commands_by_user", "undoable_commands_by_user", "changes_by_task"}
    indexes |= {"sources_by_command", "imports"}
    tables = {"tasks", "task_tags", "commands", "changes", "tokens", "answers", "sources", "users"}
    assert names == {*tables, *indexes, "timesheet", "running"}


def test_views_show_local_times_and_seconds(store: Store) -> None:
    now = datetime.now(UTC)
    with store.write() as connection:
        for start, end in [(NINE, NINE + timedelta(minutes=90)), (now - timedelta(hours=1), None)]:
            task_writes.insert_task(connection, user_id=42, description="write", start_time=start, end_time=end)
        task_writes.insert_task(
            connection, user_id=1, description="clock set back", start_time=now + timedelta(hours=1), end_time=None
        )
        if not hasattr(connection, "row_factory"):
            connection.execute("SELECT set_config('TimeZone', 'Europe/Berlin', true)", {})
        timesheet = list(connection.execute("SELECT * FROM timesheet ORDER BY id", {}))
        running = list(
            connection.execute("SELECT id, user_id, description, started, seconds FROM running ORDER BY id", {})
        )
    assert timesheet[0] == (1, 42, "write", "2023-07-16 09:00:00", "2023-07-16 10:30:00", 5400, None, None, None)
    assert timesheet[1][4] is None
    assert [row[0] for row in running] == [2, 3]
    assert 3599 <= running[0][4] < 3660  # the views count from whole seconds
    assert running[1][4] == 0


def test_views_work_in_sqlite3_shell(tmp_path: Path) -> None:
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("there is no sqlite3 command")
    path = tmp_path / "tasks.db"
    with open_store(path).write(create=True) as connection:
        task_writes.insert_task(connection, user_id=1, description="write docs", start_time=NINE, end_time=None)
    asked = [shell, "-readonly", str(path), "select description, started from running"]
    assert (
        subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "write docs|2023-07-16 09:00:00\n"
    )
