"""Tasks that overlap, cut for formats in which only one can take place at a time."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktimer.core.task import Task
from tasktimer.errors import Conflict
from tasktimer.formats.overlaps import Part, check_overlaps, cut_overlaps
from tasktimer.formats.registry import Loss

Hours = tuple[int, int | None]  # start and end

START = datetime(2024, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAST = 12  # running tasks are compared up to this hour
NOW = START + LAST * HOUR

lengths = st.none() | st.integers(0, 5)
intervals = st.lists(st.tuples(st.integers(0, 6), lengths), max_size=6).map(
    lambda found: [(start, None if length is None else start + length) for start, length in found]
)


def to_parts(hours: list[Hours]) -> list[Part]:
    """Return tasks with these hours, sorted by start; their IDs are 1, 2 and so on."""
    parts = []
    for task_id, (start, end) in enumerate(sorted(hours, key=lambda item: item[0]), 1):
        times = START + start * HOUR, None if end is None else START + end * HOUR
        parts.append(Part(Task(task_id, 1, "docs", *times), *times))
    return parts


def to_hours(parts: list[Part]) -> list[tuple[int, int, int | None]]:
    """Return the ID, the start and the end of each part."""
    return [
        (part.task.id, (part.start - START) // HOUR, None if part.end is None else (part.end - START) // HOUR)
        for part in parts
    ]


def active(parts: list[Part], hour: int) -> list[Part]:
    """Return the tasks that take place in an hour."""
    start = START + hour * HOUR
    return [part for part in parts if part.start <= start and (part.end is None or start < part.end)]


@pytest.mark.parametrize(
    ("hours", "expected", "cut", "hours_cut"),
    [
        ([], [], 0, 0),
        ([(0, 2), (2, 4)], [(1, 0, 2), (2, 2, 4)], 0, 0),
        ([(0, 4), (1, 2)], [(1, 0, 1), (2, 1, 2), (1, 2, 4)], 1, 1),
        ([(0, 3), (1, 4)], [(1, 0, 1), (2, 1, 4)], 1, 2),
        ([(0, 9), (1, 8), (2, 3)], [(1, 0, 1), (2, 1, 2), (3, 2, 3), (2, 3, 8), (1, 8, 9)], 2, 8),
        ([(0, 3), (0, 1)], [(2, 0, 1), (1, 1, 3)], 1, 1),  # of those with the same start, the shorter one first
        ([(0, 1), (0, 3)], [(1, 0, 1), (2, 1, 3)], 1, 1),
        ([(0, 2), (0, 2)], [(2, 0, 2)], 1, 2),
        ([(0, 4), (2, 2)], [(1, 0, 2), (2, 2, 2), (1, 2, 4)], 1, 0),
        ([(0, 0), (0, 0)], [(1, 0, 0), (2, 0, 0)], 0, 0),
        ([(0, None), (1, 2)], [(1, 0, 1), (2, 1, 2), (1, 2, None)], 1, 1),
        ([(0, None), (1, None)], [(1, 0, 1), (2, 1, None)], 1, LAST - 1),
        ([(0, None), (0, None)], [(2, 0, None)], 1, LAST),
        ([(0, 5), (1, None)], [(1, 0, 1), (2, 1, None)], 1, 4),
    ],
)
def test_cut_tasks(hours: list[Hours], expected: list[tuple[int, int, int | None]], cut: int, hours_cut: int) -> None:
    losses: Counter[Loss] = Counter()
    assert to_hours(list(cut_overlaps(to_parts(hours), losses, NOW))) == expected
    assert losses == Counter({Loss.OVERLAP: cut, Loss.OVERLAP_SECONDS: hours_cut * 3600})


@given(intervals)
def test_each_hour_belongs_to_the_task_that_started_last(hours: list[Hours]) -> None:
    tasks = to_parts(hours)
    losses: Counter[Loss] = Counter()
    parts = list(cut_overlaps(tasks, losses, NOW))
    covered = set()
    for hour in range(LAST):
        candidates = active(tasks, hour)
        latest = max((part.start for part in candidates), default=None)
        found = [part.task for part in active(parts, hour)]
        assert len(found) == bool(candidates)
        assert [task.start_time for task in found] == [latest] * len(found)
        covered |= {part.task.id for part in candidates} - {task.id for task in found}
    written = Counter(part.task.id for part in parts)
    assert losses[Loss.OVERLAP] == len(covered | {task_id for task_id, count in written.items() if count > 1})
    total, kept = (
        sum((min(part.end or NOW, NOW) - part.start for part in found), timedelta()) for found in (tasks, parts)
    )
    assert losses[Loss.OVERLAP_SECONDS] == (total - kept).total_seconds()
    assert all(first.start <= (first.end or first.start) <= second.start for first, second in pairwise(parts))
    empty = [part for part in tasks if part.start == part.end]
    assert [part for part in parts if part.start == part.end] == empty


@pytest.mark.parametrize(
    "hours", [[], [(0, 2), (2, 2), (2, 4)], [(0, 0), (0, 2)], [(0, 2), (0, 0)], [(0, None), (0, 0)]]
)
def test_touching_tasks_do_not_overlap(hours: list[Hours]) -> None:
    tasks = to_parts(hours)
    assert list(check_overlaps(tasks, "Timewarrior")) == tasks


@given(intervals)
def test_tasks_without_overlaps_are_kept_and_others_are_an_error(hours: list[Hours]) -> None:
    tasks = to_parts(hours)
    losses: Counter[Loss] = Counter()
    parts = list(cut_overlaps(tasks, losses, NOW))
    if len(parts) == len(tasks) and set(parts) == set(tasks):
        assert list(check_overlaps(tasks, "Timewarrior")) == tasks
        assert not losses
    else:
        with pytest.raises(Conflict, match="but Timewarrior allows only one task at a time"):
            list(check_overlaps(tasks, "Timewarrior"))
