"""Writing Org files: projects and descriptions as headlines, with CLOCK lines in drawers, the newest first.

Because tasks come in the order of their starts, but a headline is written once, this holds the distinct headlines and
the notes in memory, and 16 bytes for each task.
"""

from array import array
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from tasktimer.core.local_time import FIRST_DAY, LAST_DAY, is_ambiguous
from tasktimer.core.task import Task
from tasktimer.formats.local_intervals import to_interval
from tasktimer.formats.org_headlines import format_tag, format_title, is_kept
from tasktimer.formats.org_notes import format_note
from tasktimer.formats.registry import Loss, WriteOptions
from tasktimer.formats.rows import Rejection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_RUNNING = -(2**63)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_Levels = tuple[str, ...]  # of a project, from the top
_Headings = dict[tuple[str, tuple[str, ...]], "_Clocks"]  # by description and tags


class _Clocks:
    """The intervals below a headline, in minutes since 1970, and the notes of some of them."""

    def __init__(self) -> None:
        self._starts = array("q")
        self._ends = array("q")
        self._notes: dict[int, str] = {}

    def add(self, task: Task) -> None:
        """Add the interval and the note of a task."""
        if task.note is not None:
            self._notes[len(self._starts)] = task.note
        self._starts.append((task.start_time - _EPOCH) // _MINUTE)
        self._ends.append(_RUNNING if task.end_time is None else (task.end_time - _EPOCH) // _MINUTE)

    def lines(self, options: WriteOptions) -> Iterator[str]:
        """Yield the CLOCK lines with the notes, the newest first."""
        for number in reversed(range(len(self._starts))):
            yield _clock_line(self._starts[number], self._ends[number], options)
            if number in self._notes:
                yield format_note(self._notes[number])


def write_outline(tasks: Iterable[Task], options: WriteOptions) -> Iterator[str]:
    """Yield an outline of projects, descriptions and CLOCK lines, and count what is lost."""
    projects: dict[_Levels, _Headings] = {}
    first_user = None
    for task in tasks:
        first_user = task.user_id if first_user is None else first_user
        options.losses.update(_losses(task, first_user, options))
        headings = projects.setdefault(tuple(task.project.split("/")) if task.project else (), {})
        headings.setdefault((task.description, task.tags), _Clocks()).add(task)
    before: _Levels = ()
    for levels in sorted(projects):
        yield from _project_headlines(levels, before)
        before = levels
        for (description, tags), clocks in projects[levels].items():
            yield _headline(len(levels) + 1, description, tags)
            yield ":LOGBOOK:\n"
            yield from clocks.lines(options)
            yield ":END:\n"


def _project_headlines(levels: _Levels, before: _Levels) -> Iterator[str]:
    """Yield the headlines of a project that do not belong to the project before it, too."""
    for depth in range(1, len(levels) + 1):
        if levels[:depth] != before[:depth]:
            yield _headline(depth, levels[depth - 1])


def _headline(level: int, title: str, tags: Iterable[str] = ()) -> str:
    written = ":".join(map(format_tag, tags))
    return f"{'*' * level} {format_title(title)}{f' :{written}:' if written else ''}\n"


def _clock_line(start: int, end: int, options: WriteOptions) -> str:
    text = f"CLOCK: {_timestamp(start, options)}"
    if end == _RUNNING:
        return f"{text}\n"
    hours, minutes = divmod(end - start, 60)
    return f"{text}--{_timestamp(end, options)} => {hours:2}:{minutes:02}\n"


def _timestamp(minute: int, options: WriteOptions) -> str:
    local = (_EPOCH + minute * _MINUTE).astimezone(options.zone)
    date = f"{local.year:04}-{local.month:02}-{local.day:02} {_DAYS[local.weekday()]}"
    return f"[{date} {local.hour:02}:{local.minute:02}]"


def _losses(task: Task, first_user: int, options: WriteOptions) -> Iterator[Loss]:
    if task.user_id != first_user:
        yield Loss.USER
    if not _is_text_kept(task.description, task.project, task.tags):
        yield Loss.TEXT
    times = [task.start_time] if task.end_time is None else [task.start_time, task.end_time]
    if any(time.second or time.microsecond for time in times):
        yield Loss.SECONDS
    if any(_is_near_change(time.date(), options.zone) for time in times) and not _is_decided(times, options):
        yield Loss.OFFSET


@lru_cache(maxsize=1024)  # most tasks have the names of others
def _is_text_kept(description: str, project: str | None, tags: tuple[str, ...]) -> bool:
    texts = (description, *(project.split("/") if project else ()))
    return all(map(is_kept, texts)) and all(format_tag(tag) == tag for tag in tags)


@lru_cache(maxsize=64)  # tasks come in the order of their starts
def _is_near_change(day: date, zone: tzinfo) -> bool:
    """Return whether the clock may be changed on a day in UTC, or on a day next to it."""
    if not FIRST_DAY + 2 * _DAY < day < LAST_DAY - 2 * _DAY:
        return True
    midnight = datetime.combine(day, time(), UTC)
    before, after = ((midnight + days * _DAY).astimezone(zone).utcoffset() for days in (-1, 2))
    return before != after


def _is_decided(times: list[datetime], options: WriteOptions) -> bool:
    """Return whether the local times and the length stand for these instants only."""
    local_times = [time.replace(second=0, microsecond=0).astimezone(options.zone) for time in times]
    if not any(map(is_ambiguous, local_times)):
        return True
    start, end = local_times[0], local_times[1] if len(local_times) > 1 else None
    length = None if end is None else end.astimezone(UTC) - start.astimezone(UTC)
    try:
        to_interval(start.replace(tzinfo=None), end and end.replace(tzinfo=None), options.zone, length)
    except Rejection:
        return False
    return True
