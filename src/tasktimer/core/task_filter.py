"""Filters that select tasks, and pages of their results."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tasktimer.core.expressions import And, Expression, Not, Term, conjuncts, iterate_terms
from tasktimer.core.interval import Window
from tasktimer.core.labels import parse_project, parse_tags
from tasktimer.core.record import Record
from tasktimer.core.task import validate_duration
from tasktimer.core.text import validate_text
from tasktimer.errors import InvalidValue

MAX_SEARCH_LENGTH = 1000
MAX_TERMS = 50  # each term adds a condition to the query, and planning many conditions is slow
NO_PROJECT = Term("project")
_EVERYTHING = And(())
ALL_TIME = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


class TaskFilter(Record):
    """A filter that selects the tasks matching all parts of an expression; without parts, it selects all tasks."""

    __slots__ = ("parts",)

    parts: tuple[Expression, ...]

    def __init__(  # noqa: PLR0913 (one for each option)
        self,
        *,
        project: str | None = None,
        no_project: bool = False,
        tags: Sequence[str] = (),
        exclude_tags: Sequence[str] = (),
        running: bool = False,
        untagged: bool = False,
        longer_than: timedelta | None = None,
        shorter_than: timedelta | None = None,
        search: str | None = None,
        where: Expression = _EVERYTHING,
    ) -> None:
        """Select the tasks that meet all conditions; an argument with its default value imposes no condition.

        `project` includes its subprojects, `search` ignores case, and a task must have all `tags` and none of
        `exclude_tags`.
        """
        parts: list[Expression | None] = [
            None if project is None else Term("project", parse_project(project)),
            NO_PROJECT if no_project else None,
            *(Term("tag", tag) for tag in parse_tags(tags)),
            *(Not(Term("tag", tag)) for tag in parse_tags(exclude_tags)),
            Term("running") if running else None,
            Term("untagged") if untagged else None,
            None if longer_than is None else Term("longer", validate_duration(longer_than)),
            None if shorter_than is None else Term("shorter", validate_duration(shorter_than)),
            None if search is None else Term("text", parse_search(search)),
            where,
        ]
        given = tuple(part for part in parts if part is not None)
        object.__setattr__(self, "parts", conjuncts(And(given)))
        if (count := sum(1 for _ in self.terms)) > MAX_TERMS:
            raise InvalidValue("too-many-terms", f"too many terms in the filter: {count:,}", f"use at most {MAX_TERMS}")

    @property
    def terms(self) -> Iterator[Term]:
        """The terms of all parts."""
        return iterate_terms(And(self.parts))

    @property
    def has_alternatives(self) -> bool:
        """Whether a task can match without matching every term; if not, a misspelled name excludes all tasks."""
        return not all(isinstance(part, Term) for part in self.parts)

    @property
    def span(self) -> Window | None:
        """A window that every matching task overlaps, or None."""
        bounds = [part for part in self.parts if isinstance(part, Term) and part.key in {"from", "to"}]
        start = max((term.value for term in bounds if term.key == "from"), default=ALL_TIME.start)
        end = min((term.value for term in bounds if term.key == "to"), default=ALL_TIME.end)
        return Window(start, end) if bounds and start < end else None

    def running_only(self) -> "TaskFilter":
        """Return a filter for the running tasks that match; the added term does not count towards the limit."""
        restricted = object.__new__(TaskFilter)
        object.__setattr__(restricted, "parts", (Term("running"), *self.parts))
        return restricted


NO_FILTER = TaskFilter()


def parse_search(text: str) -> str:
    """Return text to search for; raise InvalidValue if it is blank, too long or contains control characters."""
    validate_text(text, "search", longest=MAX_SEARCH_LENGTH)
    return text


class Cursor(NamedTuple):
    """The position of a task in a list sorted by start, then ID."""

    start_time: datetime
    id: int


class Page(NamedTuple):
    """A page of at most `limit` tasks after a position; `after=None` means the first page.

    With `newest_first`, the list is in reverse order.
    """

    limit: int
    after: Cursor | None = None
    newest_first: bool = False
