"""Replacing the content of a file with that of a backup, atomically and safely beside concurrent commands."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tasktimer.core.token import Token
from tasktimer.errors import StoreMissing, Unavailable
from tasktimer.store import LOCK_TIMEOUT
from tasktimer.store.sqlite import new_file
from tasktimer.store.sqlite.backup import check_is_finished, read_backup
from tasktimer.store.sqlite.connection import SETTINGS, check_outcome, execute_with_retry, opened, translate_errors
from tasktimer.store.sqlite.errors import Damaged, is_damage, unusable_error
from tasktimer.store.sqlite.folders import journals_of, locked, make_folders, remove_journals, sync, sync_folder
from tasktimer.store.sqlite.open_files import held
from tasktimer.store.sqlite.restored_tokens import has_valid_tokens, revived_tokens
from tasktimer.store.sqlite.server_lock import ServerLock

if TYPE_CHECKING:
    from tasktimer.store.protocols import Interrupts

# Replaces a damaged file while its journals are moved; no command accepts it as a tasktimer file.
_INTERRUPTED = "A restore was interrupted here. Run it again: tasktimer restore COPY\n"

_CHUNK = 1 << 20  # bytes


class Restored(NamedTuple):
    """The result of a restore."""

    kept: Path | None  # the copy of the previous content
    revived: list[Token] | None  # revoked tokens that are valid again; None if unknown


class Restore:
    """A checked backup, ready to replace a file."""

    def __init__(self, path: Path, private: Path, tasks: int) -> None:
        self.path = path
        self.tasks = tasks  # number in the backup
        self._private = private

    def revived_tokens(self) -> list[Token] | None:
        """Return the tokens that were revoked since the backup was made, or None if the file cannot be read."""
        try:
            with translate_errors(self.path), opened(self.path) as (connection, _):
                return revived_tokens(connection, self._private)
        except StoreMissing:
            return []
        except Unavailable as error:
            _check_is_beyond_use(error)
            return None if has_valid_tokens(self._private) else []

    def carry_out(self, *, now: datetime, interrupts: "Interrupts | None" = None) -> Restored:
        """Replace the content of the file, keeping a copy of the previous content.

        Raises:
            Unavailable: if the file cannot be written or is locked for too long; it is unchanged.
        """
        kept = self.path.with_name(f"{self.path.name}.replaced-{now:%Y%m%dT%H%M%S}")
        try:
            return self._replace_content(kept, interrupts)
        except StoreMissing:
            return self._make_file(interrupts) or self._replace_content(kept, interrupts)
        except Unavailable as error:
            _check_is_beyond_use(error)
            _hold(interrupts)
            revived: list[Token] | None = None if has_valid_tokens(self._private) else []
            return Restored(self._replace_file(kept), revived)

    def _make_file(self, interrupts: "Interrupts | None") -> Restored | None:
        _hold(interrupts)
        try:
            is_new = new_file.link_into_place(self._private, self.path)
        except OSError as error:
            raise unusable_error(self.path, error) from None
        return Restored(None, []) if is_new else None  # created by a concurrent command

    def _replace_content(self, kept: Path, interrupts: "Interrupts | None") -> Restored:
        """Replace the content in one transaction of SQLite: commands that wait for the lock read the new content."""
        deadline = time.monotonic() + LOCK_TIMEOUT
        with translate_errors(self.path), opened(self.path) as (connection, _):
            for statement in (*SETTINGS, "PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE"):
                execute_with_retry(connection, statement, deadline)
            # Only now: while waiting for a writer, it must not hold the SHARED lock that the writer waits for.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("COMMIT")  # the locking mode keeps the lock until the connection is closed
            revived = revived_tokens(connection, self._private)
            _hold(interrupts)
            try:
                copy = new_file.copy(connection, kept)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                # Under the lock: a command that waits for it notices that the file was moved.
                return Restored(self._replace_file(kept), revived)
            with closing(sqlite3.connect(self._private)) as source:
                try:
                    source.backup(connection)
                except sqlite3.OperationalError as error:
                    check_outcome(self.path, error)
                    copy.unlink(missing_ok=True)
                    raise
        return Restored(copy, revived)

    def _replace_file(self, kept: Path) -> Path:
        """Move a damaged file and its journals aside; its name is never free for a new, empty file."""
        folder = self.path.parent
        try:
            with locked(folder):
                kept = _keep(self.path, kept)
                if journals_of(self.path):
                    with new_file.temporary_file(folder) as note:
                        note.write_text(_INTERRUPTED, encoding="utf-8")
                        sync(note)
                        note.replace(self.path)
                    remove_journals(self.path, has_lock=True)  # the name is taken: no other process creates a file
                sync(self._private)
                self._private.replace(self.path)
                sync_folder(folder)
        except OSError as error:
            raise unusable_error(self.path, error) from None
        return kept


@contextmanager
def preparing(copy: Path, path: Path) -> Iterator[Restore]:
    """Check a backup and copy it to the folder of the file; no server can use the file during the block.

    Raises:
        NotFound: if there is no such backup.
        Conflict: if it is the file itself.
        Unavailable: if it is incomplete, not a tasktimer file, or too new; or if a server uses the file.
    """
    path = Path(os.path.realpath(path))
    check_is_finished(copy, path)  # first: a mistyped name must not create a folder
    with ExitStack() as stack:
        try:
            make_folders(path.parent)
            _keep_servers_away(path, stack)
            private = stack.enter_context(new_file.temporary_file(path.parent))
        except OSError as error:
            raise unusable_error(path, error) from None
        yield Restore(path, private, read_backup(copy, private))


def _keep_servers_away(path: Path, stack: ExitStack) -> None:
    serving = ServerLock(path)
    try:
        serving.acquire()
    except Unavailable as error:
        if error.code == "store-served":
            error.hint = "stop the server, then restore"
        raise
    stack.callback(serving.release)


def _hold(interrupts: "Interrupts | None") -> None:
    if interrupts is not None:
        interrupts.hold()


def _check_is_beyond_use(error: Unavailable) -> None:
    """Raise the error again unless it means that the file cannot be read."""
    if not isinstance(error, Damaged) and error.code != "store-io":
        raise error


def _keep(path: Path, kept: Path) -> Path:
    """Keep a file and its journals under a new name, by hard links if possible; return the name."""
    for name in chain([kept], (kept.with_name(f"{kept.name}.{number}") for number in count(2))):
        if not os.path.lexists(name):
            kept = name
            break
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
        sync(target)
