"""The verb that starts tasks, and what the times and labels of a task must be."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tasktimer.core.task import Task, validate_description, validate_duration
from tasktimer.core.timeparse.datetimes import add_duration
from tasktimer.errors import EndBeforeStart, InvalidValue, TimeInFuture
from tasktimer.services.transaction import journaled, retry_on_conflict
from tasktimer.store import Store


@retry_on_conflict
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
    validate_description(description)
    labels = parse_labels(project, tags, note)
    validate_not_future("start", start_time, now)
    if end_time is not None:
        validate_end(start_time, end_time, now)
        end_time = end_time.astimezone(UTC)
    with journaled(store, "track", by=user_id if by is None else by, now=now, create=True) as made:
        return made.add(
            user_id=user_id,
            description=description,
            start_time=start_time.astimezone(UTC),
            end_time=end_time,
            **labels,
        )


def validate_time_options(
    named: Callable[[str], str], *, at: object, until: object, length: object, no_gap: bool
) -> None:
    """Refuse what is said of the times of a new task and cannot be said together.

    `named` gives the name by which the door that was used knows what the command calls at, until, for and no-gap.

    Raises:
        InvalidValue: it is so.
    """
    if no_gap and at is not None:
        message = f"{named('no-gap')} and {named('at')} are both given"
        raise InvalidValue("no-gap-and-at", message, "give one of them")
    has_start = at is not None or no_gap
    if has_start and until is not None and length is not None:
        start = named("at" if at is not None else "no-gap")
        message = f"{start}, {named('until')} and {named('for')} are all given"
        raise InvalidValue("until-and-for", message, "give two of them: the third follows")
    if until is not None and length is None and not has_start:
        message = f"{named('until')} needs {named('at')}"
        raise InvalidValue("until-without-at", message, f"say when it started, or how long it took: {named('for')}")


def resolve_times(
    start_time: datetime | None, end_time: datetime | None, duration: timedelta | None, now: datetime
) -> tuple[datetime, datetime | None]:
    """When a new task starts and ends: now, unless something is said; with a length and no start it ends then.

    Raises:
        InvalidValue: the length is negative or out of range.
    """
    if duration is None:
        return start_time or now, end_time
    validate_duration(duration)
    if start_time is not None:
        return start_time, add_duration(start_time, duration)
    end_time = end_time or now
    return add_duration(end_time, -duration), end_time


def parse_labels(project: str | None, tags: Sequence[str], note: str | None) -> dict[str, Any]:
    """Read the labels of a new task, as the columns they become; none where there are none.

    Raises:
        InvalidValue: the project, a tag or the note cannot be one.
    """
    if project is None and note is None and not tags:
        return {}
    from tasktimer.core.labels import parse_project, parse_tags, validate_note  # most tasks have none

    if note is not None:
        validate_note(note)
    return {"project": None if project is None else parse_project(project), "tags": parse_tags(tags), "note": note}


def validate_end(start_time: datetime, end_time: datetime, now: datetime, task_id: int | None = None) -> None:
    """Refuse an end that lies after now, or before the start.

    Raises:
        TimeInFuture, EndBeforeStart: it does.
    """
    validate_not_future("end", end_time, now)
    if end_time < start_time:
        raise EndBeforeStart(start_time.astimezone(now.tzinfo), end_time.astimezone(now.tzinfo), task_id)


def validate_not_future(word: str, instant: datetime, now: datetime) -> None:
    """Refuse a start or an end (`word`) that lies after now.

    Raises:
        TimeInFuture: it does.
    """
    if instant > now:
        raise TimeInFuture(word, instant.astimezone(now.tzinfo), now)
