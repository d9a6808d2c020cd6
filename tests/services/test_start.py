"""The verbs, on both engines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tasktimer.core.interval import Interval
from tasktimer.core.task import Task
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
from tasktimer.services.start import track
from tasktimer.services.stop import AmbiguousRunningTask, stop, stop_running
from tasktimer.store import Store
from tasktimer.store.sqlite.store import SqliteStore

NOW = datetime(2023, 7, 16, 12, tzinfo=ZoneInfo("Europe/Berlin"))
HOUR = timedelta(hours=1)
DAY = Interval(datetime(2023, 7, 15, 22, tzinfo=UTC), datetime(2023, 7, 16, 22, tzinfo=UTC))
MICROSECOND = timedelta(microseconds=1)


def start(store: Store, *, hours_ago: float = 1, user_id: int = 1) -> Task:
    return track(store, user_id=user_id, description="write", start_time=NOW - hours_ago * HOUR, now=NOW)


def test_track_starts_a_task_and_others_go_on(store: Store) -> None:
    first, second = start(store, hours_ago=2), start(store)
    assert [task.id for task in running_tasks(store, user_id=None)] == [first.id, second.id]


def test_track_with_an_end_records_a_finished_task(store: Store) -> None:
    task = track(store, user_id=1, description="call", start_time=NOW - HOUR, end_time=NOW, now=NOW)
    assert not task.running
    assert running_tasks(store, user_id=None) == []


def test_a_task_may_be_empty_and_end_now(store: Store) -> None:
    track(store, user_id=1, description="blink", start_time=NOW, end_time=NOW, now=NOW)
    assert [entry.time_spent for entry in times(store, DAY, user_id=1, now=NOW).entries] == [timedelta()]


@pytest.mark.parametrize(
    ("start_time", "end_time", "refusal"),
    [
        (NOW + MICROSECOND, None, TimeInFuture),
        (NOW - HOUR, NOW + MICROSECOND, TimeInFuture),
        (NOW - HOUR, NOW - HOUR - MICROSECOND, EndBeforeStart),
    ],
)
def test_what_the_clock_forbids_is_refused_and_not_stored(
    store: Store, start_time: datetime, end_time: datetime | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        track(store, user_id=1, description="write", start_time=start_time, end_time=end_time, now=NOW)
    assert times(store, DAY, user_id=None, now=NOW).entries == ()


def test_a_bad_description_is_refused_before_the_store_is_touched() -> None:
    with pytest.raises(InvalidValue):
        track(SqliteStore(None), user_id=1, description="\0", start_time=NOW, now=NOW)  # type: ignore[arg-type]


def test_results_are_in_utc_whatever_zone_was_asked_in(store: Store) -> None:
    recorded = track(store, user_id=1, description="call", start_time=NOW - HOUR, end_time=NOW, now=NOW)
    started = start(store)
    (ended,) = stop(store, [started.id], by=1, now=NOW)
    for task in (recorded, started, ended):
        assert all(instant.tzinfo is UTC for instant in (task.start_time, task.end_time) if instant)


def test_stop_ends_the_tasks_named_in_their_order(store: Store) -> None:
    ids = [start(store, hours_ago=hours).id for hours in (3, 2, 1)]
    stopped = stop(store, [ids[2], ids[0], ids[2]], end_time=NOW, by=1, now=NOW)
    assert [(task.id, task.end_time) for task in stopped] == [(ids[2], NOW), (ids[0], NOW)]
    assert [task.id for task in running_tasks(store, user_id=None)] == [ids[1]]


def test_stop_of_several_is_all_or_none(store: Store) -> None:
    first, early = start(store, hours_ago=3), start(store, hours_ago=1)
    for ids, end_time, refusal in [
        ([first.id, 99], NOW, TaskNotFound),
        ([first.id, early.id], NOW - 2 * HOUR, EndBeforeStart),
        ([first.id], NOW + HOUR, TimeInFuture),
    ]:
        with pytest.raises(refusal):
            stop(store, ids, end_time=end_time, by=1, now=NOW)
    assert running_tasks(store, user_id=None) == [first, early]


def test_a_stopped_task_keeps_its_end(store: Store) -> None:
    task = start(store, hours_ago=3)
    stop(store, [task.id], end_time=NOW - HOUR, by=1, now=NOW)
    with pytest.raises(AlreadyStopped, match=r"already stopped, at 2023-07-16 11:00:00\+02:00"):
        stop(store, [task.id], end_time=NOW - 9 * HOUR, by=1, now=NOW)
    (entry,) = times(store, DAY, user_id=None, now=NOW).entries
    assert entry.task.end_time == NOW - HOUR


def test_an_owner_restricts_what_is_stopped(store: Store) -> None:
    task = start(store, user_id=42)
    with pytest.raises(TaskOfOtherUser, match="task of user 42, not of user 1"):
        stop(store, [task.id], end_time=NOW, owner=1, by=1, now=NOW)
    assert stop(store, [task.id], end_time=NOW, owner=42, by=1, now=NOW)[0].id == task.id


def test_without_an_id_the_one_running_task_is_stopped(store: Store) -> None:
    mine, theirs = start(store, user_id=1), start(store, user_id=2)
    assert stop_running(store, user_id=1, all_running=False, by=1, now=NOW)[0].id == mine.id
    assert stop_running(store, user_id=None, end_time=NOW, all_running=False, by=1, now=NOW)[0].id == theirs.id
    with pytest.raises(NothingRunning, match="no task is running"):
        stop_running(store, user_id=None, end_time=NOW, all_running=False, by=1, now=NOW)
    with pytest.raises(NothingRunning, match="no task of user 1 is running"):
        stop_running(store, user_id=1, end_time=NOW, all_running=False, by=1, now=NOW)


def test_without_an_id_several_running_tasks_are_refused(store: Store) -> None:
    tasks = [start(store, hours_ago=hours) for hours in (2, 1)]
    with pytest.raises(AmbiguousRunningTask, match="2 tasks are running") as refusal:
        stop_running(store, user_id=None, end_time=NOW, all_running=False, by=1, now=NOW)
    assert list(refusal.value.tasks) == tasks
    assert running_tasks(store, user_id=None) == tasks


def test_all_running_tasks_are_stopped_be_there_none(store: Store) -> None:
    ids = [start(store, user_id=user).id for user in (1, 2, 1)]
    assert [task.id for task in stop_running(store, user_id=1, end_time=NOW, all_running=True, by=1, now=NOW)] == [
        ids[0],
        ids[2],
    ]
    assert [task.id for task in stop_running(store, user_id=None, end_time=NOW, all_running=True, by=1, now=NOW)] == [
        ids[1]
    ]
    assert stop_running(store, user_id=None, end_time=NOW, all_running=True, by=1, now=NOW) == []


def test_of_all_that_run_those_of_a_filter_are_stopped(store: Store) -> None:
    def begin(hours_ago: int, **labels: Any) -> Task:
        start_time = NOW - hours_ago * HOUR
        return track(store, user_id=1, description="write", start_time=start_time, now=NOW, **labels)

    acme, web, home = (begin(hours, project=name) for hours, name in ((1, "acme"), (3, "acme/web"), (2, "home")))
    ended = begin(5, project="acme", end_time=NOW)
    task_filter = TaskFilter(project="acme", shorter_than=2 * HOUR)
    assert [
        task.id for task in stop_running(store, user_id=2, all_running=True, task_filter=task_filter, by=1, now=NOW)
    ] == []
    assert [
        task.id for task in stop_running(store, user_id=1, all_running=True, task_filter=task_filter, by=1, now=NOW)
    ] == [acme.id]
    task_filter = TaskFilter(project="acme")
    assert stop_running(store, user_id=None, all_running=True, task_filter=task_filter, by=1, now=NOW) == [
        replace(web, end_time=NOW)
    ]
    assert running_tasks(store, user_id=None) == [home]
    assert get_task(store, ended.id) == ended


def test_where_nothing_was_tracked_there_is_nothing_to_stop(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = SqliteStore(tmp_path_factory.mktemp("none") / "tasks.db")
    assert stop_running(store, user_id=None, end_time=NOW, all_running=True, by=1, now=NOW) == []
    with pytest.raises(TaskNotFound, match="no task 7"):
        stop(store, [7], end_time=NOW, by=1, now=NOW)
    with pytest.raises(StoreMissing):
        stop_running(store, user_id=None, end_time=NOW, all_running=False, by=1, now=NOW)
    assert not store.path.exists()


def test_times_cuts_tasks_to_the_window_and_the_user(store: Store) -> None:
    track(store, user_id=1, description="night", start_time=NOW - 15 * HOUR, end_time=NOW - 10 * HOUR, now=NOW)
    track(store, user_id=2, description="long", start_time=NOW - 99 * HOUR, end_time=NOW - HOUR, now=NOW)
    start(store, hours_ago=40, user_id=2)
    sheets = [times(store, DAY, user_id=user, now=NOW) for user in (None, 1, 2, 3)]
    assert [[entry.time_spent / HOUR for entry in sheet.entries] for sheet in sheets] == [
        [11, 12, 2],
        [2],
        [11, 12],
        [],
    ]
