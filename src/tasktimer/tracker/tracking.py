"""The verbs that start and end tasks."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tasktimer.core.task import Task, check_description
from tasktimer.core.timespec import format_duration, shift
from tasktimer.errors import (
    AlreadyStopped,
    Conflict,
    EndBeforeStart,
    InTheFuture,
    InvalidValue,
    NothingRunning,
    StoreMissing,
    TaskNotFound,
)
from tasktimer.store import Connection, Store, mutations, queries
from tasktimer.tracker.command import Changes, command

if TYPE_CHECKING:  # seldom is one given
    from tasktimer.core.filter import Filter


def track(  # noqa: PLR0913 (what a task has)
    store: Store,
    *,
    user_id: int,
    description: str,
    start_time: datetime,
    end_time: datetime | None = None,
    project: str | None = None,
    tags: Sequence[str] = (),
    note: str | None = None,
    by: int | None = None,
    now: datetime,
) -> Task:
    """Start a task, or record a finished one; other running tasks go on.

    `by` is the user who gives the command, else the one whose task it is. The zone of `now` is the one that refusals
    speak in.

    Raises:
        InvalidValue: the description, the project, a tag or the note cannot be one.
        Conflict: the start or the end lies after now, or the end before the start.
    """
    check_description(description)
    labels = labels_of(project, tags, note)
    check_not_future("start", start_time, now)
    if end_time is not None:
        check_end(start_time, end_time, now)
        end_time = end_time.astimezone(UTC)
    with command(store, "track", by=user_id if by is None else by, now=now, create=True) as made:
        return made.add(
            user_id=user_id,
            description=description,
            start_time=start_time.astimezone(UTC),
            end_time=end_time,
            **labels,
        )


def stop(
    store: Store,
    ids: Sequence[int],
    *,
    end_time: datetime | None = None,
    owner: int | None = None,
    by: int,
    now: datetime,
) -> list[Task]:
    """End these tasks, all or none, now or at `end_time`; with an owner, only that user's.

    Raises:
        TaskNotFound, TaskOfOtherUser: there is no such task, or it is not the owner's.
        AlreadyStopped: a task has an end, which stays.
        Conflict: the end lies after now, or before a task's start.
    """
    try:
        with command(store, "stop", by=by, now=now) as made:
            # In one order, whatever was asked: two who stop the same tasks at once must not wait for each other.
            ended = {number: _end(made, number, end_time, owner=owner, now=now) for number in sorted(set(ids))}
    except StoreMissing:
        raise TaskNotFound(ids[0]) from None
    return [ended[number] for number in dict.fromkeys(ids)]


def stop_running(  # noqa: PLR0913 (which, of whom, when, and who asks)
    store: Store,
    *,
    user_id: int | None,
    end_time: datetime | None = None,
    every: bool,
    wanted: "Filter | None" = None,
    by: int,
    now: datetime,
) -> list[Task]:
    """End the one running task, of a user or (None) of all; with `every`, all that run, be there none.

    With a filter, of those that it leaves.

    Raises:
        NothingRunning: no task runs, and not `every` was asked.
        SeveralRunning: more than one runs, and not `every` was asked.
        Conflict: the end lies after now, or before a task's start.
    """
    try:
        with command(store, "stop", by=by, now=now) as made:
            running = _running_tasks(made.connection, wanted, user_id, now)
            if every:
                return _end_every(made, running, end_time, now)
            if len(running) != 1:
                raise SeveralRunning(running) if running else NothingRunning(user_id)
            return [_end(made, running[0].id, end_time, owner=None, now=now)]
    except StoreMissing:
        if every:
            return []
        raise


def check_together(named: Callable[[str], str], *, at: object, until: object, length: object, no_gap: bool) -> None:
    """Refuse what is said of the times of a new task and cannot be said together.

    `named` gives the name by which the door that was used knows what the command calls at, until, for and no-gap.

    Raises:
        InvalidValue: it is so.
    """
    if no_gap and at is not None:
        what = f"{named('no-gap')} and {named('at')} are both given"
        raise InvalidValue("no-gap-and-at", what, "give one of them")
    if until is not None and length is not None:
        what = f"{named('until')} and {named('for')} are both given"
        raise InvalidValue("until-and-for", what, "give one of them")
    if until is not None and at is None and not no_gap:
        what = f"{named('until')} needs {named('at')}"
        raise InvalidValue("until-without-at", what, f"say when it started, or how long it took: {named('for')}")


def bounds(
    start_time: datetime | None, end_time: datetime | None, duration: timedelta | None, now: datetime
) -> tuple[datetime, datetime | None]:
    """When a new task starts and ends: now, unless something is said; with a length alone it ends now.

    Raises:
        InvalidValue: the length is negative or out of range.
    """
    if duration is None:
        return start_time or now, end_time
    check_length(duration)
    return (shift(now, -duration), now) if start_time is None else (start_time, shift(start_time, duration))


def check_length(duration: timedelta) -> None:
    """Refuse a length that no task can have.

    Raises:
        InvalidValue: it is negative, or longer than the calendar.
    """
    if duration < timedelta():
        raise InvalidValue("invalid-duration", f"the duration {duration} is negative", "give one of zero or more")
    if duration > date.max - date.min:
        raise InvalidValue(
            "invalid-duration", f"the duration {format_duration(duration)} is too long", "give a shorter one"
        )


class SeveralRunning(Conflict):
    """Which of the running tasks is meant?"""

    def __init__(self, tasks: Sequence[Task]) -> None:
        super().__init__("several-running", f"{len(tasks)} tasks are running", "say which, or all")
        self.tasks = tasks


def labels_of(project: str | None, tags: Sequence[str], note: str | None) -> dict[str, Any]:
    """Read the labels of a new task, as the columns they become; none where there are none.

    Raises:
        InvalidValue: the project, a tag or the note cannot be one.
    """
    if project is None and note is None and not tags:
        return {}
    from tasktimer.core.labels import check_note, parse_project, parse_tags  # most tasks have none

    if note is not None:
        check_note(note)
    return {"project": None if project is None else parse_project(project), "tags": parse_tags(tags), "note": note}


def _running_tasks(connection: Connection, wanted: "Filter | None", user_id: int | None, now: datetime) -> list[Task]:
    if wanted is None:
        return queries.running_tasks(connection, user_id)
    from dataclasses import replace

    from tasktimer.store.filters import find_tasks

    return find_tasks(connection, replace(wanted, running=True), window=None, user_id=user_id, now=now)


def _end(made: Changes, task_id: int, end_time: datetime | None, *, owner: int | None, now: datetime) -> Task:
    task = made.lock(task_id, owner)
    if task.end_time is not None:  # perhaps since a moment ago
        raise AlreadyStopped(task_id, task.end_time.astimezone(now.tzinfo))
    return made.change(task, end_time=_end_of(task, end_time, now))


def _end_every(made: Changes, running: Sequence[Task], end_time: datetime | None, now: datetime) -> list[Task]:
    ended = {}
    for task_id in sorted(task.id for task in running):
        task = mutations.find_locked_task(made.connection, task_id)
        if task is not None and task.running:  # else somebody else ended or deleted it just now
            ended[task_id] = made.change(task, end_time=_end_of(task, end_time, now))
    return [ended[task.id] for task in running if task.id in ended]


def _end_of(task: Task, end_time: datetime | None, now: datetime) -> datetime:
    """The end that a running task gets: the one asked for, or now; never before its start."""
    if end_time is None:
        # It may have started since: while this command waited for its turn, or before the clock was set back.
        return max(now.astimezone(UTC), task.start_time)
    check_end(task.start_time, end_time, now, task.id)
    return end_time.astimezone(UTC)


def check_end(start_time: datetime, end_time: datetime, now: datetime, task_id: int | None = None) -> None:
    """Refuse an end that lies after now, or before the start.

    Raises:
        InTheFuture, EndBeforeStart: it does.
    """
    check_not_future("end", end_time, now)
    if end_time < start_time:
        raise EndBeforeStart(start_time.astimezone(now.tzinfo), end_time.astimezone(now.tzinfo), task_id)


def check_not_future(word: str, instant: datetime, now: datetime) -> None:
    """Refuse a start or an end (`word`) that lies after now.

    Raises:
        InTheFuture: it does.
    """
    if instant > now:
        raise InTheFuture(word, instant.astimezone(now.tzinfo), now)
