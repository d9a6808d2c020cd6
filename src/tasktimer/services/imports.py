"""The service that imports tasks from files of other time trackers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from io import BytesIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tasktimer.core.journal import IMPORT
from tasktimer.core.task import Actor, Task
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.formats.import_report import FileReport, ImportResult
from tasktimer.formats.reading import ReadOptions
from tasktimer.formats.registry import OWN_FORMATS, ReadableFormat, readable_format, recognize
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source
from tasktimer.services.import_checks import valid_rows, valid_rows_of_others
from tasktimer.services.transaction import resolve_user
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import sources, task_queries, task_writes

_ROWS_AT_ONCE = 5_000


class ImportFile(NamedTuple):
    """A file or folder to import, in a format."""

    source: Source
    format_name: str
    format: ReadableFormat
    options: ReadOptions


class ImportObserver:
    """A listener to an import, whose methods do nothing in this base class."""

    def reject(self, file: FileReport, row: RejectedRow) -> None:
        """Receive a row that cannot be imported."""

    def progress(self, file: ImportFile) -> None:
        """Receive the file that is being imported, from time to time."""


def open_import(
    source: Source, *, zone: tzinfo, format_name: str | None = None, day_first: bool | None = None
) -> ImportFile:
    """Return a file or folder to import in a format, or in the format that its content has.

    Raises:
        InvalidValue: if the format is unknown.
    """
    name = recognize(source) if format_name is None else format_name.lower()
    return ImportFile(source, name, readable_format(name), ReadOptions(zone, day_first))


def open_source(path: Path, name: str | None = None, encoding: str | None = None) -> Source:
    """Return a file or folder to read in an encoding; raise InvalidValue if there is no such encoding."""
    try:
        if encoding is not None:
            TextIOWrapper(BytesIO(), encoding).close()
    except (LookupError, ValueError):  # also for a codec that does not decode text, such as base64
        message = f"unknown encoding {quote_value(encoding or '')}"
        raise InvalidValue("invalid-encoding", message, "use an encoding such as utf-8, latin-1 or cp1252") from None
    return Source(path, name, encoding)


def import_files(  # noqa: PLR0913 (the options)
    store: Store,
    actor: Actor,
    files: Sequence[ImportFile],
    *,
    keep_users: bool = False,
    again: bool = False,
    dry_run: bool = False,
    observer: ImportObserver | None = None,
    now: datetime,
) -> ImportResult:
    """Import files in one transaction, and report what was added from each.

    A row that was imported before adds nothing, even if its task has been edited or deleted since; with `again`, a
    deleted task is added again. With `dry_run`, nothing is changed. The tasks belong to the actor's user or, with
    `keep_users`, to the user in a file of tasktimer.

    Raises:
        InvalidValue: if a file cannot be read in its format, or looks like another one and has no valid row; nothing is
            imported.
    """
    with store.read() if dry_run else store.write(create=True) as connection:
        if not dry_run:
            sources.lock_imports(connection)
        options = _Options(keep_users, again, dry_run, observer or ImportObserver(), now)
        importer = _Importer(connection, actor, options)
        reports = [importer.import_file(file) for file in files]
        return ImportResult(reports, importer.entry_id, importer.first_user)


class _Options(NamedTuple):
    keep_users: bool
    again: bool
    dry_run: bool
    observer: ImportObserver
    now: datetime


class _Importer:
    """Adds the rows of files within a transaction."""

    def __init__(self, connection: Connection, actor: Actor, options: _Options) -> None:
        self.entry_id: int | None = None
        self.first_user: int | None = None  # the owner of the first added task
        self._connection = connection
        self._actor = actor
        self._options = options
        self._has_sources: dict[int, bool] = {}  # by user
        self._owner: int | None = None

    def import_file(self, file: ImportFile) -> FileReport:
        """Add the tasks of a file, and return what was added."""
        from tasktimer.formats.identity import RowIdentities  # lazy: imports hashlib and sqlite3

        zone = None if file.format.HAS_OFFSETS else file.options.zone
        report = FileReport(file.source.name, file.format_name, file.format.TITLE, file.format.ROW, zone)
        check = valid_rows if file.format_name in OWN_FORMATS else valid_rows_of_others
        checked = check(file.format.read(file.source, file.options), self._options.now)
        rows = _accepted(checked, report, self._options.observer)
        with RowIdentities(file.format_name) as identities:
            while page := list(islice(rows, _ROWS_AT_ONCE)):
                by_user: dict[int, dict[int, Row]] = {}
                for row in page:
                    of_user = by_user.setdefault(self._user(row), {})
                    identity = identities.next(row)
                    report.present += identity in of_user
                    of_user.setdefault(identity, row)
                for user_id, of_user in by_user.items():
                    self._add(user_id, of_user, report)
                self._options.observer.progress(file)
        if report.rows == report.rejected > 0 and not file.format.recognize(file.source):
            hint = "omit the format, or use the right one"
            raise file.source.error(f"it is not in the format {file.format_name}", hint)
        return report

    def _user(self, row: Row) -> int:
        if self._options.keep_users and row.user_id is not None:
            return row.user_id
        if self._owner is None:
            self._owner = resolve_user(self._connection, self._actor).owner
        return self._owner

    def _add(self, user_id: int, rows: dict[int, Row], report: FileReport) -> None:
        """Add the new ones of a user's rows, by identity."""
        new = self._find_new(user_id, rows)
        report.present += len(rows) - len(new)
        report.added += len(new)
        report.added_time += sum((row.duration for row in new.values()), timedelta())
        for row in new.values():
            report.adaptations.update(row.adaptations)
        if self._options.dry_run or not new:
            return
        if self.entry_id is None:
            self.first_user = user_id
            author = self._actor.user_id or user_id
            now = self._options.now
            self.entry_id = task_writes.insert_entry(self._connection, IMPORT, user_id=author, given_time=now)
        ids = sources.reserve_ids(self._connection, len(new))
        added = [
            sources.NewSource(identity, _to_task(task_id, user_id, row))
            for task_id, (identity, row) in zip(ids, new.items(), strict=True)
        ]
        sources.insert_imported(self._connection, self.entry_id, added)
        self._has_sources[user_id] = True

    def _find_new(self, user_id: int, rows: dict[int, Row]) -> dict[int, Row]:
        if user_id not in self._has_sources:
            self._has_sources[user_id] = sources.has_sources(self._connection, user_id)
        seen: dict[int, bool] = {}
        if self._has_sources[user_id]:
            seen = sources.find_seen(self._connection, user_id, list(rows))
        if self._options.again:  # rows of deleted tasks are new again
            seen = {identity: exists for identity, exists in seen.items() if exists}
        return self._without_own(user_id, {identity: row for identity, row in rows.items() if identity not in seen})

    def _without_own(self, user_id: int, rows: dict[int, Row]) -> dict[int, Row]:
        """Return the rows without those of tasks that this store exported."""
        ids = [row.task_id for row in rows.values() if row.task_id is not None]
        tasks = {task.id: task for task in task_queries.get_tasks(self._connection, ids)}

        def is_own(row: Row) -> bool:
            task = None if row.task_id is None else tasks.get(row.task_id)
            return task is not None and (task.user_id, task.start_time) == (user_id, row.start_time)

        return {identity: row for identity, row in rows.items() if not is_own(row)}


def _accepted(rows: Iterable[Row | RejectedRow], report: FileReport, observer: ImportObserver) -> Iterator[Row]:
    """Yield the rows that are not rejected, and report on all of them."""
    for row in rows:
        report.rows += 1
        if isinstance(row, RejectedRow):
            report.rejected += 1
            observer.reject(report, row)
            continue
        start = row.start_time
        report.first_start = start if report.first_start is None else min(report.first_start, start)
        report.last_start = start if report.last_start is None else max(report.last_start, start)
        yield row


def _to_task(task_id: int, user_id: int, row: Row) -> Task:
    fields = (row.description, row.start_time, row.end_time, row.project, row.tags, row.note)
    return Task(task_id, user_id, *fields)
