"""The tracker in scripts: what the commands do, and as strict."""

import os
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest

import tasktimer
from tasktimer import Tracker, open_tracker
from tasktimer.core.filter import Filter
from tasktimer.errors import Conflict, InvalidValue, NotFound, TaskOfOtherUser, Unavailable
from tests.conftest import NOW, Run
from tests.hostile import DESCRIPTIONS_REFUSED

HOUR = timedelta(hours=1)


def clock(zone: tzinfo) -> datetime:
    return NOW.astimezone(zone)


def test_a_day_on_each_engine(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        assert (tracker.running(), tracker.history(), tracker.times().entries) == ([], [], ())
        task = tracker.track("write docs", at=NOW - 3 * HOUR, project="acme", tags=["+b", "a"], note="soon")
        assert (task.id, task.user_id, task.project, task.tags, task.note) == (1, 42, "acme", ("a", "b"), "soon")
        assert tracker.running() == [task] == [tracker.show(1)]
        assert tracker.times().worked == 3 * HOUR
        (stopped,) = tracker.stop()
        assert stopped.end_time == NOW
        done = tracker.track("night", at=NOW - 14 * HOUR, until=NOW - 10 * HOUR)
        assert [entry.time_spent for entry in tracker.times(date(2023, 7, 15)).entries] == [2 * HOUR]
        assert [command.name for command in tracker.undo(2)] == ["track", "stop"]
        assert [command.name for command in tracker.redo()] == ["stop"]
        assert tracker.show(1) == stopped
        assert [command.name for command in tracker.history(1)] == ["track", "stop", "undo", "redo"]
        assert len(tracker.history(limit=2)) == 2
        with pytest.raises(NotFound):
            tracker.show(done.id)
        assert tracker.stop(every=True) == []


def test_tasks_are_corrected_found_and_taken_back(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        assert (tracker.find(), tracker.projects(), tracker.tags()) == ([], [], [])
        tracker.track("plan", at=NOW - 4 * HOUR)
        (ended,), task = tracker.switch("write", at=NOW - 3 * HOUR, project="acme/web", tags=["docs"])
        assert (ended.end_time, task.start_time) == (NOW - 3 * HOUR, NOW - 3 * HOUR)
        (edited,) = tracker.edit(task.id, end_time=NOW - HOUR, add_tags=["new"], note="n")
        assert (edited.end_time, edited.tags, edited.note) == (NOW - HOUR, ("docs", "new"), "n")
        first, second = tracker.split(task.id, NOW - 2 * HOUR)
        assert (first.end_time, second.start_time) == (NOW - 2 * HOUR, NOW - 2 * HOUR)
        assert tracker.join(second.id, first.id) == edited
        assert tracker.move(task.id, NOW - 5 * HOUR).end_time == NOW - 3 * HOUR
        assert tracker.rename_project("acme", "ace") == tracker.rename_tag("docs", "text") == 1
        assert tracker.find(Filter(project="ace", tags=("text",)), span="today") == [tracker.show(task.id)]
        assert tracker.find(between=(NOW - 5 * HOUR, NOW - 4.5 * HOUR), limit=1)[0].id == task.id
        assert tracker.find(span="yesterday") == []
        assert ([usage.name for usage in tracker.projects()], len(tracker.tags())) == (["ace/web"], 2)
        again = tracker.resume(task.id)
        assert (again.running, again.project, again.note) == (True, "ace/web", None)
        assert tracker.cancel() == [again]
        assert [gone.id for gone in tracker.delete(1, task.id)] == [1, task.id]
        names = ["delete", "cancel", "resume", "rename tag", "rename project", "move", "join", "split", "edit"]
        assert [command.name for command in tracker.undo(9)] == names
        assert tracker.show(task.id) == task


def test_a_task_goes_on_from_the_last_one_and_the_journal_forgets(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        assert tracker.forget(NOW) == 0
        tracker.track("a", at=NOW - 3 * HOUR, until=NOW - 2 * HOUR)
        assert tracker.track("b", no_gap=True, until=NOW - HOUR).start_time == NOW - 2 * HOUR
        assert tracker.forget(NOW) == 0
        assert tracker.forget(NOW + HOUR) == 2
        with pytest.raises(Conflict):
            tracker.undo()


def test_an_argument_that_there_is_not_is_no_silence(tmp_path: Path) -> None:
    tracker = open_tracker(tmp_path / "tasks.db", clock=clock)
    tracker.track("x")
    with pytest.raises(TypeError, match="unexpected keyword argument 'ended'"):
        tracker.edit(1, ended=NOW)  # type: ignore[call-arg]


def test_without_arguments_it_is_what_the_commands_use(run: Run, config_file: Path, data_file: Path) -> None:
    config_file.write_text('user = 7\ntz = "Asia/Tokyo"\n')
    with open_tracker(clock=clock) as tracker:
        tracker.track("from a script")
        assert str(tracker.zone) == "Asia/Tokyo"
        assert tracker.now() == NOW
    assert data_file.exists()
    assert run("times").out.startswith("1\t7\tfrom a script\t2023-07-16T19:00:00+09:00")


def test_the_environment_counts_unless_something_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_DATABASE", str(tmp_path / "env.db"))
    monkeypatch.setenv("TASKTIMER_USER", "7")
    monkeypatch.setenv("TASKTIMER_TZ", "Asia/Tokyo")
    assert open_tracker(clock=clock).track("x").user_id == 7
    given = open_tracker(tmp_path / "given.db", user=3, tz=UTC, clock=clock)
    assert (given.track("x").user_id, given.track("y", user=4).user_id, given.zone) == (3, 4, UTC)
    assert [task.user_id for task in given.running(user="all")] == [3, 4]
    assert sorted(os.listdir(tmp_path)) == ["env.db", "given.db"]


def test_an_id_belongs_to_anybody_unless_a_user_is_named(tmp_path: Path) -> None:
    tracker = open_tracker(tmp_path / "tasks.db", user=1, clock=clock)
    tracker.track("x", user=7)
    with pytest.raises(TaskOfOtherUser):
        tracker.show(1, user=8)
    with pytest.raises(TaskOfOtherUser):
        tracker.stop(1, user=8)
    assert tracker.show(1).user_id == 7
    assert tracker.stop(1)[0].id == 1
    assert tracker.history()[-1].user_id == 1  # who gave the command
    with pytest.raises(Conflict, match="has changed since track"):
        tracker.undo(user=7)


@pytest.mark.parametrize("description", DESCRIPTIONS_REFUSED)
def test_hostile_descriptions_are_refused(tmp_path: Path, description: str) -> None:
    with pytest.raises(InvalidValue):
        open_tracker(tmp_path / "tasks.db").track(description)
    assert os.listdir(tmp_path) == []


EARLIEST = datetime.min.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("naive-time", lambda tracker: tracker.track("x", at=datetime(2023, 7, 16, 9))),  # noqa: DTZ001
        ("naive-time", lambda tracker: tracker.track("x", at=NOW, until=datetime(2023, 7, 16, 9))),  # noqa: DTZ001
        ("naive-time", lambda tracker: tracker.stop(at=datetime(2023, 7, 16, 9))),  # noqa: DTZ001
        ("until-without-at", lambda tracker: tracker.track("x", until=NOW)),
        ("time-out-of-range", lambda tracker: tracker.track("x", at=datetime.min.replace(tzinfo=NOW.tzinfo))),
        ("date-out-of-range", lambda tracker: tracker.track("x", at=EARLIEST)),
        ("start-in-future", lambda tracker: tracker.track("x", at=NOW + HOUR)),
        ("end-before-start", lambda tracker: tracker.track("x", at=NOW, until=NOW - HOUR)),
        ("invalid-date", lambda tracker: tracker.times(NOW)),
        ("invalid-user", lambda tracker: tracker.track("x", user="all")),
        ("invalid-user", lambda tracker: tracker.track("x", user=0)),
        ("invalid-user", lambda tracker: tracker.running(user="ada")),
        ("invalid-id", lambda tracker: tracker.show(-1)),
        ("invalid-id", lambda tracker: tracker.stop(2**63)),
        ("ids-and-all", lambda tracker: tracker.stop(1, every=True)),
        ("invalid-count", lambda tracker: tracker.undo(0)),
        ("invalid-limit", lambda tracker: tracker.history(limit=0)),
        ("invalid-project", lambda tracker: tracker.track("x", project="/")),
        ("invalid-tag", lambda tracker: tracker.track("x", tags=["a b"])),
        ("naive-time", lambda tracker: tracker.edit(1, start_time=datetime(2023, 7, 16))),  # noqa: DTZ001
        ("naive-time", lambda tracker: tracker.split(1, datetime(2023, 7, 16))),  # noqa: DTZ001
        ("naive-time", lambda tracker: tracker.find(between=(NOW, datetime(2023, 7, 16)))),  # noqa: DTZ001
        ("at-and-no-gap", lambda tracker: tracker.track("x", at=NOW, no_gap=True)),
        ("store-missing", lambda tracker: tracker.track("x", no_gap=True)),
        ("naive-time", lambda tracker: tracker.forget(datetime(2023, 7, 16))),  # noqa: DTZ001
        ("no-ids", lambda tracker: tracker.edit(note="x")),
        ("no-ids", lambda tracker: tracker.delete()),
        ("joined-with-itself", lambda tracker: tracker.join(1, 1)),
        ("to-before-from", lambda tracker: tracker.find(between=(NOW, NOW - HOUR))),
        ("span-and-bounds", lambda tracker: tracker.find(span="today", between=(NOW, NOW))),
        ("invalid-span", lambda tracker: tracker.find(span="soon")),
        ("unknown-zone", lambda _: open_tracker(tz="Mars")),
        ("invalid-user", lambda _: open_tracker(user=0)),
        ("store-missing", lambda tracker: tracker.stop()),
        ("task-not-found", lambda tracker: tracker.show(1)),
    ],
)
def test_what_is_refused_has_a_code_and_changes_nothing(tmp_path: Path, code: str, call: Any) -> None:
    tracker = open_tracker(tmp_path / "tasks.db", clock=clock)
    with pytest.raises((InvalidValue, Conflict, NotFound)) as refusal:
        call(tracker)
    assert refusal.value.code == code
    assert os.listdir(tmp_path) == []


def test_a_bad_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="database: the database 'mysql://…' is neither"):
        open_tracker("mysql://ada:secret@db/work").running()
    with pytest.raises(Unavailable, match="is a folder"):
        open_tracker(tmp_path).running()
    with pytest.raises(InvalidValue, match="needs a user"):
        open_tracker("postgresql://ada@db/work").running()


def test_threads_may_share_a_tracker(tmp_path: Path) -> None:
    tracker = open_tracker(tmp_path / "tasks.db", clock=clock)
    threads = [threading.Thread(target=tracker.track, args=(f"task {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(task.description for task in tracker.running()) == [f"task {number}" for number in range(8)]


def test_after_its_end_it_opens_again(tmp_path: Path) -> None:
    with open_tracker(tmp_path / "tasks.db", clock=clock) as tracker:
        tracker.track("x")
    assert len(tracker.running()) == 1
    tracker.close()
    tracker.close()


def test_the_package_names_what_it_has() -> None:
    assert tasktimer.Tracker is Tracker
    assert {"Tracker", "open_tracker"} <= set(tasktimer.__all__)
    with pytest.raises(AttributeError, match="no attribute 'close_tracker'"):
        tasktimer.close_tracker  # type: ignore[attr-defined]  # noqa: B018


def test_importing_it_costs_no_more_than_a_command() -> None:
    script = "import sys; from tasktimer import open_tracker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"typer", "rich", "sqlalchemy", "pydantic", "json", "tomllib"} & set(done.stdout.split())
