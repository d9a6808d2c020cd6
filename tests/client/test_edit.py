"""Edit and delete tasks in Python, one or many."""

from pathlib import Path

import pytest
from tests.client.conftest import HOUR, clock
from tests.conftest import NOW

from tasktimer import open_tracker
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import Conflict, InvalidValue, NotFound


def test_edit_changes_listed_tasks_and_undo_restores_them(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        assert (tracker.list_tasks(), tracker.projects(), tracker.tags()) == ([], [], [])
        tracker.track("plan", start_time=NOW - 4 * HOUR)
        (ended,), task = tracker.switch("write", at=NOW - 3 * HOUR, project="acme/web", tags=["docs"])
        assert (ended.end_time, task.start_time) == (NOW - 3 * HOUR, NOW - 3 * HOUR)
        (edited,) = tracker.edit(task.id, end_time=NOW - HOUR, add_tags=["new"], note="n")
        assert (edited.end_time, edited.tags, edited.note) == (NOW - HOUR, ("docs", "new"), "n")
        first, second = tracker.split(task.id, NOW - 2 * HOUR)
        assert (first.end_time, second.start_time) == (NOW - 2 * HOUR, NOW - 2 * HOUR)
        assert tracker.join(second.id, first.id) == edited
        assert tracker.move(task.id, NOW - 5 * HOUR).end_time == NOW - 3 * HOUR
        assert tracker.rename_project("acme", "ace") == tracker.rename_tag("docs", "text") == 1
        assert tracker.list_tasks(TaskFilter(project="ace", tags=("text",)), date_range="today") == [
            tracker.get_task(task.id)
        ]
        assert tracker.list_tasks(between=(NOW - 5 * HOUR, NOW - 4.5 * HOUR), limit=1)[0].id == task.id
        assert tracker.list_tasks(date_range="yesterday") == []
        assert ([usage.name for usage in tracker.projects()], len(tracker.tags())) == (["ace/web", None], 3)
        assert [usage.worked for usage in tracker.projects(date_range="last 2 days")] == [2 * HOUR, HOUR]
        assert tracker.projects(date_range="2022") == tracker.tags(date_range="yesterday") == []
        half = (NOW - 4.5 * HOUR, NOW - 4 * HOUR)
        assert {usage.name: usage.worked for usage in tracker.tags(between=half)} == {"new": HOUR / 2, "text": HOUR / 2}
        with pytest.raises(InvalidValue, match="cannot be used together"):
            tracker.tags(date_range="today", between=half)
        again = tracker.resume(task.id)
        assert (again.running, again.project, again.note) == (True, "ace/web", None)
        assert tracker.cancel() == [again]
        assert [deleted.id for deleted in tracker.delete(1, task.id)] == [1, task.id]
        names = ["delete", "cancel", "resume", "rename tag", "rename project", "move", "join", "split", "edit"]
        assert [command.name for command in tracker.undo(9)] == names
        assert tracker.get_task(task.id) == task


def test_edit_all_and_delete_all_are_one_command_each(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        assert tracker.edit_all(TaskFilter(running=True), note="n") == tracker.delete_all(all_tasks=True) == []
        for hours in (30, 3, 2):
            tracker.track(
                "write", start_time=NOW - hours * HOUR, duration=HOUR / 2, tags=["docs"] if hours < 10 else []
            )
        other = tracker.track("of another", user=7)
        before = tracker.list_tasks()
        would_be = tracker.edit_all(TaskFilter(tags=("docs",)), project="acme", remove_tags=["docs"], dry_run=True)
        assert [(task.id, task.project, task.tags) for task in would_be] == [(2, "acme", ()), (3, "acme", ())]
        assert (tracker.list_tasks(), len(tracker.history())) == (before, 3)
        assert tracker.edit_all(TaskFilter(tags=("docs",)), project="acme", remove_tags=["docs"]) == would_be
        assert tracker.edit_all(date_range="today", project="acme") == []  # unchanged
        assert tracker.history()[-1].name == "edit"
        assert [task.id for task in tracker.edit_all(all_tasks=True, note="n")] == [1, 2, 3]
        assert tracker.get_task(other.id).note is None
        assert [task.id for task in tracker.delete_all(date_range="yesterday", dry_run=True)] == [1]
        assert [task.id for task in tracker.delete_all(between=(NOW - 4 * HOUR, NOW - 2.5 * HOUR))] == [2]
        assert [task.id for task in tracker.delete_all(all_tasks=True)] == [1, 3]
        assert tracker.list_tasks(user="all") == [other]
        assert [command.name for command in tracker.undo(4)] == ["delete", "delete", "edit", "edit"]
        assert tracker.list_tasks() == before


def test_edit_all_changes_all_tasks_or_none(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        tracker.track("early", start_time=NOW - 5 * HOUR, duration=HOUR)
        tracker.track("late", start_time=NOW - HOUR)
        before = tracker.list_tasks()
        with pytest.raises(Conflict) as error:
            tracker.edit_all(all_tasks=True, end_time=NOW - 2 * HOUR)
        assert error.value.code == "end-before-start"
        with pytest.raises(NotFound):
            tracker.edit_all(all_tasks=True, remove_tags=["absent"])
        with pytest.raises(TypeError, match=r"edit_all\(\) got an unexpected keyword argument 'notes'"):
            tracker.edit_all(all_tasks=True, notes="x")  # type: ignore[call-arg]
        assert (tracker.list_tasks(), len(tracker.history())) == (before, 2)


def test_unknown_argument_raises_type_error(tmp_path: Path) -> None:
    tracker = open_tracker(tmp_path / "tasks.db", clock=clock)
    tracker.track("x")
    with pytest.raises(TypeError, match="unexpected keyword argument 'ended'"):
        tracker.edit(1, ended=NOW)  # type: ignore[call-arg]


def test_adjust_cuts_splits_and_deletes_other_tasks(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        day = tracker.track("write", start_time=NOW - 8 * HOUR, end_time=NOW - 2 * HOUR)
        call = tracker.track("call", start_time=NOW - 5 * HOUR, duration=HOUR, adjust=True)
        times = [(task.id, (NOW - task.start_time) / HOUR) for task in tracker.list_tasks()]
        assert times == [(day.id, 8), (call.id, 5), (call.id + 1, 4)]
        (edited,) = tracker.edit(call.id, start_time=NOW - 6 * HOUR, adjust=True)
        assert tracker.get_task(day.id).end_time == edited.start_time == NOW - 6 * HOUR
        moved = tracker.move(call.id, NOW - 8 * HOUR, adjust=True)
        assert [task.id for task in tracker.list_tasks()] == [call.id, call.id + 1]
        assert moved.end_time == NOW - 6 * HOUR
        tracker.track("overlapping", start_time=NOW - 7 * HOUR, end_time=NOW - 5 * HOUR)
        assert tracker.edit(call.id, adjust=True) == [moved]
        assert [(NOW - task.start_time) / HOUR for task in tracker.list_tasks()] == [8, 6, 4]
        assert [entry.name for entry in tracker.undo(5)] == ["edit", "track", "move", "edit", "track"]
        assert tracker.list_tasks() == [day]


def test_adjust_ends_running_task(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        first = tracker.track("write", start_time=NOW - 2 * HOUR)
        second = tracker.track("call", start_time=NOW - HOUR, adjust=True)
        assert tracker.get_task(first.id).end_time == second.start_time
        assert tracker.running_tasks() == [second]
        assert tracker.track("call", unless_running=True, adjust=True) == second
        with pytest.raises(InvalidValue, match="adjust and parallel cannot be used together"):
            tracker.track("call", adjust=True, parallel=True)
        with pytest.raises(InvalidValue, match="no changes"):
            tracker.edit(first.id)
