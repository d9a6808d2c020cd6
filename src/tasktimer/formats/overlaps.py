"""Overlaps between the tasks of an export, for formats in which only one task can take place at a time."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import chain
from typing import NamedTuple

from tasktimer.core.task import Task
from tasktimer.errors import Conflict
from tasktimer.formats.registry import Loss

_FOREVER = datetime.max.replace(tzinfo=UTC)


class Part(NamedTuple):
    """A task, or a part of it, from `start` to `end`; `end=None` means that it is running."""

    task: Task
    start: datetime
    end: datetime | None


def check_overlaps(parts: Iterable[Part], title: str) -> Iterator[Part]:
    """Yield tasks that are sorted by start.

    Raises:
        Conflict: at the first task that overlaps an earlier one; the message calls the format `title`.
    """
    last: Part | None = None  # the one with the latest end
    for part in parts:
        if last is not None and part.start < _end(last) and last.start < _end(part):
            ids = last.task.id, part.task.id
            message = f"tasks {ids[0]} and {ids[1]} overlap, but {title} allows only one task at a time"
            raise Conflict("export-overlaps", message, context={"ids": ids})
        if last is None or _end(part) >= _end(last):
            last = part
        yield part


class _ActiveTask:
    def __init__(self, part: Part, now: datetime) -> None:
        self.part = part
        self.end = _end(part)
        self._counted_end = max(now, part.start) if part.end is None else part.end  # a running task counts until now
        # The time that is not written, because other tasks take place then.
        self.covered = self._counted_end - part.start
        self.parts = 0  # that are written

    def write(self, start: datetime, end: datetime) -> Part:
        """Return a part of the task."""
        self.covered -= max(min(end, self._counted_end) - start, timedelta())
        self.parts += 1
        return Part(self.part.task, start, None if end == _FOREVER else end)

    @property
    def sort_key(self) -> tuple[timedelta, datetime, int]:
        """A key that is lowest for the task that started last or, of several, ends first."""
        return _FOREVER - self.part.start, self.end, -self.part.task.id


def cut_overlaps(parts: Iterable[Part], losses: Counter[Loss], now: datetime) -> Iterator[Part]:
    """Yield parts of tasks that do not overlap, sorted by start like the tasks; count what is cut off.

    If several tasks take place at a time, the one that started last is written (of several that started at the same
    time, the one that ends first); afterwards, the earlier one continues. Thus, the total elapsed time is kept.
    """
    active: list[tuple[tuple[timedelta, datetime, int], _ActiveTask]] = []
    time = datetime.min.replace(tzinfo=UTC)
    for part in chain(parts, [None]):
        next_start = _FOREVER if part is None else part.start
        while active and time < next_start:
            task = active[0][1]
            if task.end <= time:
                _count_loss(heappop(active)[1], losses)
                continue
            end = min(task.end, next_start)
            yield task.write(time, end)
            time = end
        time = next_start
        if part is not None and part.end == part.start:
            yield part
        elif part is not None:
            task = _ActiveTask(part, now)
            heappush(active, (task.sort_key, task))
    for _, task in active:
        _count_loss(task, losses)


def _count_loss(task: _ActiveTask, losses: Counter[Loss]) -> None:
    if task.covered or task.parts > 1:
        losses[Loss.OVERLAP] += 1
        if task.covered:
            losses[Loss.OVERLAP_SECONDS] += task.covered // timedelta(seconds=1)


def _end(part: Part) -> datetime:
    return _FOREVER if part.end is None else part.end
