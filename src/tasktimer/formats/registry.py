"""The table of formats. A new format is a module, a line here, and a folder of files for its tests."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, tzinfo
from enum import StrEnum
from importlib import import_module
from pathlib import PurePath
from typing import NamedTuple, Protocol, cast

from tasktimer.core.task import Task
from tasktimer.errors import InvalidValue, find_closest_match, quote_value
from tasktimer.formats.reading import ReadOptions
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source

# The names of the formats that can be read, in the order in which they are tried.
READABLE = (
    "timewarrior",
    "watson",
    "timetrap",
    "json",
    "jsonl",
    "csv",
    "toggl",
    "clockify",
    "bartib",
    "org",
    "klog",
)

# The formats that contain all of a task: its user, and whether it is running.
OWN_FORMATS = frozenset({"json", "jsonl", "csv"})


class FileType(NamedTuple):
    """A file in a format: its usual name, and its media type."""

    name: str
    media_type: str


# The names of the formats that can be written.
WRITABLE = {
    "json": FileType("tasks.json", "application/json"),
    "jsonl": FileType("tasks.jsonl", "application/jsonl"),
    "csv": FileType("tasks.csv", "text/csv"),
    "timewarrior": FileType("tasks.data", "text/plain"),
    "watson": FileType("frames", "application/json"),
    "klog": FileType("tasks.klg", "text/plain"),
    "ics": FileType("tasks.ics", "text/calendar"),
    "org": FileType("tasks.org", "text/plain"),
}


class ReadableFormat(Protocol):
    """A module that reads a format."""

    TITLE: str  # such as "Timewarrior"
    ROW: str  # what the format calls a row, such as "line"
    HAS_OFFSETS: bool  # whether all times have an offset, so that no time zone is needed

    def recognize(self, source: Source) -> bool:
        """Return whether a file or folder looks like this format, judging by its first bytes."""

    def read(self, source: Source, options: ReadOptions) -> Iterator[Row | RejectedRow]:
        """Yield the rows of a file or folder, in its order.

        Raises:
            InvalidValue: if it cannot be read in this format.
        """

    def join_rows(self, source: Source, rows: Iterable[str]) -> Iterator[str]:
        """Yield the text of a file in this format that contains only these rows, as they are in `source`."""


class Loss(StrEnum):
    """What a format cannot represent: export counts the tasks that lose it, and the seconds that are cut."""

    USER = "user"
    PROJECT = "project"
    TAGS = "tags"
    NOTE = "note"
    SECONDS = "seconds"  # times are cut to minutes
    FRACTION = "fraction"  # times are cut to seconds
    OFFSET = "offset"  # the first 2:30 and the second look the same as local times
    RUNNING = "running"  # a running task is left out
    ENDED = "ended"  # a running task ends now
    TEXT = "text"  # characters of a text are replaced
    FORMULA = "formula"  # an apostrophe keeps a text from being a formula
    ONE_WORD = "one-word"  # a space after a description of one word keeps it apart from tags
    OVERLAP = "overlap"  # time in which a later task takes place is left out
    OVERLAP_SECONDS = "overlap-seconds"  # this time, instead of a number of tasks
    SPLIT = "split"  # a task of several days is split into one entry per day


class WriteOptions(NamedTuple):
    """How to write tasks: times in a zone, and `now` as the end of running tasks where a format requires one."""

    now: datetime
    zone: tzinfo
    losses: Counter[Loss]  # filled in while the tasks are written
    flatten: bool = False  # cut overlapping tasks where a format does not allow them
    for_spreadsheets: bool = False


class WritableFormat(Protocol):
    """A module that writes a format."""

    TITLE: str

    def write(self, tasks: Iterable[Task], options: WriteOptions) -> Iterator[str]:
        """Yield the text of a file with these tasks, which are sorted by start, then by ID.

        Raises:
            Conflict: if the format cannot represent them.
        """


def readable_format(name: str) -> ReadableFormat:
    """Return the format with a name that a user typed."""
    if name.lower() in WRITABLE.keys() - set(READABLE):
        raise _unknown(f"format {quote_value(name)} can only be exported", READABLE)
    return cast("ReadableFormat", _load(name, READABLE))


def writable_format(name: str) -> WritableFormat:
    """Return the format with a name that a user typed, for writing."""
    if name.lower() in set(READABLE) - WRITABLE.keys():
        raise _unknown(f"format {quote_value(name)} can only be imported", WRITABLE)
    return cast("WritableFormat", _load(name, WRITABLE))


def recognize(source: Source) -> str:
    """Return the name of the format of a file or folder.

    Raises:
        InvalidValue: if it is not in a known format.
    """
    if name := find_format(source):
        return name
    if source.is_folder:
        raise source.error("not a Timewarrior or Watson folder", "use a file in it", "import-format-unknown")
    source.check_text()
    if not source.size:
        raise source.error("it is empty", "use a file that contains tasks")
    from tasktimer.formats.other_files import find_other_file  # lazy: imports csv

    problem, hint = find_other_file(source) or ("its format is not known", None)
    raise source.error(problem, hint, "import-format-unknown")


def find_format(source: Source) -> str | None:
    """Return the name of the format of a file or folder, or None if no format recognizes it."""
    return next((name for name in READABLE if readable_format(name).recognize(source)), None)


def find_by_suffix(path: str) -> str | None:
    """Return the name of the format of files with this suffix, or None if no format has it.

    >>> find_by_suffix("2026/Tasks.JSONL"), find_by_suffix("tasks.txt")
    ('jsonl', None)
    """
    suffix = PurePath(path).suffix.lower()
    found = (name for name, file_type in WRITABLE.items() if PurePath(file_type.name).suffix == suffix)
    return next(found, None) if suffix else None


def _load(name: str, names: Collection[str]) -> object:
    if name.lower() not in names:
        raise _unknown(f"unknown format {quote_value(name)}", names, find_closest_match(name, tuple(names)))
    return import_module(f"tasktimer.formats.{_MODULES.get(name.lower(), name.lower())}")


def _unknown(message: str, names: Iterable[str], match: str | None = None) -> InvalidValue:
    hint = f"use one of {', '.join(names)}" if match is None else f"did you mean {quote_value(match)}?"
    return InvalidValue("invalid-format-name", message, hint)


_MODULES = {"json": "tasktimer_json", "jsonl": "tasktimer_jsonl", "csv": "tasktimer_csv"}
