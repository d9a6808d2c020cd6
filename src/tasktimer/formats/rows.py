"""The rows of files from other time trackers: tasks that can be imported, and rows that cannot."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class Adaptation(StrEnum):
    """What a format changes in a row because tasks cannot represent it; the closing report counts each."""

    TAG_AS_DESCRIPTION = "tag-as-description"  # a tag of several words is the description
    TAGS_JOINED = "tags-joined"  # several such tags are the description, separated by semicolons
    PROJECT_AS_DESCRIPTION = "project-as-description"
    UNTITLED = "untitled"  # without any text, the description is "untitled"
    SLASH_REPLACED = "slash-replaced"  # a slash within the name of a project or client is replaced
    LENGTH_DIFFERS = "length-differs"  # the length in the file is not the end minus the start, which is kept
    OTHER_PERSON = "other-person"  # a report of a team: the row is of another person than the first one
    PERSON = "person"  # the name of the person is left out
    BILLABLE = "billable"  # whether it is billable is left out
    SHOULD_TOTAL = "should-total"  # the time that klog's users planned for a day is left out
    TAG_VALUE = "tag-value"  # the value of a tag contains spaces or commas, and is only in the text
    UNKNOWN_TIMES = "unknown-times"  # a length without times starts at 9:00, or at the end of the one before it


class Row(NamedTuple):
    """A task in a file; `end_time=None` means that it is running, and `place` is its position, such as `line 7`.

    Times are in UTC. `raw` is the row as it is in the file. `source_id` is the ID that another program gave to the row,
    if any; `task_id` and `user_id` are those in a file of tasktimer.
    """

    place: str
    raw: str
    start_time: datetime
    end_time: datetime | None
    description: str
    project: str | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None
    source_id: str | None = None
    task_id: int | None = None
    user_id: int | None = None
    adaptations: tuple[Adaptation, ...] = ()

    @property
    def duration(self) -> timedelta:
        """The length of the task, zero while it is running."""
        return timedelta() if self.end_time is None else self.end_time - self.start_time


class RejectedRow(NamedTuple):
    """A row that cannot be imported, with the reason; `raw` is the row as it is in the file.

    `break_seconds` is the length of a break, which the source subtracts from its totals.
    """

    place: str
    raw: str
    reason: str
    break_seconds: int = 0


class Rejection(Exception):
    """Raised for a row that cannot be imported."""

    def __init__(self, reason: str, break_seconds: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.break_seconds = break_seconds
