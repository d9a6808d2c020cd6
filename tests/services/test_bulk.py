"""Editing and deleting many tasks as they were shown, on both engines."""

from datetime import timedelta

import pytest
from tests.conftest import NOW
from tests.services.test_edit import HOUR, add, at, names

from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import EndBeforeStart, NotFound, TaskNotFound
from tasktimer.services.bulk import TaskChangedConcurrently, apply_changes, select_deleted, select_edited
from tasktimer.services.edit import EditFields, delete, edit
from tasktimer.services.queries import get_task, list_tasks
from tasktimer.services.undo import undo
from tasktimer.store.protocols import Store


def test_selection_contains_only_tasks_that_would_change(store: Store) -> None:
    tasks = [add(store, tags=tags) for tags in (["a"], ["b"], ["a", "b"], [])]
    found = list_tasks(store, Actor(None, ALL_USERS), TaskFilter(project=None, untagged=False), window=None, now=NOW)
    selected = select_edited(found, EditFields(add_tags=["b"], remove_tags=["a"]), by_id=False, now=NOW)
    assert [(before.id, after and after.tags) for before, after in selected.first] == [
        (tasks[0].id, ("b",)),
        (tasks[2].id, ("b",)),
        (tasks[3].id, ("b",)),
    ]
    assert [get_task(store, Actor(None, ALL_USERS), task.id) for task in tasks] == tasks
    apply_changes(store, Actor(7, ALL_USERS), "edit", selected, now=NOW)
    assert [get_task(store, Actor(None, ALL_USERS), task.id).tags for task in tasks] == [("b",)] * 4
    assert names(store) == ["track"] * 4 + ["edit"]
    undo(store, Actor(7, 7), now=NOW)
    assert [get_task(store, Actor(None, ALL_USERS), task.id) for task in tasks] == tasks


def test_preview_rejects_same_values_as_edit(store: Store) -> None:
    tasks = [add(store, 3, 2, tags=["a", "b"]), add(store, 9, 8)]
    with pytest.raises(EndBeforeStart):
        select_edited(tasks, EditFields(end_time=at(5)), by_id=False, now=NOW)
    with pytest.raises(NotFound, match="none of the tasks has the tag 'c'") as refusal:
        select_edited(tasks, EditFields(remove_tags=["a", "c"]), by_id=False, now=NOW)
    assert refusal.value.hint == "their tags are +a +b"
    assert not select_edited([], EditFields(remove_tags=["c"]), by_id=False, now=NOW)


@pytest.mark.parametrize("after", ["edited", "deleted"])
def test_tasks_that_differ_from_preview_are_not_changed(store: Store, after: str) -> None:
    tasks = [add(store), add(store), add(store)]
    edited = select_edited(tasks, EditFields(note="n"), by_id=False, now=NOW)
    shown = edited if after == "edited" else select_deleted(tasks)
    edit(store, Actor(1, ALL_USERS), [tasks[1].id], EditFields(duration=HOUR + timedelta(microseconds=1)), now=NOW)
    with pytest.raises(TaskChangedConcurrently, match=f"task {tasks[1].id} has changed"):
        apply_changes(store, Actor(1, ALL_USERS), "edit", shown, now=NOW)
    undo(store, Actor(1, 1), now=NOW)
    delete(store, Actor(1, ALL_USERS), [tasks[2].id], now=NOW)
    with pytest.raises(TaskNotFound):
        apply_changes(store, Actor(1, ALL_USERS), "edit", shown, now=NOW)
    assert [get_task(store, Actor(None, ALL_USERS), task.id) for task in tasks[:2]] == tasks[:2]


def test_undo_restores_many_deleted_tasks(store: Store) -> None:
    tasks = [add(store, tags=["a"]) for _ in range(200)]
    apply_changes(store, Actor(1, ALL_USERS), "delete", select_deleted(reversed(tasks)), now=NOW)
    assert list_tasks(store, Actor(1, 1), TaskFilter(tags=("a",)), window=None, now=NOW) == []
    undo(store, Actor(1, 1), now=NOW)
    assert list_tasks(store, Actor(1, 1), TaskFilter(tags=("a",)), window=None, now=NOW) == tasks
