"""The service that imports tasks from files of other time trackers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from io import BytesIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tasktimer.core.journal import IMPORT
from tasktimer.core.task import Actor
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.formats.import_report import FileReport, ImportResult
from tasktimer.formats.reading import ReadOptions
from tasktimer.formats.registry import OWN_FORMATS, ReadableFormat, find_format, readable_format, recognize
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source
from tasktimer.services.import_checks import valid_rows, valid_rows_of_others
from tasktimer.services.import_writer import ImportWriter
from tasktimer.services.transaction import ChangeRecorder, resolve_user
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import sources

_ROWS_AT_ONCE = 5_000
_MOST_REJECTED = 10_000  # rows of a file, if they are nearly all of it; reading the rest would be a waste of time
_NEARLY_ALL = 0.9


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
        InvalidValue: if a file cannot be read in its format, looks like another one and has no valid row, or has too
            many rows that are not valid; nothing is imported.
    """
    with store.read() if dry_run else store.write(create=True) as connection:
        if not dry_run:
            sources.lock_imports(connection, None if keep_users else actor.owner)
        recorder = ChangeRecorder(connection, actor, IMPORT, now=now)
        writer = ImportWriter(recorder, again=again, dry_run=dry_run)
        importer = _Importer(connection, actor, writer, observer or ImportObserver(), keep_users=keep_users)
        reports = [importer.import_file(file, now) for file in files]
        return ImportResult(reports, recorder.entry_id, writer.first_user)


class _Importer:
    """Reads the rows of files within a transaction, and has them written."""

    def __init__(
        self, connection: Connection, actor: Actor, writer: ImportWriter, observer: ImportObserver, *, keep_users: bool
    ) -> None:
        self._connection = connection
        self._actor = actor
        self._writer = writer
        self._observer = observer
        self._keep_users = keep_users
        self._owner: int | None = None

    def import_file(self, file: ImportFile, now: datetime) -> FileReport:
        """Add the tasks of a file, and return what was added."""
        from tasktimer.formats.identity import RowIdentities  # lazy: imports hashlib and sqlite3

        zone = None if file.format.HAS_OFFSETS else file.options.zone
        report = FileReport(file.source.name, file.format_name, file.format.TITLE, file.format.ROW, zone)
        check = valid_rows if file.format_name in OWN_FORMATS else valid_rows_of_others
        rows = _accepted(check(file.format.read(file.source, file.options), now), file, report, self._observer)
        with RowIdentities(file.format_name) as identities:
            while page := list(islice(rows, _ROWS_AT_ONCE)):
                by_user: dict[int, dict[int, Row]] = {}
                for row in page:
                    of_user = by_user.setdefault(self._user(row), {})
                    identity = identities.next(row)
                    report.present += identity in of_user
                    of_user.setdefault(identity, row)
                for user_id, of_user in by_user.items():
                    self._writer.write(user_id, of_user, identities, report)
                self._observer.progress(file)
        _check_format(file, report)
        return report

    def _user(self, row: Row) -> int:
        if self._keep_users and row.user_id is not None:
            return row.user_id
        if self._owner is None:
            self._owner = resolve_user(self._connection, self._actor).owner
        return self._owner


def _check_format(file: ImportFile, report: FileReport) -> None:
    """Raise InvalidValue for a file without a valid row that is in another format, or in none."""
    if report.rows > report.rejected or file.format.recognize(file.source):
        return
    found = find_format(file.source)
    if report.rows or found is not None:
        hint = "omit the format, or use the right one" if found is None else f"use the format {found}"
        raise file.source.error(f"not in the format {file.format_name}", hint)


def _check_rejected(file: ImportFile, report: FileReport, row: RejectedRow) -> None:
    """Raise InvalidValue if nearly all of many rows are rejected, of which `row` is the last."""
    invalid = report.rejected - report.breaks
    if invalid < max(_MOST_REJECTED, _NEARLY_ALL * report.rows):
        return
    _check_format(file, report)
    problem = f"{invalid:,} of its first {report.rows:,} rows are not valid, such as {row.place}: {row.reason}"
    raise file.source.error(problem, "correct the rows, or use the right format")


def _accepted(
    rows: Iterable[Row | RejectedRow], file: ImportFile, report: FileReport, observer: ImportObserver
) -> Iterator[Row]:
    """Yield the rows that are not rejected, and report on all of them."""
    for row in rows:
        report.rows += 1
        if isinstance(row, RejectedRow):
            report.rejected += 1
            report.breaks += row.break_seconds > 0
            report.break_time += timedelta(seconds=row.break_seconds)
            observer.reject(report, row)
            _check_rejected(file, report, row)
            continue
        start = row.start_time
        report.first_start = start if report.first_start is None else min(report.first_start, start)
        report.last_start = start if report.last_start is None else max(report.last_start, start)
        yield row
