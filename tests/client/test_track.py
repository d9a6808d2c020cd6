"""Start, stop, read and undo in Python."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.client.conftest import HOUR, clock
from tests.conftest import NOW

from tasktimer import open_tracker
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import Conflict, InvalidValue, NotFound


def test_tracked_tasks_are_in_times(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        assert (tracker.running_tasks(), tracker.history(), tracker.times().entries) == ([], [], ())
        task = tracker.track("write docs", start_time=NOW - 3 * HOUR, project="acme", tags=["+b", "a"], note="soon")
        assert (task.id, task.user_id, task.project, task.tags, task.note) == (1, 42, "acme", ("a", "b"), "soon")
        assert tracker.running_tasks() == [task] == [tracker.get_task(1)]
        assert tracker.times().worked == 3 * HOUR
        (stopped,) = tracker.stop()
        assert stopped.end_time == NOW
        night = tracker.track("night", start_time=NOW - 14 * HOUR, end_time=NOW - 10 * HOUR)
        assert [entry.time_spent for entry in tracker.times(date(2023, 7, 15)).entries] == [2 * HOUR]
        assert [command.name for command in tracker.undo(2)] == ["track", "stop"]
        assert [command.name for command in tracker.redo()] == ["stop"]
        assert tracker.get_task(1) == stopped
        assert [command.name for command in tracker.history(1)] == ["track", "stop", "undo", "redo"]
        assert len(tracker.history(limit=2)) == 2
        with pytest.raises(NotFound):
            tracker.get_task(night.id)
        assert tracker.stop(all_running=True) == []


def test_clock_is_truncated_to_seconds_and_given_time_is_not(tmp_path: Path) -> None:
    now = NOW + timedelta(microseconds=700_001)
    tracker = open_tracker(tmp_path / "tasks.db", user=42, clock=now.astimezone)
    tracker.track("a")
    given = now + timedelta(microseconds=99)  # later than the clock, but in the same second
    (stopped,) = tracker.stop(at=given)
    assert (tracker.now(), stopped.start_time, stopped.end_time) == (NOW, NOW, given)
    assert tracker.track("b", start_time=given).start_time == given
    assert tracker.stop()[0].end_time == given
    with pytest.raises(Conflict, match="in the future"):
        tracker.track("c", start_time=NOW + timedelta(seconds=1))


def test_no_gap_starts_at_last_end_and_prune_deletes_history(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        assert tracker.prune_history(NOW) == 0
        tracker.track("a", start_time=NOW - 3 * HOUR, end_time=NOW - 2 * HOUR)
        assert tracker.track("b", no_gap=True, end_time=NOW - HOUR).start_time == NOW - 2 * HOUR
        assert tracker.prune_history(NOW) == 0
        assert tracker.prune_history(NOW + HOUR) == 2
        with pytest.raises(Conflict):
            tracker.undo()


def test_stop_with_several_running_tasks_requires_choice(tmp_path: Path) -> None:
    tracker = open_tracker(tmp_path / "tasks.db", clock=clock)
    for description in ("a", "b"):
        tracker.track(description)
    with pytest.raises(Conflict, match="2 tasks are running"):
        tracker.stop()
    assert len(tracker.running_tasks()) == 2


def test_duration_records_finished_task(tmp_path: Path) -> None:
    tracker = open_tracker(tmp_path / "tasks.db", clock=clock)
    ended = [
        tracker.track("a", duration=HOUR),
        tracker.track("b", start_time=NOW - 3 * HOUR, duration=HOUR),
        tracker.track("c", start_time=NOW - 3 * HOUR, duration=timedelta()),
    ]
    times = [(task.start_time, task.end_time) for task in ended]
    assert times == [(NOW - HOUR, NOW), (NOW - 3 * HOUR, NOW - 2 * HOUR), (NOW - 3 * HOUR, NOW - 3 * HOUR)]
    tracker.delete(1)
    task = tracker.track("d", no_gap=True, duration=HOUR / 2)
    assert (task.start_time, task.end_time) == (NOW - 2 * HOUR, NOW - 1.5 * HOUR)


def test_status_returns_running_tasks_and_timesheet(database: str) -> None:
    with open_tracker(database, user=42, tz="Europe/Berlin", clock=clock) as tracker:
        running, today = tracker.status()
        assert (running, today.entries, today.window.end - today.window.start) == ([], (), 24 * HOUR)
        tracker.track("night", start_time=NOW - 14 * HOUR, end_time=NOW - 11 * HOUR)
        task = tracker.track("now", start_time=NOW - HOUR)
        tracker.track("of another", user=7)
        running, today = tracker.status()
        assert (running, today.worked) == ([task], 2 * HOUR)
        assert len(tracker.status(user="all")[0]) == 2


def test_filter_selects_tasks(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        tracker.track("plan", start_time=NOW - 4 * HOUR, end_time=NOW - 2 * HOUR, project="home", tags=["docs"])
        web = tracker.track("write", start_time=NOW - HOUR, project="acme/web", tags=["docs", "new"])
        tracker.track("call", start_time=NOW - HOUR, project="home")
        acme = TaskFilter(project="acme")
        assert [entry.task for entry in tracker.times(task_filter=acme).entries] == [web]
        assert tracker.times(task_filter=TaskFilter(tags=("docs",))).worked == 3 * HOUR
        assert [(usage.name, usage.count) for usage in tracker.projects(TaskFilter(running=True))] == [
            ("acme/web", 1),
            ("home", 1),
        ]
        assert [(usage.name, usage.worked) for usage in tracker.tags(TaskFilter(project="home"))] == [
            ("docs", 2 * HOUR),
            (None, HOUR),
        ]
        assert [task.id for task in tracker.stop(all_running=True, task_filter=acme)] == [web.id]
        assert tracker.stop(all_running=True, task_filter=acme) == []
        assert [task.description for task in tracker.running_tasks()] == ["call"]


def test_expression_selects_tasks(database: str) -> None:
    with open_tracker(database, user=42, tz="Europe/Berlin", clock=clock) as tracker:
        plan = tracker.track("plan", start_time=NOW - 4 * HOUR, end_time=NOW - 2 * HOUR, project="home", tags=["docs"])
        web = tracker.track("write", start_time=NOW - HOUR, project="acme/web", tags=["docs", "new"])
        call = tracker.track("call", start_time=NOW - HOUR, note="lunch")
        assert tracker.list_tasks("tag:docs and not project:home") == [web]
        assert tracker.list_tasks("from:11:30") == [web, call]  # local to the time zone of the tracker
        assert tracker.list_tasks("project:none or longer:1:30", limit=1) == [call]
        assert [entry.task for entry in tracker.times(task_filter="note:lunch or project:home").entries] == [plan, call]
        assert [usage.name for usage in tracker.projects("new or tag:new")] == ["acme/web"]
        assert [(usage.name, usage.worked) for usage in tracker.tags("from:11:30")] == [
            *(("docs", HOUR), ("new", HOUR)),
            (None, HOUR),
        ]
        assert [task.id for task in tracker.edit_all("project:none", project="home")] == [call.id]
        assert [task.id for task in tracker.stop(all_running=True, task_filter="tag:new")] == [web.id]
        assert [task.id for task in tracker.delete_all("running")] == [call.id]
        with pytest.raises(InvalidValue) as error:
            tracker.list_tasks("tag:docs or prject:home")
        assert error.value.details == ("tag:docs or prject:home", "            ^^^^^^^")
