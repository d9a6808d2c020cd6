"""Undo and redo, on both engines."""

from datetime import timedelta

import pytest
from tests.conftest import NOW

from tasktimer.cli.hints import hint_for
from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.errors import Conflict, NotFound, TaskNotFound
from tasktimer.services.edit import EditFields, edit
from tasktimer.services.history import list_entries
from tasktimer.services.queries import get_task, running_tasks
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import stop
from tasktimer.services.transaction import journaled
from tasktimer.services.undo import redo, undo, undo_entry
from tasktimer.services.undo_conflict import UndoConflict
from tasktimer.services.undo_errors import NothingToUndo
from tasktimer.store.protocols import Store

HOUR = timedelta(hours=1)


def start(store: Store, text: str = "write", user_id: int = 1, by: int | None = None) -> Task:
    return start_task(store, Actor(by, user_id), NewTask(text, start_time=NOW - HOUR), now=NOW)


def names(store: Store, user_id: int | None = None, task_id: int | None = None) -> list[tuple[int, str]]:
    return [
        (given.user_id, given.name)
        for given in list_entries(store, Actor(user_id, user_id or ALL_USERS), task_id, limit=100)
    ]


def test_redo_repeats_undone_command(store: Store) -> None:
    task = start(store)
    (ended,) = stop(store, Actor(1, ALL_USERS), [task.id], now=NOW)
    assert [given.name for given in undo(store, Actor(1, 1), now=NOW)] == ["stop"]
    assert get_task(store, Actor(None, ALL_USERS), task.id) == task
    undo(store, Actor(1, 1), now=NOW)
    with pytest.raises(TaskNotFound):
        get_task(store, Actor(None, ALL_USERS), task.id)
    assert start(store, user_id=2).id == task.id + 1  # no id is used again
    assert [given.name for given in redo(store, Actor(1, 1), 2, now=NOW)] == ["track", "stop"]
    assert get_task(store, Actor(None, ALL_USERS), task.id) == ended
    assert names(store, user_id=1) == [(1, name) for name in ("track", "stop", "undo", "undo", "redo", "redo")]


def test_undo_restores_deleted_task_with_its_id(store: Store) -> None:
    task = start_task(
        store, Actor(1, 1), NewTask("write", project="a/b", tags=["docs", "äöü"], note="n", start_time=NOW), now=NOW
    )
    with journaled(store, Actor(1, ALL_USERS), "delete", now=NOW) as made:
        made.remove(made.lock_all([task.id])[0])
    undo(store, Actor(1, 1), now=NOW)
    assert get_task(store, Actor(None, ALL_USERS), task.id) == task
    redo(store, Actor(1, 1), now=NOW)
    with pytest.raises(TaskNotFound):
        get_task(store, Actor(None, ALL_USERS), task.id)


def test_redo_after_another_change_fails(store: Store) -> None:
    first, _ = start(store, "first"), start(store, "second")
    undo(store, Actor(1, 1), now=NOW)
    third = start(store, "third")
    with pytest.raises(NothingToUndo, match="user 1 has nothing to redo"):
        redo(store, Actor(1, 1), now=NOW)
    undo(store, Actor(1, 1), now=NOW)
    redo(store, Actor(1, 1), now=NOW)
    assert [task.description for task in running_tasks(store, Actor(1, 1))] == ["first", "third"]
    undo(store, Actor(1, 1), 2, now=NOW)  # third, and then first: second was taken back before
    assert running_tasks(store, Actor(1, 1)) == []
    assert [given.id for given in redo(store, Actor(1, 1), 2, now=NOW)] == [1, 4]
    assert [task.id for task in running_tasks(store, Actor(1, 1))] == [first.id, third.id]


def test_undo_reverses_only_own_commands(store: Store) -> None:
    mine, theirs = start(store, "mine", 1), start(store, "theirs", 2)
    undo(store, Actor(1, 1), now=NOW)
    assert running_tasks(store, Actor(None, ALL_USERS)) == [theirs]
    with pytest.raises(NothingToUndo) as refusal:
        undo(store, Actor(1, 1), now=NOW)
    assert hint_for(refusal.value) == "the last command (track) is user 2's; to undo it, run: tasktimer undo --user 2"
    redo(store, Actor(1, 1), now=NOW)
    assert running_tasks(store, Actor(None, ALL_USERS)) == [mine, theirs]
    with pytest.raises(NothingToUndo, match="user 1 has only 1 command to undo, not 2"):
        undo(store, Actor(1, 1), 2, now=NOW)
    assert running_tasks(store, Actor(None, ALL_USERS)) == [mine, theirs]


def test_undo_of_changed_task_fails(store: Store) -> None:
    task = start(store, "write", 1)
    stop(store, Actor(2, ALL_USERS), [task.id], now=NOW)
    with pytest.raises(UndoConflict) as refusal:
        undo(store, Actor(1, 1), now=NOW)
    assert refusal.value.message == (
        f"task {task.id} has changed since command 1 (track): its end changed (command 2, stop by user 2)"
    )
    assert names(store) == [(1, "track"), (2, "stop")]
    undo(store, Actor(2, 2), now=NOW)
    undo(store, Actor(1, 1), now=NOW)
    with pytest.raises(UndoConflict, match=r"it was deleted \(command [0-9]+, undo by user 1"):
        redo(store, Actor(2, 2), now=NOW)


@pytest.mark.parametrize("count", [1, 2])
def test_undo_conflict_names_user_of_conflicting_change(store: Store, count: int) -> None:
    task = start(store, "write", 1)
    edit(store, Actor(2, ALL_USERS), [task.id], EditFields(note="theirs"), now=NOW)
    edit(store, Actor(3, ALL_USERS), [task.id], EditFields(project="a"), now=NOW)  # another thing, and not for long
    undo(store, Actor(3, 3), now=NOW)
    edit(store, Actor(3, ALL_USERS), [task.id], EditFields(add_tags=["x"]), now=NOW)
    edit(store, Actor(3, ALL_USERS), [task.id], EditFields(remove_tags=["x"]), now=NOW)
    if count == 2:
        edit(store, Actor(1, ALL_USERS), [task.id], EditFields(description="mine"), now=NOW)
    for _ in range(2):
        with pytest.raises(UndoConflict) as refusal:
            undo(store, Actor(1, 1), count, now=NOW)
        assert refusal.value.message.endswith("since command 1 (track): its note changed (command 2, edit by user 2)")
        assert "ask user 2 to undo that command first" in str(hint_for(refusal.value))
        if count == 2:  # the same when it is taken back one by one
            undo(store, Actor(1, 1), now=NOW)
            count = 1
    undo(store, Actor(2, 2), now=NOW)
    undo(store, Actor(1, 1), now=NOW)
    with pytest.raises(TaskNotFound):
        get_task(store, Actor(None, ALL_USERS), task.id)


def test_undo_conflict_suggests_undoing_own_later_command(store: Store) -> None:
    task = start(store)
    edit(store, Actor(1, ALL_USERS), [task.id], EditFields(note="x"), now=NOW)
    edit(store, Actor(1, ALL_USERS), [task.id], EditFields(description="B"), now=NOW)
    start(store, "other")
    with pytest.raises(UndoConflict, match=r"its description changed \(command [0-9]+, edit by user 1") as refusal:
        undo_entry(store, Actor(1, 1), 1, now=NOW)
    assert str(hint_for(refusal.value)).endswith("first run: tasktimer undo --command 3")
    undo_entry(store, Actor(1, 1), 3, now=NOW)
    with pytest.raises(UndoConflict, match=r"its note changed \(command [0-9]+, edit by user 1") as refusal:
        undo_entry(store, Actor(1, 1), 1, now=NOW)
    assert str(hint_for(refusal.value)).endswith("first run: tasktimer undo --command 2")
    undo_entry(store, Actor(1, 1), 2, now=NOW)
    undo_entry(store, Actor(1, 1), 1, now=NOW)


def test_undo_conflict_suggests_redoing_own_undo(store: Store) -> None:
    task = start(store)
    for note in ("a", "b", "a"):
        edit(store, Actor(1, ALL_USERS), [task.id], EditFields(note=note), now=NOW)
    undo_entry(store, Actor(1, 1), 2, now=NOW)
    with pytest.raises(UndoConflict, match=r"its note changed \(command [0-9]+, undo by user 1") as refusal:
        undo(store, Actor(1, 1), now=NOW)
    assert str(hint_for(refusal.value)).endswith("first run: tasktimer redo")
    redo(store, Actor(1, 1), now=NOW)
    undo(store, Actor(1, 1), now=NOW)
    undo(store, Actor(1, 1), now=NOW)


def test_undo_conflict_of_other_program_names_no_user(store: Store) -> None:
    task = start(store)
    with store.write() as connection:
        connection.execute("UPDATE tasks SET note = 'x' WHERE id = :id", {"id": task.id})
    with pytest.raises(UndoConflict) as refusal:
        undo(store, Actor(1, 1), now=NOW)
    assert refusal.value.message.endswith("since command 1 (track): its note changed")
    assert hint_for(refusal.value) == f"to show its history, run: tasktimer history {task.id}"


def test_undo_conflict_undoes_nothing(store: Store) -> None:
    task, other = start(store, "write"), start(store, "other")
    stop(store, Actor(2, ALL_USERS), [task.id], now=NOW)
    with pytest.raises(UndoConflict):
        undo(store, Actor(1, 1), 2, now=NOW)
    assert get_task(store, Actor(None, ALL_USERS), other.id) == other
    assert [given.undone for given in list_entries(store, Actor(1, 1), limit=9)] == [False, False]


def test_undo_entry_keeps_later_changes(store: Store) -> None:
    tasks = [start(store, text) for text in ("first", "second", "third")]
    (stopped,) = stop(store, Actor(1, ALL_USERS), [tasks[2].id], now=NOW)
    assert undo_entry(store, Actor(1, 1), 1, now=NOW).changes[0].task_id == tasks[0].id
    assert running_tasks(store, Actor(1, 1)) == [tasks[1]]
    assert get_task(store, Actor(None, ALL_USERS), stopped.id) == stopped
    assert names(store)[-1] == (1, "undo")
    redo(store, Actor(1, 1), now=NOW)
    assert running_tasks(store, Actor(1, 1)) == tasks[:2]
    assert undo(store, Actor(1, 1), now=NOW)[0].id == 4  # the last one is the last one still


def test_redo_restores_last_undone_command_first(store: Store) -> None:
    for number in range(1, 6):
        start(store, f"{number}")
    undo(store, Actor(1, 1), now=NOW)
    for number in (2, 4, 1):
        undo_entry(store, Actor(1, 1), number, now=NOW)
    assert [task.description for task in running_tasks(store, Actor(1, 1))] == ["3"]
    assert [given.id for given in redo(store, Actor(1, 1), 2, now=NOW)] == [1, 4]
    undo_entry(store, Actor(1, 1), 1, now=NOW)
    assert undo(store, Actor(1, 1), now=NOW)[0].id == 4
    assert [given.id for given in redo(store, Actor(1, 1), 4, now=NOW)] == [4, 1, 2, 5]
    assert [task.description for task in running_tasks(store, Actor(1, 1))] == ["1", "2", "3", "4", "5"]
    undo_entry(store, Actor(1, 1), 2, now=NOW)
    start(store, "6")
    with pytest.raises(NothingToUndo):
        redo(store, Actor(1, 1), now=NOW)
    assert [given.name for given in undo(store, Actor(1, 1), 5, now=NOW)] == ["track"] * 5


def test_undo_entry_works_if_last_command_conflicts(store: Store) -> None:
    first, second = start(store, "first"), start(store, "second")
    stop(store, Actor(2, ALL_USERS), [second.id], now=NOW)
    with pytest.raises(UndoConflict) as refusal:
        undo(store, Actor(1, 1), now=NOW)
    assert hint_for(refusal.value) == (
        "ask user 2 to undo that command first; to undo an earlier command, run: tasktimer undo --command N"
    )
    undo_entry(store, Actor(1, 1), 1, now=NOW)
    with pytest.raises(TaskNotFound):
        get_task(store, Actor(None, ALL_USERS), first.id)
    redo(store, Actor(1, 1), now=NOW)
    assert get_task(store, Actor(None, ALL_USERS), first.id) == first


def test_undo_entry_reports_why_it_fails(store: Store) -> None:
    task, other = start(store), start(store, user_id=2)
    edit(store, Actor(1, ALL_USERS), [task.id], EditFields(note="n"), now=NOW)
    stop(store, Actor(2, ALL_USERS), [other.id], now=NOW)
    undo(store, Actor(2, 2), now=NOW)
    redo(store, Actor(2, 2), now=NOW)
    undo(store, Actor(2, 2), now=NOW)
    before = names(store)
    for number, by, code, message in [
        (1, 1, "undo-conflict", "its note changed .command 3, edit by user 1."),
        (2, 1, "command-of-other-user", "command 2 .track. belongs to user 2, not to user 1"),
        (4, 2, "already-undone", "command 4 .stop. has already been undone"),
        (5, 2, "command-is-reversal", "command 5 .undo. reverses command 4"),
        (6, 2, "command-is-reversal", "command 6 .redo. reverses command 4"),
        (99, 2, "command-not-found", "there is no command 99"),
    ]:
        with pytest.raises((Conflict, NotFound), match=message) as refusal:
            undo_entry(store, Actor(by, by), number, now=NOW)
        assert refusal.value.code == code
    assert names(store) == before


def test_bulk_edit_is_one_journal_entry(store: Store) -> None:
    ids = [start(store).id for _ in range(200)]
    stop(store, Actor(1, ALL_USERS), ids, now=NOW)
    assert len(undo(store, Actor(1, 1), now=NOW)[0].changes) == 200
    assert len(running_tasks(store, Actor(1, 1))) == 200
