"""The service that imports one file, and returns the rejected rows with the report."""

from datetime import datetime, tzinfo
from typing import NamedTuple

from tasktimer.core.task import Actor
from tasktimer.formats.import_report import FileReport
from tasktimer.formats.rows import RejectedRow
from tasktimer.formats.source import Source
from tasktimer.services.imports import ImportObserver, import_files, open_import
from tasktimer.store.protocols import Store


class ImportOptions(NamedTuple):
    """How to import a file.

    Without `format_name`, the format is recognized by the content. Times without a UTC offset are in `zone`. With
    `day_first=None`, the dates in the file decide the order of day and month. With `keep_users`, the tasks of a file of
    tasktimer keep their users. With `again`, tasks that were imported before and then deleted are added again. With
    `dry_run`, nothing is changed.
    """

    zone: tzinfo
    format_name: str | None = None
    day_first: bool | None = None
    keep_users: bool = False
    again: bool = False
    dry_run: bool = False


class ImportedFile(NamedTuple):
    """What an import added from a file, and the rows that it rejected.

    `command` is the number of the command for `undo`, or None if nothing was added.
    """

    report: FileReport
    rejected_rows: list[RejectedRow]
    command: int | None


class _Rejections(ImportObserver):
    def __init__(self, limit: int | None) -> None:
        self.rows: list[RejectedRow] = []
        self._limit = limit

    def reject(self, file: FileReport, row: RejectedRow) -> None:  # noqa: ARG002 (only one file is imported)
        if self._limit is None or len(self.rows) < self._limit:
            self.rows.append(row)


def import_file(
    store: Store,
    actor: Actor,
    source: Source,
    options: ImportOptions,
    *,
    max_rejected_rows: int | None = None,
    now: datetime,
) -> ImportedFile:
    """Import a file in one transaction; return what was added, and the first `max_rejected_rows` rejected rows.

    A row that was imported before adds nothing, even if its task has been edited or deleted since.

    Raises:
        InvalidValue: if the file cannot be read in its format; nothing is imported.
    """
    rejections = _Rejections(max_rejected_rows)
    file = open_import(source, zone=options.zone, format_name=options.format_name, day_first=options.day_first)
    result = import_files(
        store,
        actor,
        [file],
        keep_users=options.keep_users,
        again=options.again,
        dry_run=options.dry_run,
        observer=rejections,
        now=now,
    )
    return ImportedFile(result.files[0], rejections.rows, result.entry_id)
