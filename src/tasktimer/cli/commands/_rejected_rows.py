"""The rows that an import rejects: listed on standard error, and saved in a file."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

from tasktimer.cli.progress import ProgressBar
from tasktimer.cli.streams import print_lines
from tasktimer.errors import InvalidValue, quote_value
from tasktimer.formats.import_report import FileReport
from tasktimer.formats.rows import RejectedRow
from tasktimer.output.import_report import format_rejected_row
from tasktimer.services.export_files import check_new, translate_temporary_errors, write_file
from tasktimer.services.imports import ImportFile, ImportObserver


class RejectedRows(ImportObserver):
    """The rejected rows of an import, kept in a temporary file, because they may not fit in memory.

    It also shows the progress of the import until the rows are printed. Close it at the end.
    """

    def __init__(self, files: list[ImportFile]) -> None:
        self._files = files
        with translate_temporary_errors():
            # Each row is written at once, so that a full disk is noticed before anything is imported.
            self._rows = TemporaryFile("w+", buffering=1, encoding="utf-8")  # noqa: SIM115 (closed in `close`)
        self._bar = ProgressBar("Importing")

    def close(self) -> None:
        """Remove the progress bar, and delete the temporary file."""
        self._bar.close()
        with suppress(OSError):  # the disk is full, which has been reported
            self._rows.close()

    def reject(self, file: FileReport, row: RejectedRow) -> None:
        """Keep a row, with the name of its file."""
        with translate_temporary_errors():
            self._rows.write(json.dumps((file.name, *row)) + "\n")

    def progress(self, file: ImportFile) -> None:  # noqa: ARG002 (all files count)
        """Show how much of the files has been read."""
        sources = [file.source for file in self._files]
        self._bar.update(sum(source.position for source in sources), sum(source.size for source in sources))

    def print(self, done: str | None) -> None:
        """Print the position of each row, and the reason for rejecting it; see `print_lines` for `done`."""
        self._bar.close()
        print_lines((format_rejected_row(row, name) for name, row in self._read()), done)

    def save(self, path: Path) -> None:
        """Write the rows as they are in their file to a new file, in the same format.

        Raises:
            Conflict: if the path exists.
            Unavailable: if the new file cannot be written.
        """
        (file,) = self._files
        write_file(path, file.format.join_rows(file.source, (row.raw for _, row in self._read())))

    def _read(self) -> Iterator[tuple[str, RejectedRow]]:
        self._rows.seek(0)
        for line in self._rows:
            name, *values = json.loads(line)
            yield name, RejectedRow(*values)


def validate_rejects_path(text: str, count: int) -> Path:
    """Return the path of a new file for the rejected rows of `count` files.

    Raises:
        InvalidValue: if there are several files, or the path is invalid.
        Conflict: if the path exists.
        Unavailable: if its folder does not exist or is not writable.
    """
    if count > 1:
        message = "--rejects saves the rows of one file only"
        raise InvalidValue("rejects-of-several-files", message, "import the files one at a time")
    if text in ("", "-"):  # the report is on standard output
        raise InvalidValue("invalid-path", f"invalid path {quote_value(text)}", "use the path of a new file")
    check_new(Path(text))
    return Path(text)
