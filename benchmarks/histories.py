"""Generate long histories in the file formats of tasktimer, Watson and Timewarrior."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, groupby
from random import Random
from time import perf_counter
from typing import NamedTuple

from home import Home
from measure import Command, run

YEARS = 30
USERS = 7
MANY_DAY_TASKS = 20
RUNNING_TASKS = 3
TASKS_OF_A_DAY = 8

_DAY = timedelta(days=1)
_INSERT = "INSERT INTO tasks (user_id, description, start_time, end_time) VALUES (?, ?, ?, ?)"
_PROJECTS = 50
_TAGS = 40
# Every third task has a project, every fifth two tags. In parentheses: `||` binds before `/` and `%`.
_LABEL = f"""
UPDATE tasks SET project = CASE WHEN id % 3 = 0 THEN 'client ' || (id / 3 % {_PROJECTS}) || '/part' END,
  tags = CASE WHEN id % 5 = 0 THEN 'docs tag' || (id / 5 % {_TAGS}) END
WHERE id % 3 = 0 OR id % 5 = 0
"""
_LABEL_TAGS = [
    f"INSERT INTO task_tags (task_id, user_id, tag) SELECT id, user_id, {tag} FROM tasks WHERE id % 5 = 0"
    for tag in ("'docs'", f"'tag' || (id / 5 % {_TAGS})")
]
_COUNT_LABELS = "SELECT count(DISTINCT project), (SELECT count(DISTINCT tag) FROM task_tags) FROM tasks"


class Interval(NamedTuple):
    """A half-open interval."""

    start: datetime
    end: datetime


class Days(NamedTuple):
    """The days that the benchmarks query: today up to now, and a day in the middle of the history."""

    today: Interval
    old: Interval

    @classmethod
    def until(cls, now: datetime) -> "Days":
        """Return the days for a history that ends at `now`."""
        old = now.date() - YEARS // 2 * 365 * _DAY
        return cls(Interval(_midnight(now.date()), now), Interval(_midnight(old), _midnight(old + _DAY)))

    @property
    def name_of_old(self) -> str:
        """The date of the old day, in a format that every program accepts."""
        return f"{self.old.start:%Y-%m-%d}"


def load(home: Home, count: int, days: Days) -> float:
    """Fill a home folder with tasks; return the number of seconds that this took.

    The queried days contain the same tasks, whatever the count.
    """
    run(home.tasktimer("track", "the first", "--for", "1m"))
    start = perf_counter()
    with closing(sqlite3.connect(home.file)) as connection, connection:
        connection.executemany(_INSERT, _rows(count, days))
        for statement in (_LABEL, *_LABEL_TAGS):
            connection.execute(statement)
        expected = min(_PROJECTS, count // 3), 1 + min(_TAGS, count // 5)
        assert connection.execute(_COUNT_LABELS).fetchone() == expected
    return perf_counter() - start


def stop_each(home: Home, count: int) -> Command:
    """Return a `stop ID` command that can run `count` times, each time on another task that has just started."""
    now = _microseconds(datetime.now(UTC))
    with closing(sqlite3.connect(home.file)) as connection, connection:
        ids = [connection.execute(_INSERT, (1, "to be stopped", now, None)).lastrowid for _ in range(count)]
    words = iter([[str(task_id)] for task_id in ids])
    return home.tasktimer("stop", prepare=lambda: next(words))


def load_watson(home: Home, count: int, days: Days) -> None:
    """Write a Watson history."""
    frames = [
        (int(start.timestamp()), int(end.timestamp()), "writing", f"{number:032x}", (), int(end.timestamp()))
        for number, (start, end) in enumerate(_finished(count, days))
    ]
    folder = home.folder / "watson"
    folder.mkdir(exist_ok=True)
    (folder / "frames").write_text(json.dumps(frames))


def load_timewarrior(home: Home, count: int, days: Days) -> None:
    """Write a Timewarrior history, one file per month."""
    folder = home.folder / "timewarrior" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    intervals = (Interval(start.astimezone(UTC), end.astimezone(UTC)) for start, end in _finished(count, days))
    for month, group in groupby(intervals, lambda interval: f"{interval.start:%Y-%m}"):
        lines = [f"inc {start:%Y%m%dT%H%M%SZ} - {end:%Y%m%dT%H%M%SZ} # writing\n" for start, end in group]
        (folder / f"{month}.data").write_text("".join(lines))
    (folder / "tags.data").write_text(json.dumps({"writing": {"count": count}}))


def _rows(count: int, days: Days) -> Iterator[tuple[int, str, int, int | None]]:
    extra = 2 * TASKS_OF_A_DAY + MANY_DAY_TASKS + RUNNING_TASKS + 1  # and the task that created the file
    intervals = chain(_many_day(days), _finished(count - extra + 2 * TASKS_OF_A_DAY, days))
    for number, (start, end) in enumerate(intervals):
        yield 1 + number % USERS, f"task {number % 1000}", _microseconds(start), _microseconds(end)
    for number in range(RUNNING_TASKS):
        yield 1 + number, "still running", _microseconds(days.today.start - number * _DAY), None


def _finished(count: int, days: Days) -> Iterator[Interval]:
    """Yield consecutive tasks: a fixed number on the queried days, all others around the old day."""
    before = (count - 2 * TASKS_OF_A_DAY) // 2
    after = count - 2 * TASKS_OF_A_DAY - before
    parts: Iterable[tuple[Interval, int]] = (
        (Interval(days.today.start - YEARS * 365 * _DAY, days.old.start), before),
        (days.old, TASKS_OF_A_DAY),
        (Interval(days.old.end, days.today.start), after),
        (days.today, TASKS_OF_A_DAY),
    )
    return chain.from_iterable(_spread(within, tasks) for within, tasks in parts)


def _spread(within: Interval, count: int) -> Iterator[Interval]:
    lengths = Random(count)
    step = (within.end - within.start) / count
    longest = min(step, timedelta(hours=2))
    for number in range(count):
        start = within.start + number * step
        yield Interval(start, start + longest * lengths.uniform(0.2, 0.9))


def _many_day(days: Days) -> Iterator[Interval]:
    """Yield tasks that last three days, spread over the history; one of them covers the old day."""
    first = days.old.start - _DAY
    apart = (days.today.start - days.old.end) / MANY_DAY_TASKS
    for number in range(MANY_DAY_TASKS):
        start = first + (number - MANY_DAY_TASKS // 2) * apart
        yield Interval(start, start + 3 * _DAY)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()  # with the UTC offset of that day, which may differ from today's


def _microseconds(instant: datetime) -> int:
    return int(instant.timestamp()) * 1_000_000
