"""Tasks, their fields as text, and actors; validation of IDs, users, descriptions, durations and times."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, Literal

from tasktimer.core.interval import Interval, Window, intersect
from tasktimer.core.local_time import add_duration, format_duration, format_instant, format_seconds_decimal, is_future
from tasktimer.core.record import Record
from tasktimer.core.text import validate_text
from tasktimer.errors import (
    EmptyTask,
    EndBeforeStart,
    InvalidValue,
    TaskOfOtherUser,
    TimeInFuture,
    format_timestamp,
    quote_value,
)

AllUsers = Literal["all"]
ALL_USERS: Final = "all"
DEFAULT_USER: Final = 0  # stands for the only user of a file; services look up the user's ID within a transaction

MAX_INTEGER = 2**63 - 1
MAX_DESCRIPTION_LENGTH = 10_000
MAX_DURATION = date.max - date.min
LONG = timedelta(hours=16)  # a mistyped time of day often results in a task of nearly 24 hours

# The columns of CSV and TSV.
COLUMNS = ("id", "user_id", "description", "start_time", "end_time", "time_spent", "project", "tags", "note")

# Patterns are compiled on first use, and cached by re: most commands need few of them.
_INTEGER = r"[0-9]{1,19}"


class Task(Record):
    """A stored record of work. All times are aware and in UTC; `end_time=None` means that the task is running."""

    __slots__ = (
        *("id", "user_id", "description", "start_time", "end_time"),
        *("project", "tags", "note"),
    )
    id: int
    user_id: int
    description: str
    start_time: datetime
    end_time: datetime | None
    project: str | None
    tags: tuple[str, ...]  # sorted, without duplicates
    note: str | None

    def __init__(  # noqa: PLR0913, PLR0917 (the fields)
        self,
        id: int,  # noqa: A002
        user_id: int,
        description: str,
        start_time: datetime,
        end_time: datetime | None,
        project: str | None = None,
        tags: tuple[str, ...] = (),
        note: str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "id", id)
        put(self, "user_id", user_id)
        put(self, "description", description)
        put(self, "start_time", start_time)
        put(self, "end_time", end_time)
        put(self, "project", project)
        put(self, "tags", tags)
        put(self, "note", note)

    @property
    def running(self) -> bool:
        """Whether the task has no end time."""
        return self.end_time is None

    def interval(self, now: datetime) -> Interval:
        """Return the task's interval. A running task's interval ends now, or at its start if that is in the future."""
        return Interval(self.start_time, max(now, self.start_time) if self.end_time is None else self.end_time)

    def is_long(self, now: datetime) -> bool:
        """Return whether the task is longer than `LONG`; a running task extends to `now`."""
        return (self.end_time or now) - self.start_time > LONG

    def time_spent(self, window: Window, now: datetime) -> timedelta:
        """Return the time spent on the task within a window."""
        if self.end_time is not None and window.start <= self.start_time and self.end_time <= window.end:
            return self.end_time - self.start_time  # fast path: nearly all tasks are inside the window
        part = intersect(self.interval(now), window)
        return timedelta() if part is None else part.duration


class Actor(Record):
    """The user who runs a command, and the user (or all users) whose tasks the command may access.

    The history records `user_id` or, if that is None or `DEFAULT_USER`, the owner of the first changed task.
    """

    # Not a named tuple: creating its class would take 0.4 million instructions in every command.
    __slots__ = ("user_id", "tasks_of")  # noqa: RUF023 (the order of the arguments)
    user_id: int | None
    tasks_of: int | AllUsers

    def __init__(self, user_id: int | None, tasks_of: int | AllUsers) -> None:
        object.__setattr__(self, "user_id", user_id)
        object.__setattr__(self, "tasks_of", tasks_of)

    @property
    def tasks_of_user(self) -> int | None:
        """The user whose tasks may be accessed; None means all users."""
        assert self.tasks_of != DEFAULT_USER
        return None if self.tasks_of == ALL_USERS else self.tasks_of

    @property
    def owner(self) -> int:
        """The owner of new tasks; raises InvalidValue if the actor may access the tasks of all users."""
        if self.tasks_of == ALL_USERS:
            raise InvalidValue("invalid-user", "a single user is required, not all")
        assert self.tasks_of != DEFAULT_USER
        return self.tasks_of

    def check_access(self, task: Task) -> None:
        """Raise TaskOfOtherUser unless the actor may access the task."""
        if self.tasks_of not in (ALL_USERS, task.user_id):
            raise TaskOfOtherUser(task.id, owner=task.user_id, selected=self.owner)


def parse_id(text: str) -> int:
    """Parse a task ID, a positive 64-bit integer."""
    return parse_positive(text, noun="task ID", code="invalid-id")


def parse_user_id(text: str) -> int:
    """Parse a user ID, a positive 64-bit integer."""
    return parse_positive(text, noun="user", code="invalid-user")


def validate_description(text: str) -> None:
    """Raise InvalidValue if a description is not valid text or is too long."""
    validate_text(text, "description", longest=MAX_DESCRIPTION_LENGTH)


def validate_duration(duration: timedelta) -> timedelta:
    """Return a duration; raise InvalidValue if it is negative or longer than MAX_DURATION."""
    if timedelta() <= duration <= MAX_DURATION:
        return duration
    if duration < timedelta():
        message, hint = f"the duration -{format_duration(-duration)} is negative", "use a duration of zero or more"
    else:
        message, hint = f"the duration {format_duration(duration)} is too long", "use a shorter duration"
    raise InvalidValue("invalid-duration", message, hint)


def validate_end(
    start_time: datetime,
    end_time: datetime,
    now: datetime,
    task_id: int | None = None,
    *,
    duration: timedelta | None = None,
    kept: str | None = None,
) -> None:
    """Raise TimeInFuture if an end is in the future, or EndBeforeStart if the end is before the start.

    Pass `duration` if the end was computed from a duration, so that the error can suggest an earlier start. `kept` is
    "start" or "end" if the request did not set that time, so that the error is about the other time.
    """
    if duration is not None and is_future(end_time, now):
        with suppress(InvalidValue):  # an earlier start would be out of range
            latest = format_timestamp(add_duration(now, -duration), now)
            text = f"use a start no later than {latest}: the task lasts {format_duration(duration)}"
            raise TimeInFuture("end", end_time, now, text)
    validate_not_future("end", end_time, now)
    if end_time < start_time:
        raise EndBeforeStart(start_time, end_time, now, task_id, kept=kept)


def validate_not_empty(
    start_time: datetime,
    end_time: datetime,
    now: datetime,
    task_id: int | None = None,
    *,
    duration: timedelta | None = None,
) -> None:
    """Raise EmptyTask if the end equals the start; pass `duration` if the request contains a duration."""
    if start_time == end_time:
        hint = None if duration is None else "use a longer duration"
        raise EmptyTask(start_time, now, task_id, hint=hint)


def validate_not_future(noun: str, instant: datetime, now: datetime) -> None:
    """Raise TimeInFuture if a start or an end (`noun` is "start" or "end") is in the future."""
    if is_future(instant, now):
        raise TimeInFuture(noun, instant, now)


def parse_positive(text: str, *, noun: str, code: str) -> int:
    """Parse a positive 64-bit integer; errors have the code `code`, and their messages call the integer `noun`."""
    if re.fullmatch(_INTEGER, text) and 1 <= (number := int(text)) <= MAX_INTEGER:
        return number
    is_integer = re.fullmatch(r"[+-]?[0-9]+", text) is not None
    hint = f"use an integer from 1 to {MAX_INTEGER}" if is_integer else "use an integer, such as 7"
    raise InvalidValue(code, f"invalid {noun} {quote_value(text)}", hint)


def task_fields(task: Task, time_spent: timedelta, zone: tzinfo, escape: Callable[[str], str]) -> tuple[str, ...]:
    """Return a task's values in the order of COLUMNS; `escape` is applied to the texts that the user typed."""
    return (
        str(task.id),
        str(task.user_id),
        escape(task.description),
        format_instant(task.start_time, zone),
        "" if task.end_time is None else format_instant(task.end_time, zone),
        format_seconds_decimal(time_spent),
        escape(task.project) if task.project else "",
        ",".join(map(escape, task.tags)) if task.tags else "",
        escape(task.note) if task.note else "",
    )
