"""What an import read from files, and what it added."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from tasktimer.formats.rows import Adaptation


@dataclass
class FileReport:
    """What an import read from a file, and what it added; in a dry run, what it would add."""

    name: str
    format_name: str
    title: str  # of the format
    row_noun: str  # what the format calls a row
    zone: tzinfo | None  # the time zone of times without an offset, or None if the format has none
    rows: int = 0
    first_start: datetime | None = None
    last_start: datetime | None = None
    added: int = 0
    added_time: timedelta = timedelta()
    running: int = 0  # added tasks without an end
    ended: int = 0  # running tasks of an earlier import that have an end in this file
    duplicates: int = 0  # added tasks with the start and end of a task that was there before
    present: int = 0  # rows whose tasks were added before
    rejected: int = 0
    breaks: int = 0  # rejected rows whose lengths the source subtracts from its totals
    break_time: timedelta = timedelta()
    adaptations: Counter[Adaptation] = field(default_factory=Counter)  # of added tasks


class ImportResult(NamedTuple):
    """What an import added, by file.

    `entry_id` is the ID of its journal entry, and `first_user` the owner of the first added task; both are None if
    nothing was added.
    """

    files: list[FileReport]
    entry_id: int | None = None
    first_user: int | None = None

    @property
    def added(self) -> int:
        """The number of added tasks."""
        return sum(file.added for file in self.files)

    @property
    def ended(self) -> int:
        """The number of running tasks that were ended."""
        return sum(file.ended for file in self.files)

    @property
    def rejected(self) -> int:
        """The number of rejected rows."""
        return sum(file.rejected for file in self.files)
