"""Files that are unusable for a reason SQLite does not report: leftovers, owners, missing locks."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from tests.system.command import TASKTIMER, Program
from tests.system.confined import needs_linux, obey_modes, refuse_locks

OTHER = 54_321  # the id of no user
# Exits as if killed, during a change or with a change only in the WAL.
LEAVE = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
if sys.argv[2] == "wal":
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("UPDATE tasks SET description = 'in the WAL'")
else:
    connection.executescript("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE tasks SET description = 'half done'")
    connection.executemany("INSERT INTO tasks (user_id, description, start_time) VALUES (1, ?, 0)", [("x" * 999,)] * 99)
os._exit(0)
"""
KINDS = pytest.mark.parametrize(
    ("kind", "state", "found"),
    [
        ("journal", "was left in the middle of a change", "before"),
        ("wal", "uses the WAL of a running or killed server", "in the WAL"),
    ],
)
COMMANDS = [["list", "all"], ["times"], ["status"], ["track", "x"], ["stop"]]
Leave = Callable[[str], Path]


@pytest.fixture
def leave(program: Program, tmp_path: Path) -> Iterator[Leave]:
    """Create a file with a task, and leave a journal or a WAL, like a killed process."""
    folder = tmp_path / "it's a folder"
    folder.mkdir()

    def make(kind: str) -> Path:
        path = folder / "tasks.db"
        program("--database", str(path), "track", "before")
        subprocess.run([sys.executable, "-c", LEAVE, str(path), kind], check=True)
        path.with_name("tasks.db-shm").unlink(missing_ok=True)  # which does not survive a reboot
        assert path.with_name(f"tasks.db-{kind}").stat().st_size
        return path

    yield make
    folder.chmod(0o700)


def refused(program: Program, path: Path, message: str, **options: object) -> str:
    """Run commands, check that all fail for this reason, and return the hint."""
    hints = set()
    for arguments in COMMANDS:
        done = program("--database", str(path), *arguments, **options)
        assert (done.returncode, done.stdout) == (3, "")
        error, hint = done.stderr.splitlines()
        assert error == f"error: {path} {message}"
        hints.add(hint)
    assert len(hints) == 1
    return hints.pop()


def paste(hint: str, environ: dict[str, str]) -> str:
    """Run the command of a hint in a shell and return its output."""
    path = f"{Path(TASKTIMER).parent}:{environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", hint], env=environ | {"PATH": path}, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout


def line_of(hint: str, purpose: str) -> str:
    assert hint.startswith(f"hint: to {purpose}, run: ")
    return hint.removeprefix(f"hint: to {purpose}, run: ")


@contextmanager
def read_only(folder: Path, mounted: Path) -> Iterator[None]:
    """Mount a folder read-only at another path until the block ends."""
    bind = ["mount", "--bind", str(folder), str(mounted)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(bind, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(mounted)], check=True)
        yield
    finally:
        subprocess.run(["umount", str(mounted)], check=True)


@KINDS
def test_copy_from_read_only_file_system_can_be_read(
    program: Program, leave: Leave, environ: dict[str, str], tmp_path: Path, kind: str, state: str, found: str
) -> None:
    made = leave(kind)
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    with read_only(made.parent, mounted):
        path = mounted / "tasks.db"
        hint = refused(program, path, f"{state}, and its file system is read-only")
        printed = paste(line_of(hint, "read a copy"), environ)
        assert printed.split("\t")[2] == found
        assert program("--database", f"{environ['HOME']}/tasktimer-copy/tasks.db", "stop").returncode == 0


@KINDS
def test_hint_for_read_only_folder_works(
    program: Program, leave: Leave, environ: dict[str, str], kind: str, state: str, found: str
) -> None:
    path = leave(kind)
    path.parent.chmod(0o500)
    hint = refused(program, path, f"{state}, and {path.parent} is not writable", preexec_fn=obey_modes)
    paste(line_of(hint, "make it writable"), environ)
    done = program("--database", str(path), "list", "all", preexec_fn=obey_modes)
    assert done.stdout.split("\t")[2] == found


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
@KINDS
def test_journal_of_other_user_is_named_with_user(
    program: Program, leave: Leave, kind: str, state: str, found: str
) -> None:
    path = leave(kind)
    left = path.with_name(f"tasks.db-{kind}")
    left.chmod(0o600)
    os.chown(left, OTHER, OTHER)
    hint = refused(
        program, path, f"{state}, and {left}, owned by user #{OTHER}, is not writable", preexec_fn=obey_modes
    )
    command = line_of(hint, "recover it as that user")
    assert command.startswith(f"sudo -u '#{OTHER}' tasktimer --database ")
    assert command.endswith(" db upgrade")
    program("--database", str(path), "db", "upgrade")  # as root, in place of that user
    done = program("--database", str(path), "list", "all", preexec_fn=obey_modes)
    assert done.stdout.split("\t")[2] == found
    assert os.listdir(path.parent) == ["tasks.db"]


@needs_linux
@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM])
def test_file_system_without_locks_is_named(program: Program, tmp_path: Path, number: int) -> None:
    path = tmp_path / "tasks.db"
    program("--database", str(path), "track", "before")
    (tmp_path / "new").mkdir()
    new = tmp_path / "new" / "tasks.db"
    for used, arguments in [*((path, arguments) for arguments in COMMANDS), (path, ["serve"]), (new, ["track", "x"])]:
        done = program("--database", str(used), *arguments, preexec_fn=partial(refuse_locks, number))
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr.startswith(
            f"error: {used} cannot be locked: its file system does not support file locks\nhint: nothing was changed"
        )
    assert os.listdir(new.parent) == []
