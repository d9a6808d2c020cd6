"""Check the values that Python programs pass to a `Tracker`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypedDict, cast

from tasktimer.config.settings import User
from tasktimer.core.interval import Window
from tasktimer.core.local_time import RANGE_HINT, validate_date
from tasktimer.core.task import ALL_USERS, parse_id, parse_positive, parse_user_id
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.core.timeparse.date_ranges import ALL_DAYS, parse_date_range
from tasktimer.core.timeparse.iso import parse_instant
from tasktimer.errors import InvalidValue
from tasktimer.services import edit as edit_service

Time = datetime | str  # aware, or ISO 8601 with an offset
Bounds = tuple[Time, Time]


class Period(TypedDict, total=False):
    """Which tasks by their time, one of both: those that overlap a date range such as "last week", or two bounds."""

    date_range: str | None
    between: Bounds | None


class EditFields(TypedDict, total=False):
    """The fields to change; a missing key leaves a field as it is."""

    start_time: Time
    end_time: Time | None  # None: the task runs again
    duration: timedelta
    description: str
    project: str | None
    note: str | None
    add_tags: Sequence[str]
    remove_tags: Sequence[str]


def to_instant(value: Time) -> datetime:
    """Return a time in UTC.

    Raises:
        InvalidValue: if it is not a time, has no zone, or is out of range.
    """
    if isinstance(value, str):
        return parse_instant(value)
    if not isinstance(value, datetime):
        raise InvalidValue("invalid-time", f"invalid time {value!r}", "use an aware datetime")
    if value.utcoffset() is None:
        message, hint = f"the time {value} has no zone", "add a tzinfo, or that of the machine with .astimezone()"
        raise InvalidValue("naive-time", message, hint)
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        raise InvalidValue("time-out-of-range", f"the time {value} is out of range", RANGE_HINT) from None
    validate_date(instant.date())
    return instant


def to_instant_or_none(value: Time | None) -> datetime | None:
    """Return a time in UTC, or None for None."""
    return None if value is None else to_instant(value)


def to_window(now: datetime, *, date_range: str | None = None, between: Bounds | None = None) -> Window | None:
    """Return the window of a date range in the zone of `now`, or between two times; without either, None.

    Raises:
        InvalidValue: if both are given, one is invalid, or the second time is not after the first.
    """
    if date_range is not None and between is not None:
        raise InvalidValue("range-and-bounds", "date_range and between cannot be combined", "pass only one of them")
    if date_range is not None:
        assert now.tzinfo is not None
        days = parse_date_range(date_range, now.date())
        return None if days == ALL_DAYS else days.window(now.tzinfo)
    if between is None:
        return None
    first, last = (to_instant(bound) for bound in between)
    if last <= first:
        raise InvalidValue("to-before-from", f"{last} is not after {first}", "pass the earlier time first")
    return Window(first, last)


def validate_selection(task_filter: TaskFilter, period: Period, *, all_tasks: bool) -> None:
    """Require a filter or a period to change many tasks, or `all_tasks` to change every one.

    Raises:
        InvalidValue: if both are given, or neither.
    """
    is_filtered = task_filter != NO_FILTER or any(bounds is not None for bounds in period.values())
    if is_filtered and all_tasks:
        raise InvalidValue("filter-and-all", "all_tasks and a filter cannot be combined", "pass one of them")
    if not is_filtered and not all_tasks:
        raise InvalidValue("no-selection", "no tasks selected", "pass a filter, a date range, or all_tasks=True")


def validate_day(day: date) -> date:
    """Return a date.

    Raises:
        InvalidValue: if it is a datetime, which is also a date in Python.
    """
    if isinstance(day, datetime):
        raise InvalidValue("invalid-date", f"invalid date {day!r}: it is a time", "use its date()")
    return day


def validate_id(number: int) -> int:
    """Return a task ID, checked as on the command line: True, for example, is invalid."""
    return parse_id(str(number))


def validate_ids(numbers: Sequence[int], *, noun: str = "task") -> list[int]:
    """Return IDs; at least one is required."""
    if not numbers:
        raise InvalidValue("no-selection", f"no {noun}s selected", f"pass the ID of at least one {noun}")
    return [parse_positive(str(number), noun=f"{noun} ID", code="invalid-id") for number in numbers]


def validate_count(number: int, *, noun: str, code: str) -> int:
    """Return a number, which must be at least 1."""
    return parse_positive(str(number), noun=noun, code=code)


def to_database(database: str | Path | None) -> str | None:
    """Return the text of the setting for a database.

    A Path is never a URL, so it is marked as a path: pathlib removes a leading `./`.
    """
    if not isinstance(database, Path) or str(database).startswith("~"):
        return None if database is None else str(database)
    return f"/.{database}" if database.is_absolute() else f"./{database}"


def validate_user(user: User | None) -> User | None:
    """Return a user ID, "all" or None."""
    return user if user is None or user == ALL_USERS else parse_user_id(str(user))


def to_edit_fields(method: str, changes: EditFields) -> edit_service.EditFields:
    """Return changes with their times in UTC.

    Raises:
        TypeError: if a key is unknown, as for a misspelled argument.
        InvalidValue: if there are no changes, or a time is invalid.
    """
    if unknown := changes.keys() - edit_service.EditFields.__annotations__.keys():
        raise TypeError(f"{method}() got an unexpected keyword argument '{min(unknown)}'")
    if not changes:
        raise InvalidValue("no-changes", "no changes given", "pass a field to change, such as description=")
    times: edit_service.EditFields = {}
    if "start_time" in changes:
        times["start_time"] = to_instant(changes["start_time"])
    if "end_time" in changes:
        times["end_time"] = to_instant_or_none(changes["end_time"])
    return cast("edit_service.EditFields", {**changes, **times})
