"""Detailed reports of Toggl Track in CSV: local times without a zone, in the date format of the user's settings."""

from collections.abc import Iterable, Iterator

from tasktimer.formats.csv_rows import Columns, csv_header, join_csv
from tasktimer.formats.detailed_report import DETAILS, LENGTHS, NAMES, TIMES, read_report
from tasktimer.formats.reading import ReadOptions
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source

TITLE = "Toggl Track"
ROW = "row"
HAS_OFFSETS = False

# Reports named these columns differently over the years.
_ALIASES = {"stop date": "end date", "stop time": "end time", "duration": "length", "member": "user"}
_COLUMNS = Columns(TIMES, (*NAMES, *DETAILS, *LENGTHS), _ALIASES, str.capitalize)
# Users choose the columns of a report. Exports of calendars have the same times and a description, but none of these.
_TYPICAL = {"stop date", "duration", "billable", "user", "member", "email"}


def recognize(source: Source) -> bool:
    """Return whether a file looks like a detailed report of Toggl Track in CSV."""
    names, columns = csv_header(source, Columns(())), csv_header(source, _COLUMNS)
    # Clockify shows the unit in the names of its columns for lengths.
    is_clockify = any(name.startswith("duration (") for name in names)
    return (
        columns.issuperset(TIMES)
        and not columns.isdisjoint(NAMES)
        and not names.isdisjoint(_TYPICAL)
        and not is_clockify
    )


def read(source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:
    """Yield the rows of a report; client, project and task are the levels of the project."""
    return read_report(source, options, _COLUMNS)


def join_rows(source: Source, rows: Iterable[str]) -> Iterator[str]:
    """Yield the text of a report that contains only these rows."""
    return join_csv(source, rows)
