"""The verbs that start a task from what was tracked before, on both engines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import NOW

from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.errors import Conflict, InvalidValue, TaskNotFound, TimeInFuture
from tasktimer.services.history import list_entries
from tasktimer.services.queries import get_task, running_tasks
from tasktimer.services.start import NewTask, switch
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import stop
from tasktimer.services.undo import redo, undo
from tasktimer.store.protocols import Store
from tasktimer.store.sqlite.store import SqliteStore

HOUR = timedelta(hours=1)


MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


def start(store: Store, *, hours_ago: float = 1, user_id: int = 1) -> Task:
    return start_task(store, Actor(user_id, user_id), NewTask("write", start_time=NOW - hours_ago * HOUR), now=NOW)


def record(store: Store, start_ago: float, end_ago: float, user_id: int = 1) -> Task:
    ends = (NOW - start_ago * HOUR, NOW - end_ago * HOUR)
    return start_task(store, Actor(user_id, user_id), NewTask("past", start_time=ends[0], end_time=ends[1]), now=NOW)


def unchanged(store: Store, tasks: list[Task]) -> bool:
    """Whether these are all the tasks of the journal, and as they were."""
    return [get_task(store, Actor(None, ALL_USERS), task.id) for task in tasks] == tasks and len(
        list_entries(store, Actor(None, ALL_USERS), limit=99)
    ) == len(tasks)


def test_switch_stops_all_and_starts_at_same_instant(store: Store) -> None:
    first, theirs, second = start(store, hours_ago=2), start(store, user_id=2), start(store, hours_ago=3)
    now = NOW + 7 * MICROSECOND
    ended, task = switch(
        store, Actor(1, 1), NewTask("review", project="acme", tags=["b", "a"], note="for the guide"), now=now
    )
    assert [(found.id, found.end_time) for found in ended] == [(second.id, now), (first.id, now)]
    assert task == Task(task.id, 1, "review", now.astimezone(UTC), None, "acme", ("a", "b"), "for the guide")
    assert task.start_time.tzinfo is UTC
    assert running_tasks(store, Actor(None, ALL_USERS)) == [theirs, task]


def test_undo_reverses_whole_switch(store: Store) -> None:
    before = start(store)
    (ended,), task = switch(store, Actor(7, 1), NewTask("review"), now=NOW)
    assert [(given.user_id, given.name) for given in list_entries(store, Actor(7, 7), limit=9)] == [(7, "switch")]
    undo(store, Actor(7, 7), now=NOW)
    assert running_tasks(store, Actor(None, ALL_USERS)) == [before]
    with pytest.raises(TaskNotFound):
        get_task(store, Actor(None, ALL_USERS), task.id)
    redo(store, Actor(7, 7), now=NOW)
    assert (get_task(store, Actor(None, ALL_USERS), before.id), running_tasks(store, Actor(None, ALL_USERS))) == (
        ended,
        [task],
    )


def test_switch_without_running_task_starts_one(store: Store) -> None:
    record(store, 3, 2)
    ended, task = switch(store, Actor(1, 1), NewTask("review", start_time=NOW - HOUR), now=NOW)
    assert (ended, task.start_time, running_tasks(store, Actor(1, 1))) == ([], NOW - HOUR, [task])


def test_switch_creates_file(tmp_path: Path) -> None:
    assert switch(SqliteStore(tmp_path / "tasks.db"), Actor(1, 1), NewTask("review"), now=NOW)[1].id == 1


@pytest.mark.parametrize(
    ("description", "start_time", "refusal"),
    [
        ("review", NOW - 2 * HOUR, Conflict),  # one of the two started since
        ("review", NOW + SECOND, TimeInFuture),
        (" ", NOW, InvalidValue),
    ],
)
def test_failed_switch_changes_nothing(
    store: Store, description: str, start_time: datetime, refusal: type[Exception]
) -> None:
    tasks = [start(store, hours_ago=3), start(store, hours_ago=1)]
    with pytest.raises(refusal):
        switch(store, Actor(1, 1), NewTask(description, start_time=start_time), now=NOW)
    assert unchanged(store, tasks)


def test_switch_at_start_of_running_task_leaves_it_empty(store: Store) -> None:
    task = start(store)
    (ended,), _ = switch(store, Actor(1, 1), NewTask("review", start_time=NOW - HOUR), now=NOW)
    assert ended.end_time == task.start_time


@pytest.mark.parametrize("runs", [True, False])
def test_concurrent_switches_leave_one_running_task(store: Store, runs: bool) -> None:
    with ThreadPoolExecutor(4) as pool:
        first = start(store)
        if not runs:
            stop(store, Actor(1, ALL_USERS), [first.id], end_time=first.start_time, now=NOW)

        def one(number: int) -> Task:
            return switch(store, Actor(1, 1), NewTask(f"{number}"), now=NOW + number * MICROSECOND)[1]

        tasks = list(pool.map(one, range(20)))
        (last,) = running_tasks(store, Actor(1, 1))
        ends = [get_task(store, Actor(None, ALL_USERS), task.id).end_time for task in tasks]
        # Each ended where another one started.
        assert sorted(end for end in ends if end) == sorted(task.start_time for task in tasks)[1:]
        assert last.start_time == max(task.start_time for task in tasks)


def test_concurrent_tracks_without_gap_do_not_overlap(store: Store) -> None:
    record(store, 10, 9)
    with ThreadPoolExecutor(4) as pool:
        tasks = list(
            pool.map(
                lambda number: start_task(
                    store, Actor(1, 1), NewTask(f"{number}", duration=HOUR / 20, no_gap=True), now=NOW
                ),
                range(20),
            )
        )
    starts = sorted(task.start_time for task in tasks)
    assert starts == [NOW - 9 * HOUR + number * HOUR / 20 for number in range(20)]
