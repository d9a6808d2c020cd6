"""The tasks that share time with others, on both engines."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.conftest import NOW
from tests.services.test_switch import HOUR, record, start

from tasktimer.core.interval import intersect
from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.services.overlaps import find_overlaps
from tasktimer.services.queries import list_tasks
from tasktimer.store.protocols import Store

Record = Callable[[Store], Task]


@pytest.mark.parametrize(
    ("other", "shares"),
    [
        (lambda store: record(store, 4, 2.5), True),
        (lambda store: record(store, 99, 1), True),  # covers it
        (lambda store: record(store, 3, 2), True),  # is the same
        (lambda store: record(store, 2.75, 2.5), True),  # is covered
        (lambda store: record(store, 2.5, 0), True),
        (lambda store: start(store, hours_ago=99), True),
        (lambda store: start(store, hours_ago=2.5), True),
        (lambda store: record(store, 4, 3), False),  # touches it
        (lambda store: record(store, 2, 1), False),
        (lambda store: start(store, hours_ago=2), False),
        (lambda store: record(store, 2.5, 2.5), False),  # takes no time
        (lambda store: record(store, 4, 1, user_id=2), False),
    ],
)
def test_overlaps_are_found_in_either_direction(store: Store, other: Record, shares: bool) -> None:
    found, task = other(store), record(store, 3, 2)
    assert find_overlaps(store, [task], limit=9, now=NOW) == ([(task, [found])] if shares else [])
    assert find_overlaps(store, [found], limit=9, now=NOW) == ([(found, [task])] if shares else [])
    assert find_overlaps(store, [task, found], limit=9, now=NOW) == ([(task, [found])] if shares else [])


def test_running_task_extends_to_now(store: Store) -> None:
    task, other = start(store, hours_ago=3), record(store, 2, 1)
    assert find_overlaps(store, [task], limit=9, now=NOW) == [(task, [other])]
    assert find_overlaps(store, [task], limit=9, now=NOW - 2 * HOUR) == []
    assert find_overlaps(store, [task], limit=9, now=NOW - 4 * HOUR) == []  # the clock was set back


def test_first_others_are_returned(store: Store) -> None:
    tasks = [record(store, hours, 1) for hours in (9, 8, 7, 6)]
    assert find_overlaps(store, tasks[:1], limit=2, now=NOW) == [(tasks[0], tasks[1:3])]


def test_overlaps_agree_with_intervals(store: Store) -> None:
    tasks = [record(store, 40 - 7 * number % 37, 3 * number % 5, user_id=number % 2 + 1) for number in range(24)]
    tasks += [start(store, hours_ago=hours, user_id=2) for hours in (1, 30)]
    everything = list_tasks(store, Actor(None, ALL_USERS), NO_FILTER, now=NOW)
    for task in tasks:
        both = ((other, intersect(task.interval(NOW), other.interval(NOW))) for other in everything)
        others = [
            other
            for other, part in both
            if part and part.duration > timedelta() and other.user_id == task.user_id and other.id != task.id
        ]
        assert find_overlaps(store, [task], limit=99, now=NOW) == ([(task, others)] if others else [])
