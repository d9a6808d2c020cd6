"""What is said of a task that is not there, on both engines."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from tests.conftest import NOW

from tasktimer.cli.hints import hint_for
from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.errors import TaskNotFound
from tasktimer.services import task_not_found
from tasktimer.services.edit import EditFields, delete, edit
from tasktimer.services.queries import get_task
from tasktimer.services.resume import resume
from tasktimer.services.split_join import join
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import cancel, stop
from tasktimer.services.undo import redo, undo, undo_entry
from tasktimer.store.protocols import Store

OWN = Actor(1, 1)

VERBS: dict[str, Callable[[Store, int], object]] = {
    "show": lambda store, task_id: get_task(store, Actor(1, ALL_USERS), task_id),
    "stop": lambda store, task_id: stop(store, Actor(1, ALL_USERS), [task_id], now=NOW),
    "cancel": lambda store, task_id: cancel(store, Actor(1, ALL_USERS), [task_id], now=NOW),
    "resume": lambda store, task_id: resume(store, Actor(1, 1), task_id, now=NOW),
    "edit": lambda store, task_id: edit(store, Actor(1, ALL_USERS), [task_id], EditFields(note="x"), now=NOW),
}


def add(store: Store, user_id: int = 1) -> int:
    return start_task(store, Actor(user_id, user_id), NewTask("a", start_time=NOW - timedelta(hours=1)), now=NOW).id


def refusal(store: Store, task_id: int, verb: str = "show") -> tuple[str, str | None]:
    with pytest.raises(TaskNotFound) as caught:
        VERBS[verb](store, task_id)
    return caught.value.message, hint_for(caught.value)


@pytest.mark.parametrize("verb", VERBS)
def test_task_not_found_names_removing_command(store: Store, verb: str) -> None:
    add(store)
    gone, theirs = add(store), add(store, user_id=2)
    delete(store, Actor(1, ALL_USERS), [gone], now=NOW)
    delete(store, Actor(2, ALL_USERS), [theirs], now=NOW)
    assert refusal(store, gone, verb) == (
        f"task {gone} no longer exists: user 1 deleted it (command 4)",
        "to restore it, run: tasktimer undo",
    )
    assert refusal(store, theirs, verb)[1] == "to restore it, run: tasktimer undo --user 2"
    assert refusal(store, 99, verb) == (
        "there is no task 99",
        "to list today's tasks with their IDs, run: tasktimer times",
    )


def test_restoring_command_is_suggested_only_if_it_works(store: Store) -> None:
    gone = add(store)
    delete(store, Actor(1, ALL_USERS), [gone], now=NOW)
    add(store)
    assert refusal(store, gone)[1] == "to restore it, run: tasktimer undo --command 2"
    undo(store, Actor(1, 1), 2, now=NOW)
    redo(store, Actor(1, 1), now=NOW)
    assert refusal(store, gone) == (
        f"task {gone} no longer exists: user 1 removed it with redo (command 6)",
        "to restore it, run: tasktimer undo",
    )
    undo(store, Actor(1, 1), 2, now=NOW)
    assert refusal(store, gone) == (
        f"task {gone} no longer exists: user 1 removed it with undo (command 8)",
        "to restore it, run: tasktimer redo",
    )
    add(store)
    assert refusal(store, gone)[1] == f"to show its history, run: tasktimer history {gone}"


def test_deletion_is_undone_alone_if_its_other_tasks_are_as_it_left_them(store: Store) -> None:
    hour = timedelta(hours=1)
    times = [NOW - 2 * hour, NOW - hour, NOW]
    tasks = [NewTask("a", start_time=start, end_time=end) for start, end in pairwise(times)]
    first, second = (start_task(store, OWN, task, now=NOW).id for task in tasks)
    join(store, OWN, (first, second), now=NOW)
    add(store)
    assert refusal(store, second)[1] == "to restore it, run: tasktimer undo --command 3"
    edit(store, OWN, [first], EditFields(note="x"), now=NOW)
    assert refusal(store, second)[1] == f"to show its history, run: tasktimer history {second}"
    undo_entry(store, OWN, 5, now=NOW)
    assert refusal(store, second)[1] == f"to show its history, run: tasktimer history {second}"


def test_deletion_of_many_tasks_is_not_searched_for_later_changes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = [add(store), add(store)]
    delete(store, OWN, gone, now=NOW)
    add(store)
    assert refusal(store, gone[1])[1] == "to restore it, run: tasktimer undo --command 3"
    monkeypatch.setattr(task_not_found, "_MOST_CHANGES", 1)
    assert refusal(store, gone[1])[1] == f"to show its history, run: tasktimer history {gone[1]}"


def test_suggested_undo_of_redone_deletion_restores_task(store: Store) -> None:
    gone = add(store)
    delete(store, OWN, [gone], now=NOW)
    undo(store, OWN, now=NOW)
    redo(store, OWN, now=NOW)
    add(store)
    assert refusal(store, gone)[1] == "to restore it, run: tasktimer undo --command 2"
    undo_entry(store, OWN, 2, now=NOW)
    assert get_task(store, OWN, gone).id == gone
