"""Resuming a task, on both engines."""

from datetime import UTC

import pytest
from tests.conftest import NOW
from tests.services.test_switch import HOUR, SECOND, record, start, unchanged

from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.errors import Conflict, NotFound, StoreMissing, TaskNotFound, TimeInFuture
from tasktimer.services.history import list_entries
from tasktimer.services.queries import get_task, running_tasks
from tasktimer.services.resume import resume, switch_back
from tasktimer.services.start import NewTask, switch
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import stop
from tasktimer.services.undo import undo
from tasktimer.store.protocols import Store
from tasktimer.store.sqlite.store import SqliteStore


def test_resume_copies_last_task(store: Store) -> None:
    last = start_task(
        store,
        Actor(1, 1),
        NewTask(
            "write", project="acme", tags=["docs"], note="stays there", start_time=NOW - 2 * HOUR, end_time=NOW - HOUR
        ),
        now=NOW,
    )
    record(store, 1.75, 1.5)  # started later, ended earlier
    record(store, 0.5, 0, user_id=2)
    task = resume(store, Actor(7, 1), None, now=NOW)
    assert task == Task(task.id, 1, "write", NOW.astimezone(UTC), None, "acme", ("docs",), None)
    assert get_task(store, Actor(None, ALL_USERS), last.id) == last
    assert list_entries(store, Actor(7, 7), limit=1)[0].name == "resume"
    undo(store, Actor(7, 7), now=NOW)
    assert running_tasks(store, Actor(None, ALL_USERS)) == []


def test_resume_uses_task_that_ended_last_unless_one_started_since(store: Store) -> None:
    def resumed(at: float) -> str:
        now = NOW + at * HOUR
        like = resume(store, Actor(1, 1), None, now=now).description
        undo(store, Actor(1, 1), now=now)
        return like

    start_task(store, Actor(1, 1), NewTask("background", start_time=NOW - 90 * HOUR), now=NOW)
    record(store, 3, 1)
    start_task(store, Actor(1, 1), NewTask("aside", start_time=NOW - 2 * HOUR), now=NOW)
    assert resumed(0) == "past"  # it ended after the others started
    stop(store, Actor(1, ALL_USERS), [1], now=NOW + HOUR)
    assert resumed(1) == "background"
    start(store)
    stop(store, Actor(1, ALL_USERS), [3], end_time=NOW - 1.5 * HOUR, now=NOW + HOUR)
    assert resumed(2) == "background"
    switch(store, Actor(1, 1), NewTask("next"), now=NOW + 2 * HOUR)
    with pytest.raises(Conflict, match="is already running"):
        resumed(2)


def test_resume_after_equal_starts_uses_later_id(store: Store) -> None:
    for text in ("first", "second"):
        start_task(store, Actor(1, 1), NewTask(text, start_time=NOW - HOUR, end_time=NOW), now=NOW)
    assert resume(store, Actor(1, 1), None, now=NOW).description == "second"


def test_resume_accepts_id_and_start(store: Store) -> None:
    earlier = start_task(store, Actor(2, 2), NewTask("theirs", start_time=NOW - 9 * HOUR, end_time=NOW), now=NOW)
    record(store, 2, 1)
    task = resume(store, Actor(1, 1), earlier.id, start_time=NOW - HOUR, now=NOW)
    assert (task.description, task.user_id, task.start_time) == ("theirs", 1, NOW - HOUR)


def test_running_task_cannot_be_resumed(store: Store) -> None:
    ended, task = record(store, 3, 2), start(store)
    for task_id in (None, task.id):
        with pytest.raises(Conflict, match=r"task 2 is already running \(since 11:00\)") as refusal:
            resume(store, Actor(1, 1), task_id, now=NOW)
        assert refusal.value.code == "already-running"
    assert unchanged(store, [ended, task])
    assert resume(store, Actor(1, 1), ended.id, now=NOW).description == "past"
    assert resume(store, Actor(2, 2), task.id, now=NOW).user_id == 2  # one's own: the other's goes on


def test_resume_without_store_fails(store: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    task = start(store, user_id=2)
    with pytest.raises(NotFound, match="user 1 has not tracked anything yet"):
        resume(store, Actor(1, 1), None, now=NOW)
    with pytest.raises(TaskNotFound):
        resume(store, Actor(1, 1), 99, now=NOW)
    with pytest.raises(TimeInFuture):
        resume(store, Actor(1, 1), task.id, start_time=NOW + SECOND, now=NOW)
    assert unchanged(store, [task])
    missing = SqliteStore(tmp_path_factory.mktemp("none") / "tasks.db")
    with pytest.raises(StoreMissing):
        resume(missing, Actor(1, 1), None, now=NOW)
    with pytest.raises(TaskNotFound):
        resume(missing, Actor(1, 1), 7, now=NOW)
    assert not missing.path.exists()


def test_switch_back_starts_task_like_the_one_that_ended_before(store: Store) -> None:
    record(store, 9, 8)
    start_task(
        store,
        Actor(1, 1),
        NewTask("write", "acme", ["docs"], "stays there", NOW - 7 * HOUR, NOW - 3 * HOUR),
        now=NOW,
    )
    record(store, 5, 4)  # started later, ended earlier
    record(store, 2, 1, user_id=2)
    running = [start(store, hours_ago=2), start(store, hours_ago=1)]
    stopped, task = switch_back(store, Actor(7, 1), now=NOW)
    assert [(each.id, each.end_time) for each in stopped] == [(each.id, NOW) for each in running]
    assert task == Task(task.id, 1, "write", NOW.astimezone(UTC), None, "acme", ("docs",), None)
    assert [entry.name for entry in list_entries(store, Actor(7, 7), limit=9)] == ["switch"]
    undo(store, Actor(7, 7), now=NOW)
    assert running_tasks(store, Actor(1, 1)) == running


def test_switch_back_returns_to_the_task_stopped_before(store: Store) -> None:
    record(store, 3, 2)
    start(store)
    names = [switch_back(store, Actor(1, 1), now=NOW + minute * HOUR / 60)[1].description for minute in range(4)]
    assert names == ["past", "write", "past", "write"]


@pytest.mark.parametrize("new", [NewTask("mail", "acme"), NewTask("mail", None, ["a"]), NewTask("Mail", "acme", ["a"])])
def test_switch_back_skips_tasks_like_those_it_stops(store: Store, new: NewTask) -> None:
    same = NewTask("mail", "acme", ["a"])
    for task, started, ended in ((new, 9, 8), (same, 8, 6), (same, 5, 4), (same, 3, 0), (same, 2, 0)):
        end = NOW - ended * HOUR if ended else None
        timed = NewTask(task.description, task.project, task.tags, None, NOW - started * HOUR, end)
        start_task(store, Actor(1, 1), timed, now=NOW)
    with pytest.raises(Conflict, match="task 5 is already running"):
        resume(store, Actor(1, 1), now=NOW)
    back = switch_back(store, Actor(1, 1), now=NOW)[1]
    assert (back.description, back.project, list(back.tags)) == (new.description, new.project, list(new.tags))


def test_failed_switch_back_changes_nothing(store: Store) -> None:
    task = start(store)
    with pytest.raises(NotFound, match="user 1 has not finished another task yet"):
        switch_back(store, Actor(1, 1), now=NOW)
    ended = record(store, 5, 4)
    with pytest.raises(Conflict, match="running task 1 cannot end at 10:00"):
        switch_back(store, Actor(1, 1), start_time=NOW - 2 * HOUR, now=NOW)
    with pytest.raises(TimeInFuture):
        switch_back(store, Actor(1, 1), start_time=NOW + SECOND, now=NOW)
    assert unchanged(store, [task, ended])
