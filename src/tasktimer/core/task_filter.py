"""Filters that select tasks, and pages of their results."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from tasktimer.core.labels import parse_project, parse_tags
from tasktimer.core.task import validate_duration, validate_text
from tasktimer.errors import InvalidValue

MAX_SEARCH_LENGTH = 1000
MAX_TAGS = 20  # each tag adds a condition to the query, and planning many conditions is slow


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """A set of conditions that a task must meet; a field with its default value imposes no condition."""

    project: str | None = None  # or one of its subprojects
    tags: tuple[str, ...] = ()  # the task has all of them
    exclude_tags: tuple[str, ...] = ()  # the task has none of them
    running: bool = False
    untagged: bool = False
    longer_than: timedelta | None = None
    shorter_than: timedelta | None = None
    search: str | None = None  # in the description or the note, ignoring case

    def __post_init__(self) -> None:
        """Normalize the names and validate the values."""
        if self.project is not None:
            object.__setattr__(self, "project", parse_project(self.project))
        object.__setattr__(self, "tags", parse_tags(self.tags))
        object.__setattr__(self, "exclude_tags", parse_tags(self.exclude_tags))
        if (count := len(self.tags) + len(self.exclude_tags)) > MAX_TAGS:
            raise InvalidValue("too-many-tags", f"too many tags in the filter: {count:,}", f"use at most {MAX_TAGS}")
        for duration in (self.longer_than, self.shorter_than):
            if duration is not None:
                validate_duration(duration)
        if self.search is not None:
            validate_text(self.search, "search", longest=MAX_SEARCH_LENGTH)


NO_FILTER = TaskFilter()


class Cursor(NamedTuple):
    """The position of a task in a list sorted by start, then ID."""

    start_time: datetime
    id: int


class Page(NamedTuple):
    """A page of at most `limit` tasks after a position; `after=None` means the first page."""

    limit: int
    after: Cursor | None = None
