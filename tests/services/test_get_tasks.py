"""Tasks by their ids."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasktimer.cli.hints import hint_for
from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.errors import TaskNotFound, TaskOfOtherUser, TasktimerError
from tasktimer.services import edit
from tasktimer.services.queries import get_tasks
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store

NOW = datetime(2023, 7, 16, 12, 0, tzinfo=UTC)


def test_tasks_are_returned_once_in_given_order(store: Store) -> None:
    first, second = (start_task(store, Actor(user, user), NewTask("a", start_time=NOW), now=NOW) for user in (1, 2))
    assert get_tasks(store, Actor(None, ALL_USERS), [second.id, first.id, second.id]) == [second, first]
    assert get_tasks(store, Actor(7, 2), [second.id]) == [second]


@pytest.mark.parametrize(
    ("ids", "owner", "error", "task_id"),
    [([1, 9], None, TaskNotFound, 9), ([3], 1, TaskNotFound, 3), ([1, 2], 1, TaskOfOtherUser, 2)],
)
def test_missing_task_fails_whole_lookup(
    store: Store, ids: Sequence[int], owner: int | None, error: type[TasktimerError], task_id: int
) -> None:
    for user in (1, 2, 1):
        start_task(store, Actor(user, user), NewTask("a", start_time=NOW), now=NOW)
    edit.delete(store, Actor(1, ALL_USERS), [3], now=NOW)
    with pytest.raises(error) as refusal:
        get_tasks(store, Actor(1, owner or ALL_USERS), ids)
    assert f"task {task_id}" in refusal.value.message
    assert (hint_for(refusal.value) == "to restore it, run: tasktimer undo") == (task_id == 3)


def test_get_tasks_without_store_fails(tmp_path: Path) -> None:
    with pytest.raises(TaskNotFound):
        get_tasks(open_store(tmp_path / "tasks.db"), Actor(None, ALL_USERS), [1])
    assert list(tmp_path.iterdir()) == []
