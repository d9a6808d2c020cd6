"""Files that cannot be imported, although they belong to a time tracker, or were exported by this program."""

import re
from typing import NamedTuple

from tasktimer.formats.csv_rows import Columns, csv_header
from tasktimer.formats.source import Source

# The columns of CSV for spreadsheets.
SPREADSHEET_COLUMNS = ("date", "start", "end", "hours", "user", "project", "description", "tags", "note")

_TAGS = re.compile(r'\s*\{\s*"(?:[^"\\\n]|\\.)*"\s*:\s*\{\s*"count"\s*:\s*[0-9]')
_UNDO_LOG = re.compile(r"txn:\r?\n\s+type:")
_CALENDAR = re.compile(r"BEGIN:VCALENDAR\b", re.IGNORECASE)
_OWN_CALENDAR = "\nPRODID:-//tasktimer//"


class OtherFile(NamedTuple):
    """What a file is, as a problem that an error names, and what to import instead, as a hint."""

    problem: str
    hint: str


_DATA = "import the folder that contains it, or a data file such as 2024-03.data"
_LIST_OF_TAGS = OtherFile("it is Timewarrior's list of tags, which contains no tasks", _DATA)
_LOG = OtherFile("it is Timewarrior's undo log, which contains no tasks", _DATA)
_EVENTS = OtherFile(
    "it is a calendar, which can only be exported",
    "import a report in CSV of the program that wrote it",
)
_OWN_EVENTS = OtherFile(_EVENTS.problem, "export the tasks as JSON lines, and import that file")
_SPREADSHEET = OtherFile(
    "it was exported for spreadsheets, without UTC offsets", "export the tasks as plain CSV, and import that file"
)


def find_other_file(source: Source) -> OtherFile | None:
    """Return what a file is that cannot be imported, or None if it is not known."""
    text = source.head_text
    if _CALENDAR.match(text):
        return _OWN_EVENTS if _OWN_CALENDAR in text else _EVENTS
    if _TAGS.match(text):
        return _LIST_OF_TAGS
    if _UNDO_LOG.match(text):
        return _LOG
    return _SPREADSHEET if csv_header(source, Columns(())) == set(SPREADSHEET_COLUMNS) else None
