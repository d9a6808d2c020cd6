"""Exceptions with a message, a stable code and, in most cases, a hint."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

MAX_QUOTE_LENGTH = 60
_MOST_USERS = 6  # listed in a message


class TasktimerError(Exception):
    """An error with a `message`, a stable `code` and, in most cases, a `hint` on what to do.

    Hints that name a command, an option, a field or an argument are set only by the interfaces, which look them up by
    code and fill in the values of `context`. All other hints are valid in every interface.
    """

    def __init__(
        self,
        code: str,
        message: str,
        hint: str | None = None,
        *,
        details: Sequence[str] = (),
        context: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details  # lines to print after the message, such as the tasks to choose from
        self.context = context or {}
        self.item: int | None = None  # the index of the item that caused the error, in a list of items


class InvalidValue(TasktimerError):
    """A value that is invalid regardless of the state of the store."""


class NotFound(TasktimerError):
    """A request for something that the store does not contain."""


class Conflict(TasktimerError):
    """A valid request that conflicts with the state of the store or the clock."""


class Unavailable(TasktimerError):
    """A store or an output that cannot be used."""


class ConcurrentUpdate(Unavailable):
    """A failure due to a concurrent change to the same tasks; the command changed nothing and can be repeated."""

    def __init__(self) -> None:
        message = "another command changed the same tasks at the same time"
        super().__init__("store-locked", message, "try again; nothing was changed")


class StoreMissing(NotFound):
    """A store that does not exist yet. Reading does not create it."""

    def __init__(self, name: str) -> None:
        super().__init__("store-missing", f"nothing has been tracked yet: {name} does not exist")


class TaskNotFound(NotFound):
    """A request for a task that does not exist."""

    def __init__(self, task_id: int, reason: str | None = None, *, context: Mapping[str, Any] | None = None) -> None:
        self.task_id = task_id
        message = f"there is no task {task_id}" if reason is None else f"task {task_id} no longer exists: {reason}"
        super().__init__("task-not-found", message, context=context)


class TaskOfOtherUser(NotFound):
    """A request for a task that belongs to a user other than the selected one."""

    def __init__(self, task_id: int, *, owner: int, selected: int) -> None:
        self.task_id = task_id
        message = f"task {task_id} belongs to user {owner}, not to user {selected}"
        super().__init__("task-of-other-user", message, context={"owner": owner})


class NothingRunning(NotFound):
    """A request for a running task when no task is running."""

    def __init__(self, user_id: int | None, users: Collection[int] = ()) -> None:
        message = "no task is running" if user_id is None else f"user {user_id} has no running tasks"
        required = min(users) if user_id is None and len(users) > 1 else None  # named in hints
        super().__init__("nothing-running", message, context={"user": required})


class AlreadyStopped(Conflict):
    """An attempt to stop a task that has already ended."""

    def __init__(self, task_id: int, end_time: datetime, now: datetime) -> None:
        message = f"task {task_id} is already stopped: it ended at {format_timestamp(end_time, now)}"
        super().__init__("already-stopped", message, context={"id": task_id})


class EndBeforeStart(Conflict):
    """A task with an end before its start; `kept` ("start" or "end") is the time that the request left unchanged."""

    def __init__(
        self,
        start_time: datetime,
        end_time: datetime,
        now: datetime,
        task_id: int | None = None,
        *,
        kept: str | None = None,
    ) -> None:
        subject = "the task" if task_id is None else f"task {task_id}"
        start = format_timestamp(start_time, now, compared_to=end_time)
        end = format_timestamp(end_time, now, compared_to=start_time)
        message, hint = f"{subject} cannot end at {end}, before its start at {start}", None
        if kept == "end":
            message = f"{subject} cannot start at {start}, after its end at {end}"
            hint = "use an earlier start, or also give a later end"
        super().__init__("end-before-start", message, hint, context={"id": task_id, "kept": kept, "start": start_time})


class EmptyTask(Conflict):
    """A task that would end at its start, probably by mistake. Set `is_running` if the task is already running."""

    def __init__(
        self,
        start_time: datetime,
        now: datetime,
        task_id: int | None = None,
        *,
        is_running: bool = False,
        hint: str | None = None,
    ) -> None:
        subject = "the task" if task_id is None else f"task {task_id}"
        message = f"{subject} would last 0 seconds: it starts and ends at {format_timestamp(start_time, now)}"
        offset = start_time.astimezone(now.tzinfo).isoformat()[-6:]
        context = {"offset": offset, "running": task_id} if is_running else {"offset": offset}
        super().__init__("empty-task", message, hint, context=context)


class ClockBeforeStart(Conflict):
    """A running task that cannot end now because its start is in the future."""

    def __init__(self, task_id: int, start_time: datetime, now: datetime) -> None:
        clock = format_timestamp(now, now, compared_to=start_time)
        start = format_timestamp(start_time, now, compared_to=now)
        message = f"task {task_id} cannot end now, at {clock}, before its start at {start}"
        super().__init__("clock-before-start", message, context={"id": task_id})


class TimeInFuture(Conflict):
    """A start or an end in the future; `word` is "start" or "end", and the message uses `noun` instead, if given."""

    def __init__(
        self,
        word: str,
        instant: datetime,
        now: datetime,
        hint: str = "use a time in the past",
        *,
        noun: str | None = None,
    ) -> None:
        time = format_timestamp(instant, now, compared_to=now)
        clock = format_timestamp(now, now, compared_to=instant)
        super().__init__(f"{word}-in-future", f"the {noun or word} is in the future: {time} (it is {clock} now)", hint)


def format_timestamp(instant: datetime, now: datetime, *, compared_to: datetime | None = None) -> str:
    """Format an instant as a local time in the time zone of `now`, with the date unless it is today.

    Append the UTC offset if the local time is ambiguous. Include seconds or microseconds if the result would otherwise
    look the same as the result for `compared_to`.
    """
    local = instant.astimezone(now.tzinfo)
    precision = "minutes"
    if compared_to is not None:
        other = compared_to.astimezone(now.tzinfo)
        precisions = ("minutes", "seconds", "microseconds")
        distinct = (name for name in precisions if local.isoformat(timespec=name) != other.isoformat(timespec=name))
        precision = next(distinct, precision)
    text = local.time().isoformat(precision)
    if local.date() != now.date():
        text = f"{local.date().isoformat()} {text}"
    is_ambiguous = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return text + (local.isoformat()[-6:] if is_ambiguous else "")


def quote_value(text: str) -> str:
    """Return user input in quotes for use in a message: on a single line, and truncated if it is long."""
    if len(text) > MAX_QUOTE_LENGTH:
        text = text[: MAX_QUOTE_LENGTH - 1] + "…"
    return repr(text)


def format_users(users: Sequence[int]) -> str:
    """Format user IDs as a list; if there are many, show only the first few and the number of others.

    >>> format_users([1, 42]), format_users(range(1, 10))
    ('1, 42', '1, 2, 3, 4, 5 and 4 more')
    """
    shown = users if len(users) <= _MOST_USERS else users[: _MOST_USERS - 1]
    more = f" and {len(users) - len(shown):,} more" if len(users) > len(shown) else ""
    return f"{', '.join(map(str, shown))}{more}"


def find_closest_match(text: str, names: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the name most similar to `text`, ignoring case, or None if no similarity (0 to 1) reaches `cutoff`.

    >>> find_closest_match("ACMEE", ["home", "acme"]), find_closest_match("soon", ["home", "acme"], cutoff=0.8)
    ('acme', None)
    """
    from difflib import get_close_matches  # lazy: only needed for errors

    named = {name.casefold(): name for name in names}
    similar = get_close_matches(text.casefold(), named, n=1, cutoff=cutoff)
    return named[similar[0]] if similar else None
