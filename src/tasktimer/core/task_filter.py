"""Which tasks a command is about."""

from dataclasses import dataclass
from datetime import timedelta

from tasktimer.core.labels import parse_project, parse_tags
from tasktimer.core.task import validate_duration, validate_text
from tasktimer.errors import InvalidValue

MAX_SEARCH_LENGTH = 1000
MAX_TAGS = 20  # each is a part of the question; engines take long to plan many


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What tasks have in common; what is not said restricts nothing."""

    project: str | None = None  # and the levels below it
    tags: tuple[str, ...] = ()  # all of them
    exclude_tags: tuple[str, ...] = ()  # none of them
    running: bool = False
    untagged: bool = False
    longer_than: timedelta | None = None
    shorter_than: timedelta | None = None
    search: str | None = None  # in the description or the note, whatever the case

    def __post_init__(self) -> None:
        """Read the names, and refuse what no task can have.

        Raises:
            InvalidValue: a name or the text cannot be one, the tags are too many, or a length is out of range.
        """
        if self.project is not None:
            object.__setattr__(self, "project", parse_project(self.project))
        object.__setattr__(self, "tags", parse_tags(self.tags))
        object.__setattr__(self, "exclude_tags", parse_tags(self.exclude_tags))
        if (count := len(self.tags) + len(self.exclude_tags)) > MAX_TAGS:
            raise InvalidValue("too-many-tags", f"{count:,} tags are asked about", f"ask about {MAX_TAGS} at most")
        for length in (self.longer_than, self.shorter_than):
            if length is not None:
                validate_duration(length)
        if self.search is not None:
            validate_text(self.search, "search", longest=MAX_SEARCH_LENGTH)


NO_FILTER = TaskFilter()
