"""Tasks as a klog file: a record for each local day, in minutes.

A task that ends on the next day is one entry; a longer one is split into an entry per day. The description is the first
line of the summary, followed by the project, as in `#project=acme`, and the tags; the note is on further lines. A word
such as `#docs` in a description or a note is a tag in klog, too. A task with the note `unknown times` is a duration.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from heapq import heappop, heappush
from itertools import chain

from tasktimer.core.local_time import is_ambiguous, local_date, start_of_day
from tasktimer.core.task import Task
from tasktimer.errors import Conflict
from tasktimer.formats.klog_tags import append_tags, format_project, format_tag
from tasktimer.formats.klog_times import UNKNOWN_TIMES, format_length, format_time
from tasktimer.formats.names import UNTITLED
from tasktimer.formats.overlaps import Part
from tasktimer.formats.registry import Loss, WriteOptions

_INDENTATION = " " * 4
_DAY = timedelta(days=1)
_MOST_DAYS = 1_000  # of a task; each of its entries repeats the description and the note


def write(tasks: Iterable[Task], options: WriteOptions) -> Iterator[str]:
    """Yield a file with a record for each day.

    Raises:
        Conflict: at the first task that would be split into too many entries.
    """
    last_day = None
    for day, part in _split_by_day(_end_running(tasks, options), options):
        if day != last_day:
            yield f"{day}\n" if last_day is None else f"\n{day}\n"
            last_day = day
        yield _format_entry(part, day, options.zone)


def _end_running(tasks: Iterable[Task], options: WriteOptions) -> Iterator[Part]:
    """Yield the tasks; end all running ones but the first of each day now, because a record has one open range."""
    open_day = first_user = None
    for task in tasks:
        first_user = task.user_id if first_user is None else first_user
        end = task.end_time
        lost = set(_losses(task, first_user, options.zone))
        if end is None:
            day = local_date(task.start_time, options.zone)
            if day == open_day:
                end = max(options.now, task.start_time)
                lost.add(Loss.ENDED)
            open_day = day
        options.losses.update(lost)
        yield Part(task, task.start_time, end)


def _losses(task: Task, first_user: int, zone: tzinfo) -> Iterator[Loss]:
    times = [time.astimezone(zone) for time in (task.start_time, task.end_time) if time is not None]
    if task.user_id != first_user:
        yield Loss.USER
    if any(time.second or time.microsecond for time in times):
        yield Loss.SECONDS
    if any(map(is_ambiguous, times)):
        yield Loss.OFFSET
    if task.project is not None and format_project(task.project) is None:
        yield Loss.PROJECT
    tags = [format_tag(tag) for tag in task.tags]
    if None in tags:
        yield Loss.TAGS
    has_blank_lines = task.note is not None and not all(map(str.strip, task.note.split("\n")))
    names = [tag.partition("=")[0] for tag in tags if tag is not None]  # in klog, these have no capital letters
    if "\n" in task.description or has_blank_lines or any(name != name.lower() for name in names):
        yield Loss.TEXT


def _split_by_day(parts: Iterable[Part], options: WriteOptions) -> Iterator[tuple[date, Part]]:
    """Yield parts of tasks with their days, sorted by start."""
    waiting: list[tuple[datetime, int, Part]] = []
    for part in chain(parts, [None]):
        while waiting and (part is None or waiting[0][0] <= part.start):
            yield _first_day(heappop(waiting)[2], waiting, options)
        if part is not None:
            yield _first_day(part, waiting, options)


def _first_day(part: Part, waiting: list[tuple[datetime, int, Part]], options: WriteOptions) -> tuple[date, Part]:
    """Return the part of a task on its first day; add the rest to those that wait for their day."""
    task, start, end = part
    day = local_date(start, options.zone)
    is_continued = start != task.start_time
    if (
        end is None
        or _has_unknown_times(task)
        or _offset(end, day, options.zone) < (_DAY if is_continued else 2 * _DAY)
    ):
        return day, part
    next_start = start_of_day(day + _DAY, options.zone)
    if not start < next_start < end:
        return day, part
    if not is_continued:
        if end - start > _MOST_DAYS * _DAY:
            raise _too_long_error(task, -((start - end) // _DAY))
        options.losses[Loss.SPLIT] += 1
    heappush(waiting, (next_start, task.id, Part(task, next_start, end)))
    return day, Part(task, start, next_start)


def _too_long_error(task: Task, days: int) -> Conflict:
    limit = f"klog requires an entry for each, but the limit is {_MOST_DAYS:,} a task"
    hint = "correct the task, use another format, or export a date range without it"
    return Conflict("export-task-too-long", f"task {task.id} lasts {days:,} days: {limit}", hint)


def _format_entry(part: Part, day: date, zone: tzinfo) -> str:
    start = _offset(part.start, day, zone)
    note = [line for line in (part.task.note or "").split("\n") if line.strip()]
    if part.end is None:
        times = f"{format_time(start)} - ?"
    elif _has_unknown_times(part.task):
        times = format_length(part.end - part.start)
        note.remove(UNKNOWN_TIMES)
    elif start <= (end := _offset(part.end, day, zone)) < 2 * _DAY:
        times = f"{format_time(start)} - {format_time(end)}"
    else:  # the clock was set back, or a whole day was skipped
        times = f"{(part.end - part.start) // timedelta(minutes=1)}m"
    lines = [*_summary(part.task, note), *note]
    first = " ".join([_INDENTATION + times, *lines[:1]])
    return "\n".join([first, *(2 * _INDENTATION + line for line in lines[1:])]) + "\n"


def _summary(task: Task, note: list[str]) -> list[str]:
    """Return the first lines of an entry's summary, before those of the note."""
    is_named = task.description != UNTITLED or task.project is not None or note
    text = task.description.replace("\n", " ") if is_named else ""
    return append_tags(text, task.project, task.tags) if task.project or task.tags else [text][: bool(text)]


def _has_unknown_times(task: Task) -> bool:
    return task.note is not None and task.end_time is not None and UNKNOWN_TIMES in task.note.split("\n")


def _offset(instant: datetime, day: date, zone: tzinfo) -> timedelta:
    """Return the local time of an instant as the time since the midnight of a day."""
    return instant.astimezone(zone).replace(tzinfo=None) - datetime.combine(day, time())
