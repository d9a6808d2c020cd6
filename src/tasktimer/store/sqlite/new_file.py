"""Creation and migration of SQLite files; a new file appears under its name only once it is complete and private."""

import errno
import fcntl
import os
import shlex
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from tempfile import mkstemp

from tasktimer.errors import Conflict, StoreMissing, Unavailable
from tasktimer.store.migrations import pending_migrations, split_statements
from tasktimer.store.protocols import SCHEMA_VERSION, Store
from tasktimer.store.savepoint import write_nothing
from tasktimer.store.sqlite.connection import SETTINGS, begin, connect, execute_with_retry, schema_script
from tasktimer.store.sqlite.errors import translate
from tasktimer.store.sqlite.open_files import journals_of, no_locks_error, translate_os_errors, unusable_error


def create(path: Path) -> None:
    """Create a database file, unless a concurrent command creates it first."""
    target = path
    try:
        target = Path(os.path.realpath(path))  # keep a symbolic link whose target does not exist yet
        make_folders(target.parent)
        with temporary_file(target.parent) as private:
            with closing(sqlite3.connect(private, isolation_level=None, timeout=0)) as connection:
                # Durability does not matter yet: the file is synced before it is linked.
                connection.execute("PRAGMA journal_mode = OFF")
                connection.execute("PRAGMA synchronous = OFF")
                connection.executescript(schema_script())
            link_into_place(private, target)
    except OSError as error:
        raise unusable_error(target, error) from None
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:  # no other process has locked the temporary file
            raise no_locks_error(target) from error
        raise translate(target, error) from error


def check_writable(store: Store, path: Path) -> bool:
    """Raise Unavailable if changes cannot be stored; return whether the file exists."""
    try:
        write_nothing(store)
    except StoreMissing:
        check_can_create(path)
        return False
    return True


def check_can_create(path: Path) -> None:
    """Raise Unavailable if a database file cannot be created."""
    try:
        folder = Path(os.path.realpath(path)).parent
        while not folder.exists():
            folder = folder.parent
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise unusable_error(path, error) from None


def upgrade(connection: sqlite3.Connection, path: Path, deadline: float) -> Path | None:
    """Migrate a file to the current schema; return the path of the backup copy, or None if it was already migrated."""
    for setting in SETTINGS:
        execute_with_retry(connection, setting, deadline)
    kept = None
    version = begin(connection, path, "BEGIN IMMEDIATE", deadline)
    if version < SCHEMA_VERSION:
        try:
            # Done before copying: if the file is read-only, this fails, and no copy is left beside the file.
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
                raise
            raise Unavailable(
                "store-too-old",
                f"{path} has schema {version}, but this version of tasktimer requires schema {SCHEMA_VERSION}, "
                "and the file cannot be upgraded: it or its folder is read-only",
                context={"read_only": True},
            ) from error
        with closing(connect(path)) as unchanged:
            kept = copy(unchanged, path.with_name(f"{path.name}.schema-{version}"))
        for migration in pending_migrations(version):
            for statement in split_statements(migration.SQLITE):
                connection.execute(statement)
            migration.backfill(connection)
    execute_with_retry(connection, "COMMIT", deadline)
    return kept


def copy(source: sqlite3.Connection, path: Path) -> Path:
    """Copy a database to a new file, adding a number to the name if it is taken; return the path of the copy."""
    with translate_os_errors(path), temporary_file(path.parent) as private:
        with closing(sqlite3.connect(private)) as target:
            source.backup(target)
        return next(name for name in candidate_names(path) if link_into_place(private, name))


def candidate_names(path: Path) -> Iterator[Path]:
    """Yield a path, then the path with a number added to its name: `name.2`, `name.3` and so on."""
    return chain([path], (path.with_name(f"{path.name}.{number}") for number in count(2)))


def write_backup(target: Path, copy: Callable[[Path], int], *, numbered: bool, is_database: bool) -> tuple[Path, int]:
    """Call `copy` to fill a temporary file, and link it to its final path; return that path and the result of `copy`.

    If the target exists and `numbered` is true, add a number to its name. Set `is_database` for a SQLite file.

    Raises:
        Conflict: if the target exists and `numbered` is false.
    """
    exists = Conflict("backup-exists", f"{target} already exists", "use the path of a new file or of a folder")
    if not numbered and os.path.lexists(target):  # checked first, to avoid needless work
        raise exists
    names: Iterable[Path] = [target]
    if numbered:
        names = chain(names, (target.with_name(f"{target.stem}-{number}{target.suffix}") for number in count(2)))
    try:
        with temporary_file(target.parent) as private:
            tasks = copy(private)
            for name in names:
                if link_into_place(private, name, is_database=is_database):
                    return name, tasks
    except OSError as error:
        raise backup_error(target, error.strerror) from None
    raise exists  # another process has created the target since the check


def backup_error(target: Path, reason: str | None) -> Unavailable:
    """Return the error for a backup that cannot be written."""
    return Unavailable("backup-failed", f"cannot write {target}: {reason}")


@contextmanager
def temporary_file(folder: Path) -> Iterator[Path]:
    """Yield the path of an empty, private file; when the block ends, remove the file and sync the folder to disk."""
    descriptor, name = mkstemp(prefix=".tasktimer-", suffix=".new", dir=folder)
    os.close(descriptor)  # now: closing it later would drop the locks of other threads
    private = Path(name)
    try:
        private.chmod(0o600)  # regardless of the umask
        yield private
    finally:
        private.unlink(missing_ok=True)
    sync_folder(folder)


def link_into_place(private: Path, target: Path, *, is_database: bool = True) -> bool:
    """Sync a file and link it to its final path; return False if that path already exists.

    Before linking a database, remove journals left by an earlier one, which SQLite would apply to the new one.
    """
    sync(private)
    with locked(target.parent) as has_lock:
        if os.path.lexists(target):
            return False
        if is_database:
            remove_journals(target, has_lock=has_lock)
        try:
            os.link(private, target)
        except FileExistsError:  # created by a process that did not lock the folder
            return False
        except OSError:  # a file system without hard links
            if not has_lock:
                raise
            if os.path.lexists(target):
                return False
            private.rename(target)
    return True


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Lock a folder while a database file is created in it; yield whether locking succeeded."""
    with ExitStack() as stack:
        has_lock = False
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # the kernel releases the lock if the process dies
            stack.callback(fcntl.flock, descriptor, fcntl.LOCK_UN)  # needed: a forked child shares the descriptor
            has_lock = True
        yield has_lock


def remove_journals(path: Path, *, has_lock: bool) -> None:
    """Remove journals left by an earlier database at this path; otherwise, SQLite would apply them to the next one."""
    journals = journals_of(path)
    if journals and not has_lock:  # they may belong to a file that has just been created
        raise Unavailable(
            "store-stale-journal",
            f"{journals[0]} belongs to an earlier file, and its folder cannot be locked",
            f"make sure that no program is using it, then remove it: rm {shlex.quote(str(journals[0]))}",
        )
    for journal in journals:
        journal.unlink(missing_ok=True)
    if journals:
        sync_folder(path.parent)  # the journals must not reappear beside the new file after a power failure


def make_folders(folder: Path) -> None:
    """Create a folder and its missing parents, accessible only to this user."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with suppress(FileExistsError):  # created by a concurrent command
            path.mkdir(mode=0o700)
            path.chmod(0o700)  # regardless of the umask
            sync_folder(path.parent)


def sync(path: Path) -> None:
    """Sync a file to disk; this process must have no open connection to the file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Sync a folder's entries to disk, if the folder can be opened and its file system supports syncing."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
