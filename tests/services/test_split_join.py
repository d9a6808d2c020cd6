"""Splitting and joining tasks, on both engines."""

import re
from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import NOW
from tests.services.test_edit import HOUR, add, at, names

from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.errors import InvalidValue, TaskNotFound, TaskOfOtherUser, TimeInFuture
from tasktimer.services.queries import get_task
from tasktimer.services.split_join import (
    ANY_GAP,
    NO_GAP,
    IncompatibleTasks,
    SplitOutside,
    TasksNotAdjacent,
    gap_between,
    join,
    split,
)
from tasktimer.services.undo import undo
from tasktimer.store.protocols import Store

MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("end", [1, None])
def test_split_returns_two_adjacent_tasks(store: Store, end: float | None) -> None:
    task = add(store, end=end, project="acme", tags=["a", "b"], note="n", user_id=42)
    first, second = split(store, Actor(7, ALL_USERS), task.id, NOW - 2 * HOUR, now=NOW)
    assert (first.id, first.start_time, first.end_time) == (task.id, task.start_time, at(2))
    assert (second.start_time, second.end_time) == (at(2), task.end_time)
    assert second.id > task.id
    for part in (first, second):
        assert (part.user_id, part.project, part.tags, part.note) == (42, "acme", ("a", "b"), "n")
        assert get_task(store, Actor(None, ALL_USERS), part.id) == part
    assert names(store) == ["track", "split"]
    undo(store, Actor(7, 7), now=NOW)
    assert get_task(store, Actor(None, ALL_USERS), task.id) == task
    with pytest.raises(TaskNotFound):
        get_task(store, Actor(None, ALL_USERS), second.id)


@pytest.mark.parametrize("hours_ago", [4, 3, 1, 0, -1])
def test_split_outside_task_fails(store: Store, hours_ago: float) -> None:
    task = add(store)
    with pytest.raises(SplitOutside, match=r"it (starts at 09|ends at 11):00"):
        split(store, Actor(1, ALL_USERS), task.id, at(hours_ago), now=NOW)
    assert names(store) == ["track"]
    split(store, Actor(1, ALL_USERS), task.id, task.start_time + MICROSECOND, now=NOW)


def test_running_task_can_be_split_up_to_now(store: Store) -> None:
    task = add(store, end=None)
    with pytest.raises(TimeInFuture):
        split(store, Actor(1, ALL_USERS), task.id, NOW + SECOND, now=NOW)
    with pytest.raises(SplitOutside, match="split at 09:00 because it starts at 09:00"):
        split(store, Actor(1, ALL_USERS), task.id, task.start_time, now=NOW)
    first, second = split(store, Actor(1, ALL_USERS), task.id, NOW, now=NOW)
    assert (first.end_time, second.start_time, second.end_time) == (at(0), at(0), None)


def test_join_reverses_split(store: Store) -> None:
    task = add(store, project="acme", tags=["a"], note="n")
    parts = split(store, Actor(1, ALL_USERS), task.id, NOW - 2 * HOUR, now=NOW)
    assert join(store, Actor(1, ALL_USERS), (parts[1].id, parts[0].id), now=NOW) == (*parts, task)
    assert get_task(store, Actor(None, ALL_USERS), task.id) == task


@pytest.mark.parametrize(
    ("first", "second", "start", "end"),
    [
        ((3, 2), (2, 1), 3, 1),  # touching
        ((3, 1.5), (2, 1), 3, 1),
        ((3, 1), (2.5, 2), 3, 1),  # one inside the other
        ((3, 2), (3, 1), 3, 1),
        ((3, 2), (2, None), 3, None),
        ((3, None), (2, 1), 3, None),
        ((3, None), (2, None), 3, None),
        ((2, 2), (2, 2), 2, 2),
    ],
)
def test_joined_task_lasts_from_first_start_to_last_end(
    store: Store, first: Any, second: Any, start: float, end: float | None
) -> None:
    later, earlier = add(store, *second), add(store, *first)
    kept, gone = later, earlier  # the earlier id stays, whenever its task was
    *_, task = join(store, Actor(1, ALL_USERS), (later.id, earlier.id), now=NOW)
    assert task == get_task(store, Actor(None, ALL_USERS), kept.id)
    assert (task.start_time, task.end_time) == (at(start), None if end is None else at(end))
    with pytest.raises(TaskNotFound, match="joined it with another task"):
        join(store, Actor(1, ALL_USERS), (kept.id, gone.id), now=NOW)
    assert names(store) == ["track", "track", "join"]
    undo(store, Actor(1, 1), now=NOW)
    assert [get_task(store, Actor(None, ALL_USERS), kept.id), get_task(store, Actor(None, ALL_USERS), gone.id)] == [
        kept,
        gone,
    ]


@pytest.mark.parametrize(
    ("first", "second", "labels"),
    [
        ({"tags": ["b"]}, {"tags": ["a", "b"]}, (None, ("a", "b"), None)),
        ({"project": "acme"}, {}, ("acme", (), None)),
        ({}, {"project": "acme"}, ("acme", (), None)),
        ({"note": "one"}, {"note": "two"}, (None, (), "one\ntwo")),
        ({"note": "same"}, {"note": "same"}, (None, (), "same")),
        ({}, {"note": "two"}, (None, (), "two")),
    ],
)
def test_join_keeps_labels_of_both_tasks(store: Store, first: Any, second: Any, labels: Any) -> None:
    later, earlier = add(store, 2, 1, **second), add(store, 3, 2, **first)
    *_, task = join(store, Actor(1, ALL_USERS), (later.id, earlier.id), now=NOW)
    assert (task.project, task.tags, task.note) == labels
    assert get_task(store, Actor(None, ALL_USERS), later.id) == task


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        ({"user_id": 2}, "they belong to different users (1 and 2)"),
        ({"description": "call"}, "their descriptions differ ('write' and 'call')"),
        ({"project": "acme/web"}, "their projects differ ('acme' and 'acme/web')"),
    ],
)
def test_join_of_incompatible_tasks_fails(store: Store, other: dict[str, Any], difference: str) -> None:
    tasks = [add(store, 3, 2, project="acme"), add(store, 2, 1, **other)]
    with pytest.raises(IncompatibleTasks, match=re.escape(difference)):
        join(store, Actor(1, ALL_USERS), (tasks[1].id, tasks[0].id), max_gap=ANY_GAP, now=NOW)
    assert_unchanged(store, tasks)


def test_join_ignores_unicode_normalization(store: Store) -> None:
    tasks = [add(store, 3, 2, description="caf\u00e9"), add(store, 2, 1, description="cafe\u0301")]
    *_, task = join(store, Actor(1, ALL_USERS), (tasks[0].id, tasks[1].id), now=NOW)
    assert task.description == "caf\u00e9"


def test_join_with_gap_needs_max_gap(store: Store) -> None:
    tasks = [add(store, 3, 2.5), add(store, 2, 1)]
    ids = (tasks[0].id, tasks[1].id)
    assert gap_between(*tasks) == HOUR / 2
    for max_gap in (NO_GAP, HOUR / 2 - MICROSECOND):
        with pytest.raises(
            TasksNotAdjacent, match="tasks 1 and 2 cannot be joined because there is a gap of 0:30:00 between them"
        ) as refusal:
            join(store, Actor(1, ALL_USERS), ids, max_gap=max_gap, now=NOW)
        assert (refusal.value.tasks, refusal.value.gap) == (tuple(tasks), HOUR / 2)
        assert_unchanged(store, tasks)
    *_, task = join(store, Actor(1, ALL_USERS), ids, max_gap=HOUR / 2, now=NOW)
    assert (task.start_time, task.end_time) == (at(3), at(1))


def test_invalid_join_fails(store: Store) -> None:
    tasks = [add(store, 3, 2, note="x" * 6000), add(store, 2, 1, note="y" * 6000)]
    ids = (tasks[0].id, tasks[1].id)
    with pytest.raises(InvalidValue, match="the note is too long: 12,001 characters"):
        join(store, Actor(1, ALL_USERS), ids, now=NOW)
    with pytest.raises(InvalidValue, match="cannot be joined with itself"):
        join(store, Actor(1, ALL_USERS), (ids[0], ids[0]), now=NOW)
    with pytest.raises(TaskNotFound):
        join(store, Actor(1, ALL_USERS), (ids[0], 99), now=NOW)
    with pytest.raises(TaskOfOtherUser):
        join(store, Actor(1, 2), ids, now=NOW)
    assert_unchanged(store, tasks)


def assert_unchanged(store: Store, tasks: list[Task]) -> None:
    assert [get_task(store, Actor(None, ALL_USERS), task.id) for task in tasks] == tasks
    assert set(names(store)) == {"track"}
