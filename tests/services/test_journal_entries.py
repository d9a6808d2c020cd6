"""The journal, on both engines: what it keeps, tells and forgets."""

from datetime import timedelta

import pytest
from tests.conftest import NOW
from tests.services.test_undo import HOUR, names, start

from tasktimer.errors import AlreadyStopped, TaskNotFound
from tasktimer.services.queries import get_task, running_tasks
from tasktimer.services.reversal import NothingToUndo
from tasktimer.services.start import track
from tasktimer.services.stop import stop
from tasktimer.services.transaction import journaled
from tasktimer.services.undo import changes_of, list_entries, prune_history, undo
from tasktimer.store import Store
from tasktimer.store.statements import task_writes


def test_a_command_is_journalled_with_who_when_and_what(store: Store) -> None:
    task = track(
        store,
        user_id=42,
        description="write",
        start_time=NOW - HOUR,
        project="acme",
        tags=["b", "a"],
        note="for the guide",
        by=7,
        now=NOW,
    )
    (ended,) = stop(store, [task.id], by=1, now=NOW)
    first, second = list_entries(store, user_id=None, limit=100)
    assert (first.user_id, first.name, first.given_time, first.undone) == (7, "track", NOW, False)
    assert [(change.task_id, change.before, change.after) for change in first.changes] == [(task.id, None, task)]
    assert (second.user_id, second.name) == (1, "stop")  # who asked, not the one whose task it is
    assert [(change.before, change.after) for change in second.changes] == [(task, ended)]
    assert get_task(store, task.id) == ended
    assert ended.tags == ("a", "b")


def test_what_changes_nothing_is_not_journalled(store: Store) -> None:
    task = start(store)
    with journaled(store, "edit", by=1, now=NOW) as made:
        locked = made.lock_all([task.id], None)[0]
        made.change(made.change(locked, description="other"), description="write")
    stop(store, [task.id], by=1, now=NOW)
    with pytest.raises(AlreadyStopped):
        stop(store, [task.id], by=1, now=NOW)
    assert names(store) == [(1, "track"), (1, "stop")]


def test_the_journal_of_a_task_is_its_own(store: Store) -> None:
    first, second = start(store), start(store)
    stop(store, [second.id, first.id], by=1, now=NOW)
    assert names(store, task_id=first.id) == [(1, "track"), (1, "stop")]
    assert [given.id for given in list_entries(store, user_id=None, task_id=first.id, limit=1)] == [3]
    with pytest.raises(TaskNotFound):
        list_entries(store, user_id=None, task_id=99, limit=1)
    with store.write() as connection:
        older = task_writes.insert_task(connection, user_id=1, description="x", start_time=NOW, end_time=None)
    assert list_entries(store, user_id=None, task_id=older.id, limit=1) == []


def test_of_a_command_on_many_tasks_only_some_need_be_told(store: Store) -> None:
    ids = [start(store).id for _ in range(7)]
    stop(store, ids, by=1, now=NOW)
    for most, told in ((1, 1), (6, 6), (7, 7), (8, 7)):
        first, *_, last = list_entries(store, user_id=None, limit=9, most_changes=most)
        assert ([change.task_id for change in last.changes], last.more) == (ids[:told], 7 - told)
        assert (len(first.changes), first.more) == (1, 0)  # of one state
        assert all(change.before and change.after for change in last.changes)
        assert [change.task_id for change in changes_of(store, last)] == ids


def test_what_is_forgotten_cannot_be_taken_back_and_the_tasks_stay(store: Store) -> None:
    for days in (400, 10):
        then = NOW - timedelta(days=days)
        for user in (1, 2):
            track(store, user_id=user, description=f"{days}", start_time=then, now=then)
    assert prune_history(store, before=NOW - timedelta(days=365), user_id=1) == 1
    assert prune_history(store, before=NOW - timedelta(days=365), user_id=None) == 1
    assert len(names(store)) == 2
    undo(store, by=1, now=NOW)
    with pytest.raises(NothingToUndo):
        undo(store, by=1, now=NOW)
    assert [task.description for task in running_tasks(store, user_id=1)] == ["400"]
    with store.read() as connection:
        ((states,),) = connection.execute("SELECT count(*) FROM changes", {})
    assert states == 3
