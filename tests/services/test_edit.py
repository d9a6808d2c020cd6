"""Editing, moving and deleting tasks, on both engines."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import NOW

from tasktimer.core.task import Task
from tasktimer.errors import (
    EndBeforeStart,
    InvalidValue,
    NotFound,
    TaskNotFound,
    TaskOfOtherUser,
    TasktimerError,
    TimeInFuture,
)
from tasktimer.services.edit import Edit, delete, edit, move
from tasktimer.services.queries import get_task, running_tasks
from tasktimer.services.start import track
from tasktimer.services.undo import list_entries, undo
from tasktimer.store import Store
from tasktimer.store.sqlite.store import SqliteStore

HOUR = timedelta(hours=1)


def at(hours_ago: float) -> datetime:
    return (NOW - hours_ago * HOUR).astimezone(UTC)


def add(store: Store, start: float = 3, end: float | None = 1, **labels: Any) -> Task:
    """A task of user 1, from so many hours ago to so many hours ago."""
    given: dict[str, Any] = {"user_id": 1, "description": "write"} | labels
    return track(store, start_time=at(start), end_time=None if end is None else at(end), now=NOW, **given)


def names(store: Store) -> list[str]:
    return [given.name for given in list_entries(store, user_id=None, limit=99)]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        (Edit(start_time=NOW - 2 * HOUR), 2, 1),
        (Edit(end_time=NOW), 3, 0),
        (Edit(start_time=NOW - 9 * HOUR, end_time=NOW - 8 * HOUR), 9, 8),
        (Edit(start_time=NOW - HOUR), 1, 1),  # empty
        (Edit(end_time=None), 3, None),
        (Edit(start_time=NOW, end_time=None), 0, None),
        (Edit(duration=HOUR), 3, 2),
        (Edit(duration=timedelta()), 3, 3),
        (Edit(start_time=NOW - 5 * HOUR, duration=HOUR), 5, 4),
        (Edit(end_time=NOW - 5 * HOUR, duration=HOUR), 6, 5),
    ],
)
def test_times_are_corrected(store: Store, asked: Edit, start: float, end: float | None) -> None:
    task = add(store)
    ((before, after),) = edit(store, [task.id], asked, by=7, now=NOW)
    assert (before, after) == (task, get_task(store, task.id))
    assert (after.start_time, after.end_time) == (at(start), None if end is None else at(end))
    assert all(instant.tzinfo is UTC for instant in (after.start_time, after.end_time) if instant)
    last = list_entries(store, user_id=7, limit=9)[-1]
    assert (last.user_id, last.name) == (7, "edit")
    undo(store, by=7, now=NOW)
    assert get_task(store, task.id) == task


def test_a_running_task_starts_and_ends_at_other_times(store: Store) -> None:
    task = add(store, end=None)
    edit(store, [task.id], Edit(start_time=NOW), by=1, now=NOW)
    assert running_tasks(store, user_id=1)[0].start_time == at(0)
    edit(store, [task.id], Edit(start_time=NOW - 2 * HOUR, duration=HOUR), by=1, now=NOW)
    assert get_task(store, task.id).end_time == at(1)


def test_three_hours_are_three_hours_across_a_change_of_the_clock(store: Store) -> None:
    end = datetime.fromisoformat("2024-03-31T04:00+02:00").astimezone(NOW.tzinfo)
    task = track(store, user_id=1, description="night", start_time=end - 9 * HOUR, end_time=end, now=end)
    ((_, after),) = edit(store, [task.id], Edit(end_time=end, duration=3 * HOUR), by=1, now=end)
    assert after.start_time.isoformat() == "2024-03-30T23:00:00+00:00"


def test_labels_are_given_and_taken(store: Store) -> None:
    task = add(store, project="acme", tags=["b", "a"], note="old")
    asked = Edit(description="call", project="home/x", note="new", add_tags=["+z", "a"], remove_tags=["b"])
    ((_, after),) = edit(store, [task.id], asked, by=1, now=NOW)
    assert (after.description, after.project, after.tags, after.note) == ("call", "home/x", ("a", "z"), "new")
    assert get_task(store, task.id) == after
    ((_, bare),) = edit(store, [task.id], Edit(project=None, note=None, remove_tags=["a", "z"]), by=1, now=NOW)
    assert (bare.project, bare.tags, bare.note) == (None, (), None)
    assert get_task(store, task.id) == bare


def test_several_are_edited_in_the_order_given_by_one_command(store: Store) -> None:
    ids = [add(store).id for _ in range(3)]
    pairs = edit(store, [ids[2], ids[0], ids[2]], Edit(add_tags=["x"]), by=1, now=NOW)
    assert [after.id for _, after in pairs] == [ids[2], ids[0]]
    assert [get_task(store, number).tags for number in ids] == [("x",), (), ("x",)]
    assert names(store) == ["track"] * 3 + ["edit"]
    assert len(undo(store, by=1, now=NOW)[0].changes) == 2


def test_what_changes_nothing_is_not_journalled(store: Store) -> None:
    task = add(store, tags=["a"], project="acme")
    same = Edit(end_time=task.end_time, project="acme", add_tags=["a"], duration=2 * HOUR)
    assert edit(store, [task.id], same, by=1, now=NOW) == [(task, task)]
    assert move(store, task.id, task.start_time, by=1, now=NOW) == (task, task)
    assert names(store) == ["track"]


REFUSED: list[tuple[Edit, type[TasktimerError], str]] = [
    (Edit(start_time=NOW - HOUR / 2), EndBeforeStart, "end-before-start"),
    (Edit(end_time=NOW - 4 * HOUR), EndBeforeStart, "end-before-start"),
    (Edit(start_time=NOW + HOUR), TimeInFuture, "start-in-future"),
    (Edit(end_time=NOW + HOUR), TimeInFuture, "end-in-future"),
    (Edit(duration=4 * HOUR), TimeInFuture, "end-in-future"),
    (Edit(duration=timedelta.max), InvalidValue, "invalid-duration"),
    (Edit(end_time=NOW, duration=timedelta(days=2022 * 366)), InvalidValue, "invalid-duration"),
    (Edit(start_time=NOW, end_time=NOW, duration=HOUR), InvalidValue, "end-and-duration"),
    (Edit(end_time=None, duration=HOUR), InvalidValue, "end-and-duration"),
    (Edit(description=" "), InvalidValue, "blank-description"),
    (Edit(project="a//b"), InvalidValue, "invalid-project"),
    (Edit(note="\0"), InvalidValue, "control-character"),
    (Edit(add_tags=["two words"]), InvalidValue, "invalid-tag"),
    (Edit(add_tags=["x"], remove_tags=["+x"]), InvalidValue, "tag-added-and-removed"),
    (Edit(remove_tags=["b"]), NotFound, "tag-not-found"),
]


@pytest.mark.parametrize(("asked", "refusal", "code"), REFUSED)
def test_a_refused_edit_changes_none_of_the_tasks(
    store: Store, asked: Edit, refusal: type[TasktimerError], code: str
) -> None:
    easy, task = add(store, start=9, end=None, tags=["b"]), add(store, tags=["a"])
    with pytest.raises(refusal) as refused:
        edit(store, [easy.id, task.id], asked, by=1, now=NOW)
    assert refused.value.code == code
    assert [get_task(store, easy.id), get_task(store, task.id)] == [easy, task]
    assert names(store) == ["track"] * 2


def test_a_tag_that_is_not_there_is_told_with_those_that_are(store: Store) -> None:
    with pytest.raises(NotFound, match="task 1 has no tag 'c'") as refusal:
        edit(store, [add(store, tags=["a", "b"]).id], Edit(remove_tags=["c"]), by=1, now=NOW)
    assert refusal.value.hint == "its tags are +a +b"


@pytest.mark.parametrize("verb", ["edit", "move", "delete"])
def test_tasks_that_are_gone_or_of_others_are_refused(store: Store, verb: str) -> None:
    mine, theirs, gone = add(store), add(store, user_id=2), add(store, user_id=3)
    delete(store, [gone.id], by=1, now=NOW)

    def do(*ids: int, owner: int | None = None) -> None:
        if verb == "edit":
            edit(store, ids, Edit(end_time=None), owner=owner, by=1, now=NOW)
        elif verb == "move":
            move(store, ids[-1], NOW - 9 * HOUR, owner=owner, by=1, now=NOW)
        else:
            delete(store, ids, owner=owner, by=1, now=NOW)

    with pytest.raises(TaskNotFound, match=rf"there is no task {gone.id} any more: it was removed by delete of user 1"):
        do(mine.id, gone.id)
    with pytest.raises(TaskNotFound, match=r"there is no task 99$"):
        do(mine.id, 99)
    with pytest.raises(TaskOfOtherUser):
        do(mine.id, theirs.id, owner=1)
    assert [get_task(store, task.id) for task in (mine, theirs)] == [mine, theirs]
    do(mine.id, owner=1)
    assert names(store)[-1] == verb


def test_a_task_is_moved_and_keeps_its_length(store: Store) -> None:
    task = add(store)
    before, after = move(store, task.id, NOW - 6 * HOUR, by=1, now=NOW)
    assert (before, after) == (task, get_task(store, task.id))
    assert (after.start_time, after.end_time) == (at(6), at(4))
    for start, code in [(at(1.5), "end-in-future"), (at(-1), "start-in-future")]:
        with pytest.raises(TimeInFuture) as refusal:
            move(store, task.id, start, by=1, now=NOW)
        assert refusal.value.code == code
    assert get_task(store, task.id) == after


def test_a_running_task_is_moved_and_runs_on(store: Store) -> None:
    task = add(store, end=None)
    _, after = move(store, task.id, NOW, by=1, now=NOW)
    assert (after.start_time, after.end_time) == (at(0), None)


def test_deleted_tasks_come_back_whole(store: Store) -> None:
    tasks = [add(store, tags=["a", "b"], note="n"), add(store, end=None, project="p"), add(store)]
    assert delete(store, [tasks[1].id, tasks[0].id, tasks[1].id], by=1, now=NOW) == [tasks[1], tasks[0]]
    with pytest.raises(TaskNotFound):
        get_task(store, tasks[0].id)
    assert get_task(store, tasks[2].id) == tasks[2]
    assert names(store)[3:] == ["delete"]
    undo(store, by=1, now=NOW)
    assert [get_task(store, task.id) for task in tasks] == tasks


def test_where_nothing_was_tracked_there_is_nothing_to_edit(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = SqliteStore(tmp_path_factory.mktemp("none") / "tasks.db")
    for verb in (lambda: edit(store, [7, 8], Edit(note="x"), by=1, now=NOW), lambda: delete(store, [7], by=1, now=NOW)):
        with pytest.raises(TaskNotFound, match="no task 7"):
            verb()
    assert not store.path.exists()
