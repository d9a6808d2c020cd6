"""Backups of a PostgreSQL database that fail are reported and removed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from tests.conftest import PATIENCE, wait_until

from tasktimer.errors import Conflict, InvalidValue, StoreMissing, Unavailable
from tasktimer.store.postgres.backup import back_up


@pytest.fixture(autouse=True)
def programs(postgres_programs: Path) -> Path:
    return postgres_programs


def fake(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a script with this name first in PATH; `$REAL` is the program that it replaces."""
    real = Path(os.environ["PATH"].partition(os.pathsep)[0]) / name
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\nREAL={real}\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_password_is_not_visible(url: str, copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    script = f'printf "%s\\n" "$PGPASSWORD" "$PGCONNECT_TIMEOUT" "$@" > {log}; '
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "7")
    fake("pg_dump", tmp_path / "bin", monkeypatch, f"{script} exec $REAL --password=no-such-flag")
    with pytest.raises(Unavailable) as error:
        back_up(url.replace(":@", ":s3cr%20t@"), copies / "copy.dump", numbered=False)
    lines = log.read_text().splitlines()
    assert lines[:2] == ["s3cr t", "7"]
    assert "s3cr" not in " ".join(lines[2:])
    assert "s3cr" not in f"{error.value.message} {error.value.hint} {error.value.details}"
    assert os.listdir(copies) == []
    fake("pg_dump", tmp_path / "bin2", monkeypatch, f"REAL={tmp_path}; {script}exit 1")
    with pytest.raises(Unavailable):
        back_up(f"{url}&password=s3cr%20t", copies / "copy.dump", numbered=False)
    assert log.read_text().splitlines()[:2] == ["s3cr t", "7"]
    assert "s3cr" not in " ".join(log.read_text().splitlines()[2:])
    with pytest.raises(InvalidValue, match="sslpassword"):
        back_up(f"{url}&sslpassword=s3cret", copies / "copy.dump", numbered=False)
    assert os.listdir(copies) == []


@pytest.mark.parametrize(
    ("name", "script", "message", "details"),
    [
        (
            "pg_dump",
            "echo 'pg_dump: warning: w' >&2; echo 'pg_dump: error: no' >&2; echo 'pg_dump: detail: why' >&2; exit 1",
            "no",
            ["why"],
        ),
        ("pg_dump", "kill -9 $$", "it was killed", []),
        ("pg_dump", "exit 0", "input file is too short", None),
        (
            "pg_dump",
            '$REAL "$@" && for word; do case $word in --file=*) truncate -s -9 ${word#--file=};; esac; done',
            "end of file",
            [],
        ),
        ("pg_dump", '$REAL "$@" --exclude-table-data=tasktimer.tasks', "the copy is incomplete", []),
        ("pg_dump", '$REAL "$@" --exclude-table=tasktimer.tokens', "the copy is incomplete", []),
        (
            "pg_restore",
            "yes 'a line' | head -n 100000; echo 'pg_restore: error: a full disk' >&2; exit 1",
            "a full disk",
            [],
        ),
        ("pg_restore", "yes complaint | head -c 300000 >&2; exit 1", "complaint", ["complaint", "complaint"]),
    ],
)
def test_failed_or_incomplete_backup_is_discarded(
    url: str,
    copies: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    script: str,
    message: str,
    details: list[str] | None,
) -> None:
    fake(name, tmp_path / "bin", monkeypatch, script)
    with pytest.raises(Unavailable) as error:
        back_up(url, copies / "copy.dump", numbered=False)
    assert error.value.code == "backup-failed"
    assert error.value.message.startswith("cannot copy postgresql://")
    assert message in error.value.message
    assert details is None or error.value.details == details
    assert os.listdir(copies) == []


@pytest.mark.parametrize("name", ["pg_dump", "pg_restore"])
def test_missing_client_program_is_reported_by_name(
    url: str, copies: Path, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (other,) = {"pg_dump", "pg_restore"} - {name}
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / other).symlink_to(programs / other)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(Unavailable, match=f"cannot find {name}") as error:
        back_up(url, copies / "copy.dump", numbered=False)
    assert (error.value.code, os.listdir(copies)) == ("pg-dump-not-found", [])


def test_missing_or_foreign_schema_is_not_backed_up(postgres_url: str, copies: Path) -> None:
    with pytest.raises(StoreMissing):
        back_up(postgres_url, copies / "copy.dump", numbered=False)
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA tasktimer; CREATE TABLE tasktimer.tasks (mine TEXT)")
    with pytest.raises(Unavailable, match="another program"):
        back_up(postgres_url, copies / "copy.dump", numbered=False)
    with pytest.raises(Unavailable, match="cannot use postgresql://ada@localhost:1/x"):
        back_up("postgresql://ada:secret@localhost:1/x", copies / "copy.dump", numbered=False)
    assert os.listdir(copies) == []


def test_existing_file_is_not_overwritten(
    url: str, copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = copies / "copy.dump"
    fake("pg_restore", tmp_path / "bin", monkeypatch, f'echo mine > {target}; exec $REAL "$@"')
    for _ in range(2):  # made while this copy was, and before
        with pytest.raises(Conflict, match=r"copy\.dump already exists"):
            back_up(url, target, numbered=False)
        assert (target.read_text(), os.listdir(copies)) == ("mine\n", ["copy.dump"])
    assert back_up(url, target, numbered=True)[0] == copies / "copy-2.dump"


@pytest.mark.parametrize("name", ["pg_dump", "pg_restore"])
def test_interrupt_ends_pg_dump_and_removes_backup(
    url: str, copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    number = tmp_path / "pid"
    fake(name, tmp_path / "bin", monkeypatch, f"echo $$ > {number}.new; mv {number}.new {number}; exec sleep 600")
    arguments = [sys.executable, "-m", "tasktimer", "--database", url, "backup", str(copies)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        wait_until(number.exists)
        time.sleep(0.5)  # until Popen has returned; a terminal would interrupt both processes
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, b"Traceback" in err) == (130, b"", False)
    with pytest.raises(ProcessLookupError):
        os.kill(int(number.read_text()), 0)
    assert os.listdir(copies) == []


def test_program_messages_are_untranslated(
    url: str, copies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")  # with which a program of GNU speaks the language of the next
    monkeypatch.setenv("LANGUAGE", "de")
    script = '[ "$LC_ALL" = C ] && echo "pg_dump: error: no" >&2 || echo "pg_dump: Fehler: nein" >&2; exit 1'
    fake("pg_dump", tmp_path / "bin", monkeypatch, script)
    with pytest.raises(Unavailable, match=r": no$"):
        back_up(url, copies / "copy.dump", numbered=False)
