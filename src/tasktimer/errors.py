"""Every way in which a request can be refused: what is wrong, what to do about it, and a stable code."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

MAX_QUOTE_LENGTH = 60


class TasktimerError(Exception):
    """A refusal that names the thing (`what`), says what to do (`hint`) and has a stable `code`.

    Where what to do depends on the door, there is no hint, but the facts that each door says it with.
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
        self.details = details  # lines that list what `what` speaks of
        self.context = context or {}


class InvalidValue(TasktimerError):
    """A value that can never be valid, whatever the state."""


class NotFound(TasktimerError):
    """The state holds no such thing."""


class Conflict(TasktimerError):
    """A valid request that the state or the clock forbids."""


class Unavailable(TasktimerError):
    """The store, or the output, cannot be used."""


class ConcurrentUpdate(Unavailable):
    """Commands on the same tasks were in each other's way, and this one changed nothing: it can be given again."""

    def __init__(self) -> None:
        message = "another command changed the same tasks at the same time"
        super().__init__("store-locked", message, "try again; nothing was changed")


class StoreMissing(NotFound):
    """Nothing was ever tracked in this store: reading it creates nothing."""

    def __init__(self, name: str) -> None:
        super().__init__("store-missing", f"nothing is tracked yet: {name} does not exist")


class TaskNotFound(NotFound):
    """No task has this id."""

    def __init__(
        self, task_id: int, removed_by: str | None = None, *, context: Mapping[str, Any] | None = None
    ) -> None:
        self.task_id = task_id
        message = f"there is no task {task_id}"
        past = "" if removed_by is None else f" any more: it was removed by {removed_by}"
        super().__init__("task-not-found", message + past, context=context)


class TaskOfOtherUser(NotFound):
    """The task exists, and belongs to a user who was not asked for."""

    def __init__(self, task_id: int, *, owner: int, asked: int) -> None:
        self.task_id = task_id
        super().__init__("task-of-other-user", f"task {task_id} is a task of user {owner}, not of user {asked}")


class NothingRunning(NotFound):
    """There is no running task to act on."""

    def __init__(self, user_id: int | None) -> None:
        super().__init__("nothing-running", f"no task{'' if user_id is None else f' of user {user_id}'} is running")


class AlreadyStopped(Conflict):
    """The task has an end, which stays."""

    def __init__(self, task_id: int, end_time: datetime) -> None:
        super().__init__("already-stopped", f"task {task_id} is already stopped, at {format_timestamp(end_time)}")


class EndBeforeStart(Conflict):
    """An end that lies before the start it belongs to."""

    def __init__(self, start_time: datetime, end_time: datetime, task_id: int | None = None) -> None:
        subject = "the task" if task_id is None else f"task {task_id}"
        super().__init__(
            "end-before-start",
            f"{subject} cannot end at {format_timestamp(end_time)}, before its start at {format_timestamp(start_time)}",
        )


class TimeInFuture(Conflict):
    """A start or an end that lies after now."""

    def __init__(self, word: str, instant: datetime, now: datetime, more: str | None = None) -> None:
        hint = f"it is {format_timestamp(now)} now" + (f"; {more}" if more else "")
        super().__init__(f"{word}-in-future", f"the {word} lies in the future: {format_timestamp(instant)}", hint)


def format_timestamp(instant: datetime) -> str:
    """Say an instant to a person, in the zone it carries."""
    return instant.isoformat(sep=" ", timespec="seconds")


def quote_value(text: str) -> str:
    """Quote what a user gave, on one line, cut if it is long."""
    if len(text) > MAX_QUOTE_LENGTH:
        text = text[: MAX_QUOTE_LENGTH - 1] + "…"
    return repr(text)
