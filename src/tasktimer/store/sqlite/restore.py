"""Functions that restore a SQLite file from a backup, atomically and safely, even while other commands run."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

from tasktimer.core.token import Token
from tasktimer.errors import StoreMissing, Unavailable
from tasktimer.store.protocols import LOCK_TIMEOUT, Interrupts
from tasktimer.store.sqlite import new_file
from tasktimer.store.sqlite.backup import check_is_finished, read_backup
from tasktimer.store.sqlite.connection import SETTINGS, check_outcome, execute_with_retry, opened, translate_errors
from tasktimer.store.sqlite.errors import Damaged, is_damage
from tasktimer.store.sqlite.open_files import held, journals_of, translate_os_errors
from tasktimer.store.sqlite.server_lock import ServerLock
from tasktimer.store.statements.tokens import row_to_token

# Takes the place of a damaged file while its journals are moved; commands reject this text as an invalid file.
_INTERRUPTED = "A restore was interrupted here. Run it again: tasktimer restore COPY\n"

_CHUNK = 1 << 20  # bytes

# The connection to the file has the backup attached as `copy`. Older schemas lack some columns of `tokens`.
_SELECT_REVIVED = """
SELECT id, user_id, admin, name, 'write', created_time, expiry_time, revoked_time, NULL FROM copy.tokens
WHERE revoked_time IS NULL AND digest IN (SELECT digest FROM main.tokens WHERE revoked_time IS NOT NULL)
ORDER BY id
"""
_SELECT_VALID = "SELECT 1 FROM copy.tokens WHERE revoked_time IS NULL LIMIT 1"
# Version 1 of the schema has no table `tokens`.
_SELECT_TABLES = "SELECT 1 FROM {}.sqlite_schema WHERE name = 'tokens'"


class Restored(NamedTuple):
    """The result of a restore."""

    kept: Path | None  # the path of a copy of the previous content; None if the file did not exist
    revived: list[Token] | None  # revoked tokens that are valid again; None if unknown


class Restore:
    """A verified backup, ready to replace a file's content."""

    def __init__(self, path: Path, private: Path, tasks: int) -> None:
        self.path = path
        self.tasks = tasks  # the number of tasks in the backup
        self._private = private

    def revived_tokens(self) -> list[Token] | None:
        """Return the revoked tokens that restoring makes valid again, or None if they cannot be determined."""
        try:
            with translate_errors(self.path), opened(self.path) as (connection, _):
                return _revived_tokens(connection, self._private)
        except StoreMissing:
            return []
        except Unavailable as error:
            _check_is_beyond_use(error)
            return _possibly_revived(self._private)

    def carry_out(self, *, now: datetime, interrupts: Interrupts | None = None) -> Restored:
        """Replace the file's content, keeping a copy of the previous content; on error, the file remains unchanged."""
        interrupts = interrupts or Interrupts()
        kept = self.path.with_name(f"{self.path.name}.replaced-{now:%Y%m%dT%H%M%S}")
        try:
            return self._replace_content(kept, interrupts)
        except StoreMissing:
            return self._make_file(interrupts) or self._replace_content(kept, interrupts)
        except Unavailable as error:
            _check_is_beyond_use(error)
            interrupts.hold()
            revived = _possibly_revived(self._private)
            return Restored(self._replace_file(kept), revived)

    def _make_file(self, interrupts: Interrupts) -> Restored | None:
        interrupts.hold()
        with translate_os_errors(self.path):
            is_new = new_file.link_into_place(self._private, self.path)
        return Restored(None, []) if is_new else None  # created by a concurrent command

    def _replace_content(self, kept: Path, interrupts: Interrupts) -> Restored:
        """Replace the content in one SQLite transaction, so that commands waiting for the lock read the new content."""
        deadline = time.monotonic() + LOCK_TIMEOUT
        with translate_errors(self.path), opened(self.path) as (connection, _):
            for statement in (*SETTINGS, "PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE"):
                execute_with_retry(connection, statement, deadline)
            # Not earlier: in this mode, waiting for a writer would keep a SHARED lock that blocks the writer.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("COMMIT")  # this mode keeps the lock until the connection is closed
            revived = _revived_tokens(connection, self._private)
            interrupts.hold()
            try:
                kept_copy = new_file.copy(connection, kept)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                # Done while holding the lock: commands that wait for it notice that the file has been moved.
                return Restored(self._replace_file(kept), revived)
            with closing(sqlite3.connect(self._private)) as source:
                try:
                    source.backup(connection)
                except sqlite3.OperationalError as error:
                    check_outcome(self.path, error)
                    kept_copy.unlink(missing_ok=True)
                    raise
        return Restored(kept_copy, revived)

    def _replace_file(self, kept: Path) -> Path:
        """Replace a damaged file, keeping the file and its journals under a new name; return that name.

        A file exists at the path at all times, so no command can create an empty file there.
        """
        folder = self.path.parent
        with translate_os_errors(self.path), new_file.locked(folder):
            kept = _keep(self.path, kept)
            if journals_of(self.path):
                with new_file.temporary_file(folder) as note:
                    note.write_text(_INTERRUPTED, encoding="utf-8")
                    new_file.sync(note)
                    note.replace(self.path)
                new_file.remove_journals(self.path, has_lock=True)  # no other process can create a file here
            new_file.sync(self._private)
            self._private.replace(self.path)
            new_file.sync_folder(folder)
        return kept


@contextmanager
def preparing(copy: Path, path: Path) -> Iterator[Restore]:
    """Verify a backup and copy it to the file's folder; during the block, no server can use the file.

    Raises:
        NotFound: if the backup does not exist.
        Conflict: if the backup is the file at `path` itself, or part of the backup is in a journal beside it.
    """
    path = Path(os.path.realpath(path))
    check_is_finished(copy, path)  # first, so that a mistyped name does not create a folder
    with ExitStack() as stack:
        with translate_os_errors(path):
            new_file.make_folders(path.parent)
            _keep_servers_away(path, stack)
            private = stack.enter_context(new_file.temporary_file(path.parent))
        yield Restore(path, private, read_backup(copy, private))


def _keep_servers_away(path: Path, stack: ExitStack) -> None:
    serving = ServerLock(path)
    try:
        serving.acquire()
    except Unavailable as error:
        if error.code == "store-in-use":
            raise Unavailable(error.code, error.message, "stop the server, then restore") from None
        raise
    stack.callback(serving.release)


def _check_is_beyond_use(error: Unavailable) -> None:
    """Re-raise an error unless it means that the content of the file cannot be read."""
    if not isinstance(error, Damaged) and error.code != "store-io-error":
        raise error


def _keep(path: Path, kept: Path) -> Path:
    """Keep a file and its journals under a new name, using hard links if possible; return that name."""
    kept = next(name for name in new_file.candidate_names(kept) if not os.path.lexists(name) and not journals_of(name))
    for journal in journals_of(path):
        _link_or_copy(journal, kept.with_name(f"{kept.name}{journal.name.removeprefix(path.name)}"))
    _link_or_copy(path, kept)
    return kept


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        with held(source) as file, target.open("xb") as copy:
            for start in count(step=_CHUNK):
                content = file.read(_CHUNK, start=start)
                copy.write(content)
                if len(content) < _CHUNK:
                    break
        new_file.sync(target)


def _revived_tokens(connection: sqlite3.Connection, backup: Path) -> list[Token] | None:
    """Return the tokens that are revoked in a file but not in its backup, or None if the file cannot be read."""
    connection.execute("ATTACH :copy AS copy", {"copy": str(backup)})
    try:
        if not all(connection.execute(_SELECT_TABLES.format(name)).fetchone() for name in ("main", "copy")):
            return []
        return [row_to_token(row) for row in connection.execute(_SELECT_REVIVED)]
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return _possibly_revived(backup)
    finally:
        connection.execute("DETACH copy")


def _possibly_revived(backup: Path) -> list[Token] | None:
    """Return [] if a backup has no valid tokens, or None otherwise, because any of them may have been revoked since."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("ATTACH :copy AS copy", {"copy": str(backup)})
        has_tokens = connection.execute(_SELECT_TABLES.format("copy")).fetchone() is not None
        return None if has_tokens and connection.execute(_SELECT_VALID).fetchone() is not None else []
