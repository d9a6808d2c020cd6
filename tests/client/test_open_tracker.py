"""Settings, users, threads and closing of a tracker."""

import os
import threading
from datetime import UTC
from pathlib import Path

import pytest
from tests.client.conftest import clock
from tests.conftest import NOW, Run

from tasktimer import open_tracker
from tasktimer.errors import Conflict, InvalidValue, TaskOfOtherUser, Unavailable


def test_database_hides_password() -> None:
    tracker = open_tracker("postgresql://ada:secret@db/work?password=secret", user=1, clock=clock)
    assert tracker.database == "postgresql://ada@db/work"


def test_default_settings_are_those_of_commands(run: Run, config_file: Path, data_file: Path) -> None:
    config_file.write_text('user = 7\ntz = "Asia/Tokyo"\n')
    with open_tracker(clock=clock) as tracker:
        tracker.track("from a script")
        assert str(tracker.zone) == "Asia/Tokyo"
        assert tracker.now() == NOW
    assert data_file.exists()
    assert run("times").out.startswith("1\t7\tfrom a script\t2023-07-16T19:00:00+09:00")


def test_arguments_override_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKTIMER_DATABASE", str(tmp_path / "env.db"))
    monkeypatch.setenv("TASKTIMER_USER", "7")
    monkeypatch.setenv("TASKTIMER_TZ", "Asia/Tokyo")
    assert open_tracker(clock=clock).track("x").user_id == 7
    tracker = open_tracker(tmp_path / "argument.db", user=3, tz=UTC, clock=clock)
    assert (tracker.track("x").user_id, tracker.track("y", user=4).user_id, tracker.zone) == (3, 4, UTC)
    assert [task.user_id for task in tracker.running_tasks(user="all")] == [3, 4]
    assert sorted(os.listdir(tmp_path)) == ["argument.db", "env.db"]


def test_only_user_argument_restricts_ids(tmp_path: Path) -> None:
    tracker = open_tracker(tmp_path / "tasks.db", user=1, clock=clock)
    tracker.track("x", user=7)
    with pytest.raises(TaskOfOtherUser):
        tracker.get_task(1, user=8)
    with pytest.raises(TaskOfOtherUser):
        tracker.stop(1, user=8)
    assert tracker.get_task(1).user_id == 7
    assert tracker.stop(1)[0].id == 1
    assert tracker.history()[-1].user_id == 1  # the actor, not the owner
    with pytest.raises(Conflict, match="has changed since command 1"):
        tracker.undo(user=7)


def test_all_selects_tasks_and_tracker_is_the_actor(tmp_path: Path, postgres_url: str) -> None:
    for database in (tmp_path / "tasks.db", postgres_url):
        with open_tracker(database, user=3, clock=clock) as tracker:
            for user in (7, 8):
                tracker.track("x", user=user)
            assert len(tracker.stop(all_running=True, user="all")) == 2
            assert [command.user_id for command in tracker.history(user="all")] == [7, 8, 3]
    with open_tracker(postgres_url, user="all", clock=clock) as tracker, pytest.raises(InvalidValue) as error:
        tracker.delete(1)
    assert error.value.code == "missing-user"


def test_invalid_database_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="database: the database 'mysql://…' is neither"):
        open_tracker("mysql://ada:secret@db/work").running_tasks()
    with pytest.raises(Unavailable, match="is a folder"):
        open_tracker(tmp_path).running_tasks()
    with pytest.raises(InvalidValue, match="a user is required"):
        open_tracker("postgresql://ada@db/work").running_tasks()


def test_threads_share_tracker(tmp_path: Path) -> None:
    tracker = open_tracker(tmp_path / "tasks.db", clock=clock)
    threads = [threading.Thread(target=tracker.track, args=(f"task {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(task.description for task in tracker.running_tasks()) == [f"task {number}" for number in range(8)]


def test_closed_tracker_opens_again(tmp_path: Path) -> None:
    with open_tracker(tmp_path / "tasks.db", clock=clock) as tracker:
        tracker.track("x")
    assert len(tracker.running_tasks()) == 1
    tracker.close()
    tracker.close()
