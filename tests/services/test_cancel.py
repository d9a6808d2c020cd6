"""The verbs that take a running task away, on both engines."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import NOW

from tasktimer.cli.hints import hint_for
from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.errors import Conflict, NothingRunning, StoreMissing, TaskNotFound, TaskOfOtherUser
from tasktimer.services.history import list_entries
from tasktimer.services.queries import running_tasks
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import AmbiguousRunningTask, cancel, stop
from tasktimer.services.undo import undo
from tasktimer.store.protocols import Store
from tasktimer.store.sqlite.store import SqliteStore

HOUR = timedelta(hours=1)


def start(store: Store, *, hours_ago: float = 1, user_id: int = 1) -> Task:
    return start_task(
        store,
        Actor(user_id, user_id),
        NewTask("write", tags=["a"], note="n", start_time=NOW - hours_ago * HOUR),
        now=NOW,
    )


def test_cancel_returns_tasks_in_order_and_undo_restores_them(store: Store) -> None:
    tasks = [start(store, hours_ago=hours) for hours in (3, 2, 1)]
    ids = [task.id for task in tasks]
    assert cancel(store, Actor(7, ALL_USERS), [ids[2], ids[0], ids[2]], now=NOW) == [tasks[2], tasks[0]]
    assert running_tasks(store, Actor(None, ALL_USERS)) == [tasks[1]]
    assert [given.name for given in list_entries(store, Actor(7, 7), limit=9)] == ["cancel"]
    undo(store, Actor(7, 7), now=NOW)
    assert running_tasks(store, Actor(None, ALL_USERS)) == tasks


def test_cancel_without_id_cancels_only_running_task(store: Store) -> None:
    mine, theirs = start(store), start(store, user_id=2)
    assert cancel(store, Actor(1, 1), now=NOW) == [mine]
    assert cancel(store, Actor(3, ALL_USERS), now=NOW) == [theirs]
    with pytest.raises(NothingRunning, match="user 1 has no running tasks"):
        cancel(store, Actor(1, 1), now=NOW)
    undo(store, Actor(3, 3), now=NOW)  # the one who asked
    assert running_tasks(store, Actor(None, ALL_USERS)) == [theirs]


def test_no_id_with_several_running_tasks_fails(store: Store) -> None:
    tasks = [start(store, hours_ago=hours) for hours in (2, 1)]
    with pytest.raises(AmbiguousRunningTask, match="2 tasks are running") as refusal:
        cancel(store, Actor(1, ALL_USERS), now=NOW)
    assert list(refusal.value.tasks) == running_tasks(store, Actor(None, ALL_USERS)) == tasks


def test_cancel_of_several_tasks_is_all_or_none(store: Store) -> None:
    first, ended, theirs = start(store, hours_ago=3), start(store, hours_ago=2), start(store, user_id=2)
    stop(store, Actor(1, ALL_USERS), [ended.id], now=NOW)
    for ids, owner, refusal in [
        ([first.id, 99], None, TaskNotFound),
        ([first.id, ended.id], None, Conflict),
        ([first.id, theirs.id], 1, TaskOfOtherUser),
    ]:
        with pytest.raises(refusal):
            cancel(store, Actor(1, owner or ALL_USERS), ids, now=NOW)
    assert running_tasks(store, Actor(None, ALL_USERS)) == [first, theirs]
    assert list_entries(store, Actor(None, ALL_USERS), limit=1)[0].name == "stop"
    with pytest.raises(Conflict) as refused:
        cancel(store, Actor(1, ALL_USERS), [ended.id], now=NOW)
    assert refused.value.message == "task 2 is not running: it ended at 12:00"
    assert hint_for(refused.value) == "to delete a finished task, run: tasktimer delete 2"


def test_cancel_without_store_fails(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "tasks.db")
    with pytest.raises(TaskNotFound):
        cancel(store, Actor(1, ALL_USERS), [7], now=NOW)
    with pytest.raises(StoreMissing):
        cancel(store, Actor(1, ALL_USERS), now=NOW)
    assert not store.path.exists()
