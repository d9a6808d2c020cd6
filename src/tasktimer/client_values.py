"""Validation of the values that Python programs pass to a `Tracker`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypedDict, cast

from tasktimer.config.actors import User
from tasktimer.config.settings import parse_user
from tasktimer.core.expression_parser import parse_expression
from tasktimer.core.interval import Window
from tasktimer.core.local_time import RANGE_HINT, validate_date
from tasktimer.core.report import default_keys, parse_keys
from tasktimer.core.task import parse_positive
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.core.timeparse.date_ranges import ALL_DAYS, parse_date_range
from tasktimer.core.timeparse.iso import parse_instant
from tasktimer.errors import InvalidValue
from tasktimer.services import edit as edit_service

Time = datetime | str  # aware, or ISO 8601 with an offset
Bounds = tuple[Time, Time]
Filter = TaskFilter | str  # or an expression, such as "project:acme and not lunch"


class Period(TypedDict, total=False):
    """A period that tasks must overlap: a date range such as "last week", or the time between two bounds."""

    date_range: str | None
    between: Bounds | None


class EditFields(TypedDict, total=False):
    """The fields to change; missing fields are left unchanged."""

    start_time: Time
    end_time: Time | None  # None marks the task as running again
    duration: timedelta
    description: str
    project: str | None
    note: str | None
    tags: Sequence[str]
    add_tags: Sequence[str]
    remove_tags: Sequence[str]


def to_instant(value: Time) -> datetime:
    """Convert a time to UTC; raise InvalidValue if the value is not a time, has no time zone, or is out of range."""
    if isinstance(value, str):
        return parse_instant(value)
    if not isinstance(value, datetime):
        raise InvalidValue("invalid-time", f"invalid time {value!r}", "use an aware datetime")
    if value.utcoffset() is None:
        message, hint = f"the time {value} has no time zone", "add a tzinfo, or the local time zone with .astimezone()"
        raise InvalidValue("naive-time", message, hint)
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        raise InvalidValue("time-out-of-range", f"the time {value} is out of range", RANGE_HINT) from None
    validate_date(instant.date())
    return instant


def to_instant_or_none(value: Time | None) -> datetime | None:
    """Convert a time to UTC, or return None if it is None."""
    return None if value is None else to_instant(value)


def to_window(now: datetime, *, date_range: str | None = None, between: Bounds | None = None) -> Window | None:
    """Return the window for a date range in the time zone of `now`, or between two bounds; None means all time."""
    if date_range is not None and between is not None:
        raise InvalidValue("range-and-bounds", "date_range and between cannot be used together", "pass only one")
    if date_range is not None:
        assert now.tzinfo is not None
        days = parse_date_range(date_range, now)
        return None if days == ALL_DAYS else days.window(now.tzinfo)
    if between is None:
        return None
    first, last = (to_instant(bound) for bound in between)
    if last <= first:
        raise InvalidValue("to-before-from", f"{last} is not after {first}", "pass the earlier time first")
    return Window(first, last)


def validate_selection(task_filter: Filter, period: Period, *, all_tasks: bool) -> None:
    """Raise InvalidValue unless tasks are selected either by a filter or period, or by `all_tasks`."""
    is_filtered = task_filter != NO_FILTER or any(bounds is not None for bounds in period.values())
    if is_filtered and all_tasks:
        raise InvalidValue("filter-and-all", "all_tasks cannot be used with a filter", "pass only one")
    if not is_filtered and not all_tasks:
        raise InvalidValue("no-selection", "no tasks selected", "pass a filter, a date range, or all_tasks=True")


def to_filter(task_filter: Filter, now: datetime) -> TaskFilter:
    """Return a filter, parsing it if it is an expression, with times in the time zone of `now`."""
    return TaskFilter(where=parse_expression(task_filter, now)) if isinstance(task_filter, str) else task_filter


def to_keys(by: str | Sequence[str] | None, task_filter: TaskFilter, depth: int | None) -> tuple[str, ...]:
    """Return the keys of a report, parsing them if they are text such as "day,project"; None means the default."""
    if by is None:
        return default_keys(task_filter, depth)
    return parse_keys(by if isinstance(by, str) else ",".join(map(str, by)))


def validate_day(day: date) -> date:
    """Return `day`; raise InvalidValue if it is a datetime, which is a subclass of date."""
    if isinstance(day, datetime):
        raise InvalidValue("invalid-date", f"invalid date {day!r}: it is a datetime", "pass its .date()")
    return day


def validate_number(number: int, *, noun: str = "task ID", code: str = "invalid-id") -> int:
    """Return `number` if it is a positive integer; raise InvalidValue for any other value, including True."""
    return parse_positive(str(number), noun=noun, code=code)


def validate_ids(numbers: Sequence[int], *, noun: str = "task") -> list[int]:
    """Return the IDs as a list; raise InvalidValue if an ID is invalid or the sequence is empty."""
    if not numbers:
        raise InvalidValue("no-selection", f"no {noun}s selected", f"pass the ID of at least one {noun}")
    return [validate_number(number, noun=f"{noun} ID") for number in numbers]


def to_database(database: str | Path | None) -> str | None:
    """Return the database setting as text; a Path gets a prefix with a dot, so that it is never parsed as a URL."""
    if not isinstance(database, Path) or str(database).startswith("~"):
        return None if database is None else str(database)
    return f"/.{database}" if database.is_absolute() else f"./{database}"


def validate_user(user: User | None) -> User | None:
    """Return `user` if it is a user ID, a user name, "all" or None; raise InvalidValue for any other value."""
    return None if user is None else parse_user(str(user))


def to_edit_fields(method: str, changes: EditFields, *, is_optional: bool = False) -> edit_service.EditFields:
    """Convert the keyword arguments of `method` to changes with UTC times; raise TypeError if an argument is unknown.

    Raise InvalidValue if no arguments are given, unless `is_optional` is true.
    """
    if unknown := changes.keys() - edit_service.EditFields.__annotations__.keys():
        raise TypeError(f"{method}() got an unexpected keyword argument '{min(unknown)}'")
    if not changes and not is_optional:
        raise InvalidValue("no-changes", "no changes given", "pass a field to change, such as description=")
    times: edit_service.EditFields = {}
    if "start_time" in changes:
        times["start_time"] = to_instant(changes["start_time"])
    if "end_time" in changes:
        times["end_time"] = to_instant_or_none(changes["end_time"])
    return cast("edit_service.EditFields", {**changes, **times})
