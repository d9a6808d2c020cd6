"""Which tasks a command is about."""

from dataclasses import dataclass
from datetime import timedelta

from tasktimer.core.labels import parse_project, parse_tags
from tasktimer.core.task import check_duration, check_text
from tasktimer.errors import InvalidValue

LONGEST_SEARCH = 1000
MOST_TAGS = 20  # each is a part of the question; engines take long to plan many


@dataclass(frozen=True, slots=True)
class Filter:
    """What tasks have in common; what is not said restricts nothing."""

    project: str | None = None  # and the levels below it
    tags: tuple[str, ...] = ()  # all of them
    not_tags: tuple[str, ...] = ()  # none of them
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
        object.__setattr__(self, "not_tags", parse_tags(self.not_tags))
        if (count := len(self.tags) + len(self.not_tags)) > MOST_TAGS:
            raise InvalidValue("too-many-tags", f"{count:,} tags are asked about", f"ask about {MOST_TAGS} at most")
        for length in (self.longer_than, self.shorter_than):
            if length is not None:
                check_duration(length)
        if self.search is not None:
            check_text(self.search, "search", longest=LONGEST_SEARCH)


EVERYTHING = Filter()
