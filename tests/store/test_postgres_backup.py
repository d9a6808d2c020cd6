"""A copy of a PostgreSQL database: of one moment while others write, whole, checked, restorable, or none."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from tests.conftest import NOW, wait_until
from tests.hostile import DESCRIPTIONS_KEPT
from tests.store.test_upgrades import old_database

from tasktimer import open_tracker
from tasktimer.errors import Conflict, InvalidValue, StoreMissing, Unavailable
from tasktimer.store.postgres_backup import back_up

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


def fake(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a script of this name before all others; `$REAL` is the program that it stands for."""
    real = Path(os.environ["PATH"].partition(os.pathsep)[0]) / name
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\nREAL={real}\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


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


def test_what_is_restored_is_what_was_there(postgres_server: Callable[[], str], copies: Path) -> None:
    source, target = postgres_server(), postgres_server()
    with open_tracker(source, user=42) as tracker:
        for description in DESCRIPTIONS_KEPT:
            tracker.track(description, at=NOW - HOUR, duration=HOUR)
        first, last = tracker.find()[0], tracker.find()[-1]
        tracker.edit(first.id, project="acme", add_tags=["docs"], note="COPY tasktimer.tasks (id) FROM stdin;\n\\.\n")
        tracker.delete(last.id)
        tracker.undo()
        tracker.create_token(name="laptop")
        tasks, past = tracker.find(), tracker.history()
        copy, count = back_up(source, copies / "copy.dump", numbered=False)
        assert (copy, count) == (copies / "copy.dump", len(tasks))
        assert copy.stat().st_mode & 0o777 == 0o600
        tracker.edit(first.id, description="changed since")
    restore(copy, target)
    restore(copy, source, "--clean", "--if-exists")
    for url in (source, target):
        with open_tracker(url, user=42) as tracker:
            assert (tracker.find(), tracker.history()) == (tasks, past)
            assert [token.name for token in tracker.tokens()] == ["laptop"]
            assert [command.name for command in tracker.redo()] == ["delete"]
            tracker.undo(2)
            assert tracker.show(first.id).tags == ()
            assert tracker.track("next").id == last.id + 1


def test_a_copy_is_of_one_moment_while_others_write(postgres_server: Callable[[], str], copies: Path) -> None:
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
def test_an_older_database_is_copied_as_it_is(postgres_server: Callable[[], str], copies: Path, version: int) -> None:
    source, target = old_database(postgres_server(), version), postgres_server()
    copy, tasks = back_up(source, copies / "copy.dump", numbered=False)
    restore(copy, target)
    assert ask(target, "SELECT max(version) FROM tasktimer.schema_version") == (version,)
    assert (ask(target, "SELECT count(*) FROM tasktimer.tasks"), tasks) == ((1,), 1)


def test_tasks_in_partitions_are_counted_and_come_back(
    url: str, postgres_server: Callable[[], str], copies: Path
) -> None:
    track(url, user=2)
    with psycopg.connect(url) as connection:
        connection.execute(PARTITIONED)
    target = postgres_server()
    copy, tasks = back_up(url, copies / "copy.dump", numbered=False)
    restore(copy, target)
    assert (tasks, ask(target, "SELECT count(*) FROM tasktimer.tasks")) == (4, (4,))


def test_the_password_is_seen_by_nobody(
    url: str, copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    script = f'printf "%s\\n" "$PGPASSWORD" "$PGCONNECT_TIMEOUT" "$@" > {told}; '
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "7")
    fake("pg_dump", tmp_path / "bin", monkeypatch, f"{script} exec $REAL --password=no-such-flag")
    with pytest.raises(Unavailable) as refusal:
        back_up(url.replace(":@", ":s3cr%20t@"), copies / "copy.dump", numbered=False)
    lines = told.read_text().splitlines()
    assert lines[:2] == ["s3cr t", "7"]
    assert "s3cr" not in " ".join(lines[2:])
    assert "s3cr" not in f"{refusal.value.what} {refusal.value.hint} {refusal.value.details}"
    assert os.listdir(copies) == []
    fake("pg_dump", tmp_path / "bin2", monkeypatch, f"REAL={tmp_path}; {script}exit 1")
    with pytest.raises(Unavailable):
        back_up(f"{url}&password=s3cr%20t", copies / "copy.dump", numbered=False)
    assert told.read_text().splitlines()[:2] == ["s3cr t", "7"]
    assert "s3cr" not in " ".join(told.read_text().splitlines()[2:])
    with pytest.raises(InvalidValue, match="sslpassword"):
        back_up(f"{url}&sslpassword=s3cret", copies / "copy.dump", numbered=False)
    assert os.listdir(copies) == []


@pytest.mark.parametrize(
    ("name", "script", "what", "details"),
    [
        (
            "pg_dump",
            "echo 'pg_dump: warning: w' >&2; echo 'pg_dump: error: no' >&2; echo 'pg_dump: detail: why' >&2; exit 1",
            "no",
            ["why"],
        ),
        ("pg_dump", "kill -9 $$", "it was ended", []),
        ("pg_dump", "exit 0", "input file is too short", None),
        (
            "pg_dump",
            '$REAL "$@" && for word; do case $word in --file=*) truncate -s -9 ${word#--file=};; esac; done',
            "end of file",
            [],
        ),
        ("pg_dump", '$REAL "$@" --exclude-table-data=tasktimer.tasks', "the copy is not whole", []),
        ("pg_dump", '$REAL "$@" --exclude-table=tasktimer.tokens', "the copy is not whole", []),
        (
            "pg_restore",
            "yes 'a line' | head -n 100000; echo 'pg_restore: error: a full disk' >&2; exit 1",
            "a full disk",
            [],
        ),
        ("pg_restore", "yes complaint | head -c 300000 >&2; exit 1", "complaint", ["complaint", "complaint"]),
    ],
)
def test_a_copy_that_fails_or_is_not_whole_gets_no_name(
    url: str,
    copies: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    script: str,
    what: str,
    details: list[str] | None,
) -> None:
    fake(name, tmp_path / "bin", monkeypatch, script)
    with pytest.raises(Unavailable) as refusal:
        back_up(url, copies / "copy.dump", numbered=False)
    assert refusal.value.code == "backup-failed"
    assert refusal.value.what.startswith("cannot copy postgresql://")
    assert what in refusal.value.what
    assert details is None or refusal.value.details == details
    assert os.listdir(copies) == []


@pytest.mark.parametrize("name", ["pg_dump", "pg_restore"])
def test_without_the_programs_it_says_what_to_install(
    url: str, copies: Path, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (other,) = {"pg_dump", "pg_restore"} - {name}
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / other).symlink_to(programs / other)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(Unavailable, match=f"its own program {name}, which is not found") as refusal:
        back_up(url, copies / "copy.dump", numbered=False)
    assert (refusal.value.code, os.listdir(copies)) == ("no-pg-dump", [])


def test_what_is_not_there_or_not_ours_is_not_copied(postgres_url: str, copies: Path) -> None:
    with pytest.raises(StoreMissing):
        back_up(postgres_url, copies / "copy.dump", numbered=False)
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA tasktimer; CREATE TABLE tasktimer.tasks (mine TEXT)")
    with pytest.raises(Unavailable, match="another program"):
        back_up(postgres_url, copies / "copy.dump", numbered=False)
    with pytest.raises(Unavailable, match="cannot use postgresql://ada@localhost:1/x"):
        back_up("postgresql://ada:secret@localhost:1/x", copies / "copy.dump", numbered=False)
    assert os.listdir(copies) == []


def test_a_file_that_exists_stays(url: str, copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = copies / "copy.dump"
    fake("pg_restore", tmp_path / "bin", monkeypatch, f'echo mine > {target}; exec $REAL "$@"')
    for _ in range(2):  # made while this copy was, and before
        with pytest.raises(Conflict, match=r"copy\.dump exists, and stays"):
            back_up(url, target, numbered=False)
        assert (target.read_text(), os.listdir(copies)) == ("mine\n", ["copy.dump"])
    assert back_up(url, target, numbered=True)[0] == copies / "copy-2.dump"


@pytest.mark.parametrize("name", ["pg_dump", "pg_restore"])
def test_an_interrupt_ends_the_program_and_leaves_nothing(
    url: str, copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    number = tmp_path / "pid"
    fake(name, tmp_path / "bin", monkeypatch, f"echo $$ > {number}.new; mv {number}.new {number}; exec sleep 600")
    arguments = [sys.executable, "-m", "tasktimer", "--database", url, "backup", str(copies)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_until(number.exists)
        time.sleep(0.5)  # it is told of its child only now; a terminal would interrupt both
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, b"Traceback" in err) == (130, b"", False)
    with pytest.raises(ProcessLookupError):
        os.kill(int(number.read_text()), 0)
    assert os.listdir(copies) == []
