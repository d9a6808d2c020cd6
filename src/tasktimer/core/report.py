"""Reports: the time spent on tasks, grouped by one or two keys."""

from datetime import timedelta
from typing import NamedTuple

from tasktimer.core.buckets import TIME_KEYS
from tasktimer.core.expressions import Term
from tasktimer.core.interval import Window
from tasktimer.core.rounding import Rounding
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import InvalidValue, find_closest_match, quote_value

LABEL_KEYS = ("project", "tag", "user", "description")
KEYS = (*TIME_KEYS, *LABEL_KEYS)

# A value of a key: the label of a bucket, or a name; None stands for no project, or no tags.
Key = str | None

# The keys that other programs, or people, call by these names.
_SYNONYMS = {"client": "project", "customer": "project", "label": "tag", "task": "description", "date": "day"}

_ZERO = timedelta()
_MAX_KEYS = 2
# The keys that do not divide the time of a day, project and user, which is what is rounded.
_KEYS_OF_UNITS = ("weekday", "day", "week", "month", "quarter", "year", "project", "user")


class ReportQuery(NamedTuple):
    """What a report contains: the time worked or elapsed, by one or two keys.

    `depth` is the number of levels of projects to show, and `fill` adds a row for each part of the window without
    tasks. Without `totals`, which make the query slower, a report by two keys contains only its cells, and only a
    report on elapsed time contains elapsed times.
    """

    by: tuple[str, ...]
    depth: int | None = None
    elapsed: bool = False
    fill: bool = False
    rounding: Rounding | None = None
    totals: bool = True

    @property
    def time_keys(self) -> list[str]:
        """The keys that refer to time."""
        return [key for key in self.by if key in TIME_KEYS]

    @property
    def label_keys(self) -> list[str]:
        """The keys that refer to properties of tasks."""
        return [key for key in self.by if key in LABEL_KEYS]


class Contribution(NamedTuple):
    """The time spent within a bucket on tasks with the same values of the label keys.

    `tasks` is the number of tasks that did not contribute to an earlier bucket with the same labels; `new_tasks`, to
    any earlier bucket or, in a report without totals, the same number. `part` is the start and the end, in
    microseconds, of the part of a single task.
    """

    bucket: int
    values: tuple[str | int, ...]
    tasks: int
    new_tasks: int
    worked: timedelta
    rounded: timedelta = _ZERO
    part: tuple[int, int] | None = None


class ElapsedTime(NamedTuple):
    """The elapsed time within a bucket, which counts overlaps once."""

    bucket: int
    elapsed: timedelta


class Amount:
    """The time spent on tasks; `elapsed` counts overlaps once, and is None if it was not computed.

    `rounded` is zero in a report without rounding.
    """

    # Not a dataclass: `dataclass` takes as long as adding up a thousand cells.
    __slots__ = ("elapsed", "rounded", "worked")

    def __init__(self, worked: timedelta = _ZERO, rounded: timedelta = _ZERO, elapsed: timedelta | None = None) -> None:
        self.worked = worked
        self.rounded = rounded
        self.elapsed = elapsed

    def add(self, worked: timedelta, rounded: timedelta) -> None:
        """Add time worked; elapsed time does not add up."""
        self.worked += worked
        self.rounded += rounded


class Cell(Amount):
    """An amount with the number of tasks."""

    __slots__ = ("tasks",)

    def __init__(
        self,
        worked: timedelta = _ZERO,
        rounded: timedelta = _ZERO,
        elapsed: timedelta | None = None,
        tasks: int = 0,
    ) -> None:
        self.worked = worked
        self.rounded = rounded
        self.elapsed = elapsed
        self.tasks = tasks


class Report(NamedTuple):
    """The time spent within a window, by one or two keys.

    `cells` maps the values of all keys to amounts; `rows` and `columns` contain the totals for each value of the first
    and of the second key. All are sorted. A task with several tags counts towards each tag, but only once in totals.
    """

    query: ReportQuery
    window: Window
    cells: dict[tuple[Key, ...], Cell]
    rows: dict[Key, Amount]
    columns: dict[Key, Amount]
    total: Cell

    @property
    def tag_sum(self) -> timedelta | None:
        """The sum of the time spent on each tag, if it is more than the total because a task has several tags."""
        for key, amounts in zip(self.query.by, (self.rows, self.columns), strict=False):
            worked = sum((amount.worked for amount in amounts.values()), _ZERO)
            if key == "tag" and worked != self.total.worked:
                return worked
        return None


def parse_keys(text: str) -> tuple[str, ...]:
    """Parse one or two keys of a report, separated by a comma."""
    keys = tuple(key.strip().lower() for key in text.split(","))
    for key in keys:
        if key not in KEYS:
            match = find_key(key) or find_closest_match(key, KEYS)
            hint = f"use one of {', '.join(KEYS)}" if match is None else f"did you mean {quote_value(match)}?"
            raise InvalidValue("invalid-report-key", f"unknown key {quote_value(key)} for a report", hint)
    if len(keys) > _MAX_KEYS or len(set(keys)) < len(keys):
        problem = "the same key twice" if len(set(keys)) < len(keys) else f"{len(keys)} keys"
        raise InvalidValue("invalid-report-key", f"{quote_value(text)} contains {problem}", "use one or two keys")
    return keys


def find_key(word: str) -> str | None:
    """Return the key that a word means, such as project for projects or client, or None.

    >>> [find_key(word) for word in ("projects", "client", "day", "year ago")]
    ['project', 'project', 'day', None]
    """
    singular = word.lower().removesuffix("s")
    return singular if singular in KEYS else _SYNONYMS.get(singular)


def default_keys(task_filter: TaskFilter, depth: int | None = None) -> tuple[str, ...]:
    """Return the key to group by if none is given: day if every matching task is in one project, otherwise project.

    With a depth, which is a number of levels of projects, the key is always project.
    """
    if depth is not None:
        return ("project",)
    is_one_project = any(isinstance(part, Term) and part.key == "project" for part in task_filter.parts)
    return ("day",) if is_one_project else ("project",)


def validate_query(query: ReportQuery) -> ReportQuery:
    """Return a query, or raise InvalidValue if its options cannot be used together."""
    if query.depth is not None and "project" not in query.by:
        raise _conflict("a depth requires a report by project", "add project to the keys, or omit the depth")
    if query.fill and not query.time_keys:
        raise _conflict("only a report by time has empty rows to fill in", "add a key such as day, or omit this option")
    if query.rounding is None:
        return query
    if query.elapsed:
        raise _conflict("elapsed time cannot be rounded", "omit the rounding, or show the time worked")
    if "hour" in query.by:
        raise _conflict("times by hour cannot be rounded", "use another key, such as day")
    if other := [key for key in query.by if key not in _KEYS_OF_UNITS and not query.rounding.each]:
        message = f"daily project totals cannot be rounded by {other[0]}"
        raise InvalidValue("rounding-requires-each", message)
    return query


def _conflict(message: str, hint: str) -> InvalidValue:
    return InvalidValue("report-options", message, hint)
