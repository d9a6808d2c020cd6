"""The rows that an import rejects: listed on standard error, and saved in a file."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Self

from tasktimer.cli.progress import ProgressBar
from tasktimer.errors import InvalidValue
from tasktimer.formats.import_report import FileReport
from tasktimer.formats.rows import RejectedRow
from tasktimer.output.import_report import format_rejected_row
from tasktimer.services.export_files import check_new, write_file
from tasktimer.services.imports import ImportFile, ImportObserver


class RejectedRows(ImportObserver):
    """The rejected rows of an import, kept in a temporary file, because they may not fit in memory.

    Use it in a `with` block, which also shows the progress of the import.
    """

    def __init__(self, files: list[ImportFile]) -> None:
        self._files = files
        self._rows = TemporaryFile("w+", encoding="utf-8", errors="surrogatepass")  # noqa: SIM115 (closed in __exit__)
        self._bar = ProgressBar("Importing", sum(file.source.size for file in files))

    def __enter__(self) -> Self:
        self._bar.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.__exit__(kind, error, traceback)
        self._rows.close()

    def reject(self, file: FileReport, row: RejectedRow) -> None:
        """Keep a row, with the name of its file."""
        json.dump((file.name, *row), self._rows)
        self._rows.write("\n")

    def progress(self, file: ImportFile) -> None:  # noqa: ARG002 (all files count)
        """Show how much of the files has been read."""
        self._bar.update(sum(file.source.position for file in self._files))

    def print(self) -> None:
        """Print the position of each row, and the reason for rejecting it, to standard error."""
        if sys.stderr is not None:
            for name, row in self._read():
                sys.stderr.write(format_rejected_row(row, name if len(self._files) > 1 else None) + "\n")
            sys.stderr.flush()

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
    """Return the path of a new file for rejected rows; raise an error if it exists, or for several files."""
    path = Path(text)
    check_new(path)
    if count > 1:
        message = "--rejects saves the rows of one file only"
        raise InvalidValue("rejects-of-several-files", message, "import the files one at a time")
    return path
