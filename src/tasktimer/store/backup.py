"""A copy of a file, consistent while others write, and checked before it gets its name."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tasktimer.store import PATIENCE
from tasktimer.store.failures import damaged
from tasktimer.store.new_backup import failed, keep
from tasktimer.store.sqlite_connection import begin, explained, opened, rolled_back_on_error

_COUNT_TASKS = "SELECT count(*) FROM tasks"


def back_up(path: Path, target: Path, *, numbered: bool) -> tuple[Path, int]:
    """Copy a file, of whatever version, to a new one; give its path and how many tasks it holds.

    Where the target exists, `numbered` allows a number in the name.

    Raises:
        StoreMissing: there is no file to copy.
        Conflict: the target exists.
        Unavailable: the file cannot be read, or the copy cannot be written; nothing is left of it.
    """
    with explained(path), opened(path) as (source, _):

        def copy(private: Path) -> int:
            tasks = _copy(source, path, private, target)
            _check(path, private, tasks)
            return tasks

        return keep(target, copy, numbered=numbered, is_database=True)


def _copy(source: sqlite3.Connection, path: Path, private: Path, target: Path) -> int:
    """Copy what there is at one moment, and count the tasks of that moment."""
    with rolled_back_on_error(source):
        begin(source, path, "BEGIN", time.monotonic() + PATIENCE)
        (tasks,) = source.execute(_COUNT_TASKS).fetchone()
        try:
            with closing(sqlite3.connect(private, isolation_level=None)) as copy:
                copy.execute("PRAGMA synchronous = OFF")  # it is brought to the disk before it gets its name
                source.backup(copy)  # in one step: in several it begins anew whenever somebody writes
                copy.execute("PRAGMA journal_mode = DELETE")  # a served file is in WAL mode
        except sqlite3.OperationalError as error:
            raise failed(target, str(error)) from None
        source.execute("ROLLBACK")
    return int(tasks)


def _check(path: Path, private: Path, tasks: int) -> None:
    with closing(sqlite3.connect(private, isolation_level=None)) as copy:
        (finding,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if finding != "ok" or copy.execute(_COUNT_TASKS).fetchone() != (tasks,):
            raise damaged(path, f"a copy of it is not whole ({finding})")
