"""The verbs, on both engines."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tasktimer.core.interval import Interval
from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import (
    AlreadyStopped,
    EndBeforeStart,
    InvalidValue,
    NothingRunning,
    StoreMissing,
    TaskNotFound,
    TaskOfOtherUser,
    TimeInFuture,
)
from tasktimer.services.queries import get_task, running_tasks, times
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import AmbiguousRunningTask, stop
from tasktimer.store.protocols import Store
from tasktimer.store.sqlite.store import SqliteStore

NOW = datetime(2023, 7, 16, 12, tzinfo=ZoneInfo("Europe/Berlin"))
HOUR = timedelta(hours=1)
DAY = Interval(datetime(2023, 7, 15, 22, tzinfo=UTC), datetime(2023, 7, 16, 22, tzinfo=UTC))
MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


def start(store: Store, *, hours_ago: float = 1, user_id: int = 1) -> Task:
    return start_task(store, Actor(user_id, user_id), NewTask("write", start_time=NOW - hours_ago * HOUR), now=NOW)


def test_start_keeps_other_tasks_running(store: Store) -> None:
    first, second = start(store, hours_ago=2), start(store)
    assert [task.id for task in running_tasks(store, Actor(None, ALL_USERS))] == [first.id, second.id]


def test_start_with_end_records_finished_task(store: Store) -> None:
    task = start_task(store, Actor(1, 1), NewTask("call", start_time=NOW - HOUR, end_time=NOW), now=NOW)
    assert not task.running
    assert running_tasks(store, Actor(None, ALL_USERS)) == []


def test_task_can_be_empty_and_end_now(store: Store) -> None:
    start_task(store, Actor(1, 1), NewTask("blink", start_time=NOW, end_time=NOW), now=NOW)
    assert [entry.time_spent for entry in times(store, Actor(1, 1), DAY, now=NOW).entries] == [timedelta()]


@pytest.mark.parametrize(
    ("start_time", "end_time", "refusal"),
    [
        (NOW + SECOND, None, TimeInFuture),
        (NOW - HOUR, NOW + SECOND, TimeInFuture),
        (NOW - HOUR, NOW - HOUR - MICROSECOND, EndBeforeStart),
    ],
)
def test_time_against_clock_fails_and_is_not_stored(
    store: Store, start_time: datetime, end_time: datetime | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        start_task(store, Actor(1, 1), NewTask("write", start_time=start_time, end_time=end_time), now=NOW)
    assert times(store, Actor(None, ALL_USERS), DAY, now=NOW).entries == ()


def test_invalid_description_fails_without_touching_store() -> None:
    with pytest.raises(InvalidValue):
        start_task(SqliteStore(None), Actor(1, 1), NewTask("\0", start_time=NOW), now=NOW)  # type: ignore[arg-type]


def test_results_are_in_utc_for_any_zone(store: Store) -> None:
    recorded = start_task(store, Actor(1, 1), NewTask("call", start_time=NOW - HOUR, end_time=NOW), now=NOW)
    started = start(store)
    (ended,) = stop(store, Actor(1, ALL_USERS), [started.id], now=NOW)
    for task in (recorded, started, ended):
        assert all(instant.tzinfo is UTC for instant in (task.start_time, task.end_time) if instant)


def test_stop_returns_tasks_in_given_order(store: Store) -> None:
    ids = [start(store, hours_ago=hours).id for hours in (3, 2, 1)]
    stopped = stop(store, Actor(1, ALL_USERS), [ids[2], ids[0], ids[2]], end_time=NOW, now=NOW)
    assert [(task.id, task.end_time) for task in stopped] == [(ids[2], NOW), (ids[0], NOW)]
    assert [task.id for task in running_tasks(store, Actor(None, ALL_USERS))] == [ids[1]]


def test_stop_of_several_tasks_is_all_or_none(store: Store) -> None:
    first, early = start(store, hours_ago=3), start(store, hours_ago=1)
    for ids, end_time, refusal in [
        ([first.id, 99], NOW, TaskNotFound),
        ([first.id, early.id], NOW - 2 * HOUR, EndBeforeStart),
        ([first.id], NOW + HOUR, TimeInFuture),
    ]:
        with pytest.raises(refusal):
            stop(store, Actor(1, ALL_USERS), ids, end_time=end_time, now=NOW)
    assert running_tasks(store, Actor(None, ALL_USERS)) == [first, early]


def test_stop_twice_keeps_first_end(store: Store) -> None:
    task = start(store, hours_ago=3)
    stop(store, Actor(1, ALL_USERS), [task.id], end_time=NOW - HOUR, now=NOW)
    with pytest.raises(AlreadyStopped, match=r"already stopped: it ended at 11:00"):
        stop(store, Actor(1, ALL_USERS), [task.id], end_time=NOW - 9 * HOUR, now=NOW)
    (entry,) = times(store, Actor(None, ALL_USERS), DAY, now=NOW).entries
    assert entry.task.end_time == NOW - HOUR


def test_stop_is_restricted_to_tasks_of_owner(store: Store) -> None:
    task = start(store, user_id=42)
    with pytest.raises(TaskOfOtherUser, match="belongs to user 42, not to user 1"):
        stop(store, Actor(1, 1), [task.id], end_time=NOW, now=NOW)
    assert stop(store, Actor(1, 42), [task.id], end_time=NOW, now=NOW)[0].id == task.id


def test_stop_without_id_stops_only_running_task(store: Store) -> None:
    mine, theirs = start(store, user_id=1), start(store, user_id=2)
    assert stop(store, Actor(1, 1), all_running=False, now=NOW)[0].id == mine.id
    assert stop(store, Actor(1, ALL_USERS), end_time=NOW, all_running=False, now=NOW)[0].id == theirs.id
    with pytest.raises(NothingRunning, match="no task is running"):
        stop(store, Actor(1, ALL_USERS), end_time=NOW, all_running=False, now=NOW)
    with pytest.raises(NothingRunning, match="user 1 has no running tasks"):
        stop(store, Actor(1, 1), end_time=NOW, all_running=False, now=NOW)


def test_no_id_with_several_running_tasks_fails(store: Store) -> None:
    tasks = [start(store, hours_ago=hours) for hours in (2, 1)]
    with pytest.raises(AmbiguousRunningTask, match="2 tasks are running") as refusal:
        stop(store, Actor(1, ALL_USERS), end_time=NOW, all_running=False, now=NOW)
    assert list(refusal.value.tasks) == tasks
    assert running_tasks(store, Actor(None, ALL_USERS)) == tasks


def test_stop_all_running_tasks(store: Store) -> None:
    ids = [start(store, user_id=user).id for user in (1, 2, 1)]
    assert [task.id for task in stop(store, Actor(1, 1), end_time=NOW, all_running=True, now=NOW)] == [
        ids[0],
        ids[2],
    ]
    assert [task.id for task in stop(store, Actor(1, ALL_USERS), end_time=NOW, all_running=True, now=NOW)] == [ids[1]]
    assert stop(store, Actor(1, ALL_USERS), end_time=NOW, all_running=True, now=NOW) == []


def test_stop_all_with_filter_stops_matching_tasks(store: Store) -> None:
    def begin(hours_ago: int, **labels: Any) -> Task:
        start_time = NOW - hours_ago * HOUR
        return start_task(store, Actor(1, 1), NewTask("write", start_time=start_time, **labels), now=NOW)

    acme, web, home = (begin(hours, project=name) for hours, name in ((1, "acme"), (3, "acme/web"), (2, "home")))
    ended = begin(5, project="acme", end_time=NOW)
    task_filter = TaskFilter(project="acme", shorter_than=2 * HOUR)
    assert [task.id for task in stop(store, Actor(1, 2), all_running=True, task_filter=task_filter, now=NOW)] == []
    assert [task.id for task in stop(store, Actor(1, 1), all_running=True, task_filter=task_filter, now=NOW)] == [
        acme.id
    ]
    task_filter = TaskFilter(project="acme")
    assert stop(store, Actor(1, ALL_USERS), all_running=True, task_filter=task_filter, now=NOW) == [
        web._replace(end_time=NOW)
    ]
    assert running_tasks(store, Actor(None, ALL_USERS)) == [home]
    assert get_task(store, Actor(None, ALL_USERS), ended.id) == ended


def test_stop_without_store_fails(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = SqliteStore(tmp_path_factory.mktemp("none") / "tasks.db")
    assert stop(store, Actor(1, ALL_USERS), end_time=NOW, all_running=True, now=NOW) == []
    with pytest.raises(TaskNotFound, match="no task 7"):
        stop(store, Actor(1, ALL_USERS), [7], end_time=NOW, now=NOW)
    with pytest.raises(StoreMissing):
        stop(store, Actor(1, ALL_USERS), end_time=NOW, all_running=False, now=NOW)
    assert not store.path.exists()


def test_times_cuts_tasks_of_user_to_window(store: Store) -> None:
    start_task(store, Actor(1, 1), NewTask("night", start_time=NOW - 15 * HOUR, end_time=NOW - 10 * HOUR), now=NOW)
    start_task(store, Actor(2, 2), NewTask("long", start_time=NOW - 99 * HOUR, end_time=NOW - HOUR), now=NOW)
    start(store, hours_ago=40, user_id=2)
    sheets = [times(store, Actor(1, user), DAY, now=NOW) for user in (ALL_USERS, 1, 2, 3)]
    assert [[entry.time_spent / HOUR for entry in sheet.entries] for sheet in sheets] == [
        [11, 12, 2],
        [2],
        [11, 12],
        [],
    ]
