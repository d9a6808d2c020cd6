"""Editing, moving and deleting tasks, on both engines."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import NOW

from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.errors import (
    EndBeforeStart,
    InvalidValue,
    NotFound,
    TaskNotFound,
    TaskOfOtherUser,
    TasktimerError,
    TimeInFuture,
)
from tasktimer.services.edit import EditFields, delete, edit, move
from tasktimer.services.history import list_entries
from tasktimer.services.queries import get_task, running_tasks
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.undo import undo
from tasktimer.store.protocols import Store
from tasktimer.store.sqlite.store import SqliteStore

HOUR = timedelta(hours=1)


def at(hours_ago: float) -> datetime:
    return (NOW - hours_ago * HOUR).astimezone(UTC)


def add(store: Store, start: float = 3, end: float | None = 1, **labels: Any) -> Task:
    """A task of user 1, from so many hours ago to so many hours ago."""
    user_id = labels.pop("user_id", 1)
    given: dict[str, Any] = {"description": "write"} | labels
    new_task = NewTask(start_time=at(start), end_time=None if end is None else at(end), **given)
    return start_task(store, Actor(user_id, user_id), new_task, now=NOW)


def names(store: Store) -> list[str]:
    return [given.name for given in list_entries(store, Actor(None, ALL_USERS), limit=99)]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        (EditFields(start_time=NOW - 2 * HOUR), 2, 1),
        (EditFields(end_time=NOW), 3, 0),
        (EditFields(start_time=NOW - 9 * HOUR, end_time=NOW - 8 * HOUR), 9, 8),
        (EditFields(start_time=NOW - HOUR), 1, 1),  # empty
        (EditFields(end_time=None), 3, None),
        (EditFields(start_time=NOW, end_time=None), 0, None),
        (EditFields(duration=HOUR), 3, 2),
        (EditFields(duration=timedelta()), 3, 3),
        (EditFields(start_time=NOW - 5 * HOUR, duration=HOUR), 5, 4),
        (EditFields(end_time=NOW - 5 * HOUR, duration=HOUR), 6, 5),
    ],
)
def test_edit_changes_times(store: Store, asked: EditFields, start: float, end: float | None) -> None:
    task = add(store)
    ((before, after),) = edit(store, Actor(7, ALL_USERS), [task.id], asked, now=NOW)
    assert (before, after) == (task, get_task(store, Actor(None, ALL_USERS), task.id))
    assert (after.start_time, after.end_time) == (at(start), None if end is None else at(end))
    assert all(instant.tzinfo is UTC for instant in (after.start_time, after.end_time) if instant)
    last = list_entries(store, Actor(7, 7), limit=9)[-1]
    assert (last.user_id, last.name) == (7, "edit")
    undo(store, Actor(7, 7), now=NOW)
    assert get_task(store, Actor(None, ALL_USERS), task.id) == task


def test_edit_changes_times_of_running_task(store: Store) -> None:
    task = add(store, end=None)
    edit(store, Actor(1, ALL_USERS), [task.id], EditFields(start_time=NOW), now=NOW)
    assert running_tasks(store, Actor(1, 1))[0].start_time == at(0)
    edit(store, Actor(1, ALL_USERS), [task.id], EditFields(start_time=NOW - 2 * HOUR, duration=HOUR), now=NOW)
    assert get_task(store, Actor(None, ALL_USERS), task.id).end_time == at(1)


def test_duration_is_exact_across_clock_change(store: Store) -> None:
    end = datetime.fromisoformat("2024-03-31T04:00+02:00").astimezone(NOW.tzinfo)
    task = start_task(store, Actor(1, 1), NewTask("night", start_time=end - 9 * HOUR, end_time=end), now=end)
    ((_, after),) = edit(store, Actor(1, ALL_USERS), [task.id], EditFields(end_time=end, duration=3 * HOUR), now=end)
    assert after.start_time.isoformat() == "2024-03-30T23:00:00+00:00"


def test_edit_adds_and_removes_labels(store: Store) -> None:
    task = add(store, project="acme", tags=["b", "a"], note="old")
    asked = EditFields(description="call", project="home/x", note="new", add_tags=["+z", "a"], remove_tags=["b"])
    ((_, after),) = edit(store, Actor(1, ALL_USERS), [task.id], asked, now=NOW)
    assert (after.description, after.project, after.tags, after.note) == ("call", "home/x", ("a", "z"), "new")
    assert get_task(store, Actor(None, ALL_USERS), task.id) == after
    ((_, bare),) = edit(
        store, Actor(1, ALL_USERS), [task.id], EditFields(project=None, note=None, remove_tags=["a", "z"]), now=NOW
    )
    assert (bare.project, bare.tags, bare.note) == (None, (), None)
    assert get_task(store, Actor(None, ALL_USERS), task.id) == bare


def test_edit_of_several_tasks_is_one_entry_in_given_order(store: Store) -> None:
    ids = [add(store).id for _ in range(3)]
    pairs = edit(store, Actor(1, ALL_USERS), [ids[2], ids[0], ids[2]], EditFields(add_tags=["x"]), now=NOW)
    assert [after.id for _, after in pairs] == [ids[2], ids[0]]
    assert [get_task(store, Actor(None, ALL_USERS), number).tags for number in ids] == [("x",), (), ("x",)]
    assert names(store) == ["track"] * 3 + ["edit"]
    assert len(undo(store, Actor(1, 1), now=NOW)[0].changes) == 2


def test_unchanged_tasks_are_not_journaled(store: Store) -> None:
    task = add(store, tags=["a"], project="acme")
    same = EditFields(end_time=task.end_time, project="acme", add_tags=["a"], duration=2 * HOUR)
    assert edit(store, Actor(1, ALL_USERS), [task.id], same, now=NOW) == [(task, task)]
    assert move(store, Actor(1, ALL_USERS), task.id, task.start_time, now=NOW) == (task, task)
    assert names(store) == ["track"]


REFUSED: list[tuple[EditFields, type[TasktimerError], str]] = [
    (EditFields(start_time=NOW - HOUR / 2), EndBeforeStart, "end-before-start"),
    (EditFields(end_time=NOW - 4 * HOUR), EndBeforeStart, "end-before-start"),
    (EditFields(start_time=NOW + HOUR), TimeInFuture, "start-in-future"),
    (EditFields(end_time=NOW + HOUR), TimeInFuture, "end-in-future"),
    (EditFields(duration=4 * HOUR), TimeInFuture, "end-in-future"),
    (EditFields(duration=timedelta.max), InvalidValue, "invalid-duration"),
    (EditFields(end_time=NOW, duration=timedelta(days=2022 * 366)), InvalidValue, "invalid-duration"),
    (EditFields(start_time=NOW, end_time=NOW, duration=HOUR), InvalidValue, "end-and-duration"),
    (EditFields(end_time=None, duration=HOUR), InvalidValue, "end-and-duration"),
    (EditFields(description=" "), InvalidValue, "blank-description"),
    (EditFields(project="a//b"), InvalidValue, "invalid-project"),
    (EditFields(note="\0"), InvalidValue, "control-character"),
    (EditFields(add_tags=["two words"]), InvalidValue, "invalid-tag"),
    (EditFields(add_tags=["x"], remove_tags=["+x"]), InvalidValue, "tag-added-and-removed"),
    (EditFields(remove_tags=["b"]), NotFound, "tag-not-set"),
]


@pytest.mark.parametrize(("asked", "refusal", "code"), REFUSED)
def test_failed_edit_changes_no_task(store: Store, asked: EditFields, refusal: type[TasktimerError], code: str) -> None:
    easy, task = add(store, start=9, end=None, tags=["b"]), add(store, tags=["a"])
    with pytest.raises(refusal) as refused:
        edit(store, Actor(1, ALL_USERS), [easy.id, task.id], asked, now=NOW)
    assert refused.value.code == code
    assert [get_task(store, Actor(None, ALL_USERS), easy.id), get_task(store, Actor(None, ALL_USERS), task.id)] == [
        easy,
        task,
    ]
    assert names(store) == ["track"] * 2


def test_missing_tag_is_reported_with_existing_ones(store: Store) -> None:
    with pytest.raises(NotFound, match="task 1 does not have the tag 'c'") as refusal:
        edit(store, Actor(1, ALL_USERS), [add(store, tags=["a", "b"]).id], EditFields(remove_tags=["c"]), now=NOW)
    assert refusal.value.hint == "its tags are +a +b"


@pytest.mark.parametrize("verb", ["edit", "move", "delete"])
def test_deleted_task_or_task_of_other_user_fails(store: Store, verb: str) -> None:
    mine, theirs, gone = add(store), add(store, user_id=2), add(store, user_id=3)
    delete(store, Actor(1, ALL_USERS), [gone.id], now=NOW)

    def do(*ids: int, owner: int | None = None) -> None:
        if verb == "edit":
            edit(store, Actor(1, owner or ALL_USERS), ids, EditFields(end_time=None), now=NOW)
        elif verb == "move":
            move(store, Actor(1, owner or ALL_USERS), ids[-1], NOW - 9 * HOUR, now=NOW)
        else:
            delete(store, Actor(1, owner or ALL_USERS), ids, now=NOW)

    with pytest.raises(TaskNotFound, match=rf"task {gone.id} no longer exists: user 1 deleted it"):
        do(mine.id, gone.id)
    with pytest.raises(TaskNotFound, match=r"there is no task 99$"):
        do(mine.id, 99)
    with pytest.raises(TaskOfOtherUser):
        do(mine.id, theirs.id, owner=1)
    assert [get_task(store, Actor(None, ALL_USERS), task.id) for task in (mine, theirs)] == [mine, theirs]
    do(mine.id, owner=1)
    assert names(store)[-1] == verb


def test_moved_task_keeps_its_length(store: Store) -> None:
    task = add(store)
    before, after = move(store, Actor(1, ALL_USERS), task.id, NOW - 6 * HOUR, now=NOW)
    assert (before, after) == (task, get_task(store, Actor(None, ALL_USERS), task.id))
    assert (after.start_time, after.end_time) == (at(6), at(4))
    for start, code in [(at(1.5), "end-in-future"), (at(-1), "start-in-future")]:
        with pytest.raises(TimeInFuture) as refusal:
            move(store, Actor(1, ALL_USERS), task.id, start, now=NOW)
        assert refusal.value.code == code
    assert get_task(store, Actor(None, ALL_USERS), task.id) == after


def test_moved_running_task_stays_running(store: Store) -> None:
    task = add(store, end=None)
    _, after = move(store, Actor(1, ALL_USERS), task.id, NOW, now=NOW)
    assert (after.start_time, after.end_time) == (at(0), None)


def test_undo_restores_deleted_tasks(store: Store) -> None:
    tasks = [add(store, tags=["a", "b"], note="n"), add(store, end=None, project="p"), add(store)]
    assert delete(store, Actor(1, ALL_USERS), [tasks[1].id, tasks[0].id, tasks[1].id], now=NOW) == [tasks[1], tasks[0]]
    with pytest.raises(TaskNotFound):
        get_task(store, Actor(None, ALL_USERS), tasks[0].id)
    assert get_task(store, Actor(None, ALL_USERS), tasks[2].id) == tasks[2]
    assert names(store)[3:] == ["delete"]
    undo(store, Actor(1, 1), now=NOW)
    assert [get_task(store, Actor(None, ALL_USERS), task.id) for task in tasks] == tasks


def test_edit_without_store_fails(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = SqliteStore(tmp_path_factory.mktemp("none") / "tasks.db")
    for verb in (
        lambda: edit(store, Actor(1, ALL_USERS), [7, 8], EditFields(note="x"), now=NOW),
        lambda: delete(store, Actor(1, ALL_USERS), [7], now=NOW),
    ):
        with pytest.raises(TaskNotFound, match="no task 7"):
            verb()
    assert not store.path.exists()
