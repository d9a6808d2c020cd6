"""Check the values that Python programs pass to a `Tracker`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict, cast

from tasktimer.config.users import User
from tasktimer.core.actor import ALL_USERS
from tasktimer.core.local_time import RANGE_HINT, validate_date
from tasktimer.core.task import parse_id, parse_positive, parse_user_id
from tasktimer.core.timeparse.iso import parse_instant
from tasktimer.errors import InvalidValue
from tasktimer.services import edit as edit_service

Time = datetime | str  # aware, or ISO 8601 with an offset


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
        raise InvalidValue("no-ids", f"no {noun}s selected", f"pass the ID of at least one {noun}")
    return [parse_positive(str(number), noun=f"{noun} ID", code="invalid-id") for number in numbers]


def validate_count(number: int, *, noun: str, code: str) -> int:
    """Return a number, which must be at least 1."""
    return parse_positive(str(number), noun=noun, code=code)


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
        raise InvalidValue("nothing-asked", "no changes given", "pass a field to change, such as description=")
    times: edit_service.EditFields = {}
    if "start_time" in changes:
        times["start_time"] = to_instant(changes["start_time"])
    if "end_time" in changes:
        times["end_time"] = to_instant_or_none(changes["end_time"])
    return cast("edit_service.EditFields", {**changes, **times})
