"""A clock that was set back between the start of a task and its end: one rule, on both engines."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import BERLIN, NOW

from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import ClockBeforeStart, EndBeforeStart
from tasktimer.services import bulk
from tasktimer.services.edit import edit
from tasktimer.services.history import list_entries
from tasktimer.services.queries import get_task
from tasktimer.services.start import NewTask, switch
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import stop
from tasktimer.store.protocols import LOCK_TIMEOUT, Store

TIMEOUT = timedelta(seconds=LOCK_TIMEOUT)
MICROSECOND = timedelta(microseconds=1)

End = Callable[[Store, int, datetime], Any]

ENDS: dict[str, End] = {
    "stop": lambda store, task_id, now: stop(store, Actor(1, ALL_USERS), [task_id], now=now),
    "stop at now": lambda store, task_id, now: stop(
        store, Actor(1, ALL_USERS), [task_id], end_time=now.astimezone(UTC), now=now
    ),
    "the one that runs": lambda store, _, now: stop(store, Actor(1, 1), all_running=False, now=now),
    "every": lambda store, _, now: stop(store, Actor(1, ALL_USERS), all_running=True, now=now),
    "every at now": lambda store, _, now: stop(store, Actor(1, 1), end_time=now, all_running=True, now=now),
    "filter": lambda store, _, now: stop(
        store, Actor(1, 1), all_running=True, task_filter=TaskFilter(project="acme"), now=now
    ),
    "switch": lambda store, _, now: switch(store, Actor(1, 1), NewTask("next"), now=now),
    "switch at now": lambda store, _, now: switch(
        store, Actor(1, 1), NewTask("next", start_time=now.astimezone(UTC)), now=now
    ),
    "edit": lambda store, task_id, now: edit(
        store, Actor(1, ALL_USERS), [task_id], {"end_time": now.astimezone(UTC)}, now=now
    ),
    "edit many": lambda store, task_id, now: _edit_many(store, get_task(store, Actor(None, ALL_USERS), task_id), now),
}


def _edit_many(store: Store, task: Task, now: datetime) -> None:
    selection = bulk.select_edited([task], {"end_time": now.astimezone(UTC)}, by_id=False, now=now)
    bulk.apply_changes(store, Actor(1, ALL_USERS), "edit", selection, now=now)


def start(store: Store, at: datetime = NOW, user_id: int = 1) -> Task:
    return start_task(store, Actor(user_id, user_id), NewTask("write", project="acme", start_time=at), now=at)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_stop_fails_if_start_is_beyond_lock_timeout(store: Store, end: End) -> None:
    task = start(store)
    with pytest.raises(ClockBeforeStart) as error:
        end(store, task.id, NOW - TIMEOUT - MICROSECOND)
    assert str(error.value) == ("task 1 cannot end now, at 11:58, before its start at 12:00")
    assert (error.value.code, error.value.context) == ("clock-before-start", {"id": 1})
    assert get_task(store, Actor(None, ALL_USERS), task.id) == task
    assert [command.name for command in list_entries(store, Actor(None, ALL_USERS), limit=9)] == ["track"]


@pytest.mark.parametrize("behind", [MICROSECOND, TIMEOUT], ids=str)
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_stop_within_lock_timeout_ends_task_at_its_start(store: Store, end: End, behind: timedelta) -> None:
    task = start(store)
    end(store, task.id, NOW - behind)
    assert get_task(store, Actor(None, ALL_USERS), task.id).end_time == task.start_time


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_now_in_ambiguous_hour_equals_now(store: Store, end: End) -> None:
    second = datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN, fold=1)
    task = start(store, second)
    with pytest.raises(ClockBeforeStart):
        end(store, task.id, second.replace(fold=0))
    end(store, task.id, second)
    assert get_task(store, Actor(None, ALL_USERS), task.id).end_time == second.astimezone(UTC)


@pytest.mark.parametrize("name", ["every", "every at now", "filter", "switch"])
def test_clock_before_one_start_fails_for_all_tasks(store: Store, name: str) -> None:
    tasks = [start(store, NOW - timedelta(hours=5)), start(store)]
    with pytest.raises(ClockBeforeStart):
        ENDS[name](store, 1, NOW - timedelta(hours=1))
    assert [get_task(store, Actor(None, ALL_USERS), task.id) for task in tasks] == tasks


def test_given_end_before_start_fails(store: Store) -> None:
    task = start(store)
    with pytest.raises(EndBeforeStart):
        stop(store, Actor(1, ALL_USERS), [task.id], end_time=NOW - MICROSECOND, now=NOW)
    assert get_task(store, Actor(None, ALL_USERS), task.id) == task
