"""Backups of the tasktimer schema of a PostgreSQL database, made with pg_dump and checked with pg_restore."""

import math
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from tasktimer.errors import StoreMissing, Unavailable
from tasktimer.store.postgres.engine import to_libpq_conninfo
from tasktimer.store.postgres.errors import translate_errors
from tasktimer.store.postgres.store import SCHEMA, PostgresStore
from tasktimer.store.postgres.urls import parse_url
from tasktimer.store.sqlite.new_file import write_backup

# pg_dump can read the exported snapshot only while this transaction is open, so no timeout may end the transaction.
# Turning off quote_all_identifiers makes quote_ident quote names only if necessary, as pg_dump does.
_EXPORT = """
SELECT pg_export_snapshot(), set_config('idle_in_transaction_session_timeout', '0', true),
  set_config('quote_all_identifiers', 'off', true)
"""
_COUNT_TASKS = "SELECT count(*) FROM tasks"
_SELECT_TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'tasktimer'"

_SIGNATURE = re.compile(r"pg_(?:dump|restore): (?:error: |detail: |hint: )?")
_TABLE = re.compile(rb"CREATE (?:UNLOGGED )?TABLE tasktimer\.(.+) \(\n")
_ROWS = re.compile(rb"COPY tasktimer\.(\S+) ")
_END_OF_ROWS = b"\\.\n"
_UNTRANSLATED = {"LC_ALL": "C"}  # the messages are parsed


class _Content(NamedTuple):
    """The content of a copy: the names of its tables, and the number of tasks."""

    tables: set[str]
    tasks: int


class _SnapshotSource(PostgresStore):
    """A store of any schema version that can export a snapshot for another program."""

    @contextmanager
    def snapshot(self) -> Iterator[tuple[str, _Content]]:
        """Yield the name of an exported snapshot, which is valid during the block, and the snapshot's content."""
        with translate_errors(self.name), ExitStack() as stack:
            connection, version = self._begin(stack, is_reading=True)
            if version is None:
                raise StoreMissing(self._schema_name)
            moment = connection.exec_driver_sql(_EXPORT).one()[0]
            tables = set(connection.exec_driver_sql(_SELECT_TABLES).scalars())
            tasks = connection.exec_driver_sql(_COUNT_TASKS).scalar_one()
            yield moment, _Content(tables, tasks)

    def connection(self) -> tuple[list[str], dict[str, str]]:
        """Return the options and environment variables that pg_dump needs to connect with this store's lock timeout."""
        parameters, secrets = to_libpq_conninfo(self.connect_arguments())
        seconds = math.ceil(self._lock_timeout)
        return [f"--dbname={parameters}", "--no-password", f"--lock-wait-timeout={seconds}s"], secrets


def default_name(url: str) -> str:
    """Return the default name of a copy: the database name in the URL, or the schema name if the URL has none."""
    return Path(parse_url(url).parameters.get("dbname", "")).name or SCHEMA


def restore_command(url: str, copy: str) -> str:
    """Return the shell command that restores a copy to a database; it contains no secrets."""
    parameters, _ = to_libpq_conninfo(parse_url(url).parameters)
    flags = ["--clean", "--if-exists", "--no-owner", "--single-transaction", f"--dbname={parameters}"]
    return shlex.join(["pg_restore", *flags, copy])


def back_up(url: str, target: Path, *, numbered: bool) -> tuple[Path, int]:
    """Copy a schema of any version to a new file for pg_restore; return the file's path and the number of copied tasks.

    If the target exists and `numbered` is true, add a number to its name.

    Raises:
        InvalidValue: if the URL cannot be parsed.
        StoreMissing: if the database has no tasktimer tables.
        Conflict: if the target exists and `numbered` is false.
    """
    pg_dump, pg_restore = map(_program, ("pg_dump", "pg_restore"))
    with closing(_SnapshotSource(url)) as source:

        def copy(private: Path) -> int:
            with source.snapshot() as (moment, content):
                flags, secrets = source.connection()
                flags += [f"--snapshot={moment}", f"--schema={SCHEMA}", "--format=custom", f"--file={private}"]
                # With the last option, the rows of a partition count as rows of the partitioned table.
                with _running(source.name, [pg_dump, *flags, "--load-via-partition-root"], secrets):
                    pass
            with _running(source.name, [pg_restore, "--file=-", str(private)]) as script:
                copied = _content(script)
            if copied != content:
                raise _failed(source.name, ["the copy is incomplete"])
            return copied.tasks

        return write_backup(target, copy, numbered=numbered, is_database=False)


def _content(script: Iterable[bytes]) -> _Content:
    """Return the content of a copy, determined from the SQL script that restores it."""
    tables, tasks = set(), 0
    lines = iter(script)
    for line in lines:
        if table := _TABLE.fullmatch(line):
            tables.add(table[1].decode())
        elif rows := _ROWS.match(line):
            count = sum(1 for _ in iter(lambda: next(lines, _END_OF_ROWS), _END_OF_ROWS))
            tasks += count if rows[1] == b"tasks" else 0
    return _Content(tables, tasks)


@contextmanager
def _running(name: str, arguments: list[str], secrets: dict[str, str] | None = None) -> Iterator[Iterable[bytes]]:
    """Run a program and yield the lines that it prints; wait for the program to exit when the block ends."""
    with (
        TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 (no shell)
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=os.environ | _UNTRANSLATED | (secrets or {}),  # unlike arguments, not visible to other users
        ) as process,
    ):
        try:
            assert process.stdout is not None
            yield process.stdout
            process.wait()
        except BaseException:
            process.kill()
            process.wait()  # after Ctrl-C, Popen itself waits only briefly
            raise
        if process.returncode:
            errors.seek(0)
            raise _failed(name, errors.read(10_000).decode(errors="replace").splitlines())


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise Unavailable(
            "pg-dump-not-found",
            f"cannot find {name}, which is required to back up a PostgreSQL database",
            "install the PostgreSQL client programs (the server's version or later) in a folder on PATH",
        )
    return path


def _failed(name: str, lines: list[str]) -> Unavailable:
    """Return the error for a failed program, with the first error message that it printed and the lines that follow."""
    first = next((number for number, line in enumerate(lines) if ": error: " in line), 0)
    message, *details = [_SIGNATURE.sub("", line, count=1) for line in lines[first : first + 3]] or ["it was killed"]
    return Unavailable(
        "backup-failed",
        f"cannot copy {name}: {message}",
        "fix this problem, and use the server's version of pg_dump or later; no copy was kept",
        details=details,
    )
