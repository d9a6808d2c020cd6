"""Detailed reports of Clockify in CSV: local times without a zone, in the date format of the user's settings."""

from collections.abc import Iterable, Iterator

from tasktimer.formats.csv_rows import Columns, csv_header, join_csv
from tasktimer.formats.detailed_report import DETAILS, LENGTHS, NAMES, TIMES, read_report
from tasktimer.formats.reading import ReadOptions
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source

TITLE = "Clockify"
ROW = "row"
HAS_OFFSETS = False

# A workspace may call its tasks activities.
_ALIASES = {"duration (h)": "length", "duration (decimal)": "rounded length", "activity": "task", "tag": "tags"}
_COLUMNS = Columns(TIMES, (*NAMES, *DETAILS, *LENGTHS), _ALIASES, str.title)


def recognize(source: Source) -> bool:
    """Return whether a file looks like a detailed report of Clockify in CSV."""
    header = csv_header(source, _COLUMNS)
    return header.issuperset(TIMES) and not header.isdisjoint(LENGTHS)


def read(source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:
    """Yield the rows of a report; client, project and task are the levels of the project."""
    return read_report(source, options, _COLUMNS)


def join_rows(source: Source, rows: Iterable[str]) -> Iterator[str]:
    """Yield the text of a report that contains only these rows."""
    return join_csv(source, rows)
