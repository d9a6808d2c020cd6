"""The journal, on both engines: what it keeps, tells and forgets."""

from datetime import timedelta

import pytest
from tests.conftest import NOW
from tests.services.test_undo import HOUR, names, start

from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.errors import AlreadyStopped, TaskNotFound
from tasktimer.services.history import changes_of, list_entries, prune_history
from tasktimer.services.queries import get_task, running_tasks
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import stop
from tasktimer.services.transaction import journaled
from tasktimer.services.undo import undo
from tasktimer.services.undo_errors import NothingToUndo
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_writes


def test_journal_entry_has_user_time_and_changes(store: Store) -> None:
    task = start_task(
        store,
        Actor(7, 42),
        NewTask("write", project="acme", tags=["b", "a"], note="for the guide", start_time=NOW - HOUR),
        now=NOW,
    )
    (ended,) = stop(store, Actor(1, ALL_USERS), [task.id], now=NOW)
    first, second = list_entries(store, Actor(None, ALL_USERS), limit=100)
    assert (first.user_id, first.name, first.given_time, first.undone) == (7, "track", NOW, False)
    assert [(change.task_id, change.before, change.after) for change in first.changes] == [(task.id, None, task)]
    assert (second.user_id, second.name) == (1, "stop")  # who asked, not the one whose task it is
    assert [(change.before, change.after) for change in second.changes] == [(task, ended)]
    assert get_task(store, Actor(None, ALL_USERS), task.id) == ended
    assert ended.tags == ("a", "b")


def test_unchanged_tasks_are_not_journaled(store: Store) -> None:
    task = start(store)
    with journaled(store, Actor(1, ALL_USERS), "edit", now=NOW) as made:
        locked = made.lock_all([task.id])[0]
        made.change(made.change(locked, description="other"), description="write")
    stop(store, Actor(1, ALL_USERS), [task.id], now=NOW)
    with pytest.raises(AlreadyStopped):
        stop(store, Actor(1, ALL_USERS), [task.id], now=NOW)
    assert names(store) == [(1, "track"), (1, "stop")]


def test_entries_of_task_exclude_other_tasks(store: Store) -> None:
    first, second = start(store), start(store)
    stop(store, Actor(1, ALL_USERS), [second.id, first.id], now=NOW)
    assert names(store, task_id=first.id) == [(1, "track"), (1, "stop")]
    assert [given.id for given in list_entries(store, Actor(None, ALL_USERS), first.id, limit=1)] == [3]
    with pytest.raises(TaskNotFound):
        list_entries(store, Actor(None, ALL_USERS), 99, limit=1)
    with store.write() as connection:
        older = task_writes.insert_task(connection, user_id=1, description="x", start_time=NOW, end_time=None)
    assert list_entries(store, Actor(None, ALL_USERS), older.id, limit=1) == []


def test_list_entries_limits_changes(store: Store) -> None:
    ids = [start(store).id for _ in range(7)]
    stop(store, Actor(1, ALL_USERS), ids, now=NOW)
    for most, told in ((1, 1), (6, 6), (7, 7), (8, 7)):
        first, *_, last = list_entries(store, Actor(None, ALL_USERS), limit=9, max_changes=most)
        assert ([change.task_id for change in last.changes], last.omitted_changes) == (ids[:told], 7 - told)
        assert (len(first.changes), first.omitted_changes) == (1, 0)  # of one state
        assert all(change.before and change.after for change in last.changes)
        assert [change.task_id for change in changes_of(store, last)] == ids


def test_pruned_command_cannot_be_undone_and_tasks_stay(store: Store) -> None:
    for days in (400, 10):
        then = NOW - timedelta(days=days)
        for user in (1, 2):
            start_task(store, Actor(user, user), NewTask(f"{days}", start_time=then), now=then)
    assert prune_history(store, Actor(1, 1), NOW - timedelta(days=365)) == 1
    assert prune_history(store, Actor(None, ALL_USERS), NOW - timedelta(days=365)) == 1
    assert len(names(store)) == 2
    undo(store, Actor(1, 1), now=NOW)
    with pytest.raises(NothingToUndo):
        undo(store, Actor(1, 1), now=NOW)
    assert [task.description for task in running_tasks(store, Actor(1, 1))] == ["400"]
    with store.read() as connection:
        ((states,),) = connection.execute("SELECT count(*) FROM changes", {})
    assert states == 3
