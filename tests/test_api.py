"""The tracker in scripts: what the commands do, and as strict."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest

import tasktimer
from tasktimer import Tracker, open_tracker
from tasktimer.core.facts import Counts
from tasktimer.core.filter import Filter
from tasktimer.errors import Conflict, InvalidValue, NotFound, TaskOfOtherUser, Unavailable
from tasktimer.store import SCHEMA_VERSION
from tests.conftest import NOW, Run
from tests.hostile import DESCRIPTIONS_REFUSED
from tests.store.test_upgrades import old_file

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
        assert [usage.worked for usage in tracker.projects(span="last 2 days")] == [2 * HOUR]
        assert tracker.projects(span="2022") == tracker.tags(span="yesterday") == []
        half = (NOW - 4.5 * HOUR, NOW - 4 * HOUR)
        assert {usage.name: usage.worked for usage in tracker.tags(between=half)} == {"new": HOUR / 2, "text": HOUR / 2}
        with pytest.raises(InvalidValue, match="both given"):
            tracker.tags(span="today", between=half)
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


def test_a_length_records_a_finished_task(tmp_path: Path) -> None:
    tracker = open_tracker(tmp_path / "tasks.db", clock=clock)
    ended = [
        tracker.track("a", duration=HOUR),
        tracker.track("b", at=NOW - 3 * HOUR, duration=HOUR),
        tracker.track("c", at=NOW - 3 * HOUR, duration=timedelta()),
    ]
    times = [(task.start_time, task.end_time) for task in ended]
    assert times == [(NOW - HOUR, NOW), (NOW - 3 * HOUR, NOW - 2 * HOUR), (NOW - 3 * HOUR, NOW - 3 * HOUR)]
    tracker.delete(1)
    on = tracker.track("d", no_gap=True, duration=HOUR / 2)
    assert (on.start_time, on.end_time) == (NOW - 2 * HOUR, NOW - 1.5 * HOUR)


def test_status_tells_what_runs_and_of_today(database: str) -> None:
    with open_tracker(database, user=42, tz="Europe/Berlin", clock=clock) as tracker:
        running, today = tracker.status()
        assert (running, today.entries, today.window.end - today.window.start) == ([], (), 24 * HOUR)
        tracker.track("night", at=NOW - 14 * HOUR, until=NOW - 11 * HOUR)
        task = tracker.track("now", at=NOW - HOUR)
        tracker.track("of another", user=7)
        running, today = tracker.status()
        assert (running, today.worked) == ([task], 2 * HOUR)
        assert len(tracker.status(user="all")[0]) == 2


def test_many_are_corrected_and_deleted_as_one_command(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        assert tracker.edit_all(Filter(running=True), note="n") == tracker.delete_all(every=True) == []
        for hours in (30, 3, 2):
            tracker.track("write", at=NOW - hours * HOUR, duration=HOUR / 2, tags=["docs"] if hours < 10 else [])
        other = tracker.track("of another", user=7)
        before = tracker.find()
        would_be = tracker.edit_all(Filter(tags=("docs",)), project="acme", remove_tags=["docs"], dry_run=True)
        assert [(task.id, task.project, task.tags) for task in would_be] == [(2, "acme", ()), (3, "acme", ())]
        assert (tracker.find(), len(tracker.history())) == (before, 3)
        assert tracker.edit_all(Filter(tags=("docs",)), project="acme", remove_tags=["docs"]) == would_be
        assert tracker.edit_all(span="today", project="acme") == []  # they have it
        assert tracker.history()[-1].name == "edit"
        assert [task.id for task in tracker.edit_all(every=True, note="n")] == [1, 2, 3]
        assert tracker.show(other.id).note is None
        assert [task.id for task in tracker.delete_all(span="yesterday", dry_run=True)] == [1]
        assert [task.id for task in tracker.delete_all(between=(NOW - 4 * HOUR, NOW - 2.5 * HOUR))] == [2]
        assert [task.id for task in tracker.delete_all(every=True)] == [1, 3]
        assert tracker.find(user="all") == [other]
        assert [command.name for command in tracker.undo(4)] == ["delete", "delete", "edit", "edit"]
        assert tracker.find() == before


def test_many_are_corrected_all_or_none(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        tracker.track("early", at=NOW - 5 * HOUR, duration=HOUR)
        tracker.track("late", at=NOW - HOUR)
        before = tracker.find()
        with pytest.raises(Conflict) as refusal:
            tracker.edit_all(every=True, end_time=NOW - 2 * HOUR)
        assert refusal.value.code == "end-before-start"
        with pytest.raises(NotFound):
            tracker.edit_all(every=True, remove_tags=["absent"])
        with pytest.raises(TypeError, match=r"edit_all\(\) got an unexpected keyword argument 'notes'"):
            tracker.edit_all(every=True, notes="x")  # type: ignore[call-arg]
        assert (tracker.find(), len(tracker.history())) == (before, 2)


def test_info_tells_of_the_store_and_makes_none(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        info = tracker.info()
        assert (info.state, info.size, info.schema, info.counts, info.problem) == ("missing", None, None, None, None)
        tracker.track("x", project="acme", tags=["a", "b"])
        info = tracker.info()
        assert (info.state, info.schema, info.needed_schema) == ("current", SCHEMA_VERSION, SCHEMA_VERSION)
        assert info.counts == Counts(tasks=1, running=1, users=1, projects=1, tags=2, commands=1)
        assert info.size is not None
        assert info.size > 50_000
        assert str(info.engine).startswith("PostgreSQL 1" if "://" in database else "SQLite 3.")


def test_a_store_that_cannot_be_used_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "cut.db"
    path.write_bytes(b"SQLite format 3\0 and no more")
    info = open_tracker(path).info()
    assert (info.state, info.size, info.counts) == ("unusable", 28, None)
    assert isinstance(info.problem, Unavailable)
    assert info.problem.code == "store-damaged"


def test_an_older_store_is_upgraded_on_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tracker = open_tracker(old_file(tmp_path / "old.db", 1).name, clock=clock)
    info = tracker.info()
    assert (tracker.database, info.state, info.schema) == (str(tmp_path / "old.db"), "older", 1)
    assert os.listdir(tmp_path) == ["old.db"]
    tracker.upgrade()
    info = tracker.info()
    assert (info.state, info.counts and info.counts.tasks) == ("current", 1)
    assert sorted(os.listdir(tmp_path)) == ["old.db", "old.db.schema-1"]


def test_tokens_are_created_listed_and_revoked(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        assert tracker.tokens() == []
        token, secret = tracker.create_token(name="laptop", good_for=timedelta(days=90))
        assert (token.user_id, token.name, token.expiry_time) == (42, "laptop", NOW + timedelta(days=90))
        assert secret.startswith("tasktimer_")
        other, _ = tracker.create_token(admin=True, user=7)
        assert (tracker.tokens(), tracker.tokens(user="all")) == ([token], [token, other])
        assert [ended.revoked_time for ended in tracker.revoke_tokens(token.id)] == [NOW]
        with pytest.raises(Conflict):
            tracker.revoke_tokens(other.id, token.id)
        assert tracker.tokens(user=7) == [other]
        with pytest.raises(NotFound):
            tracker.revoke_tokens(99)


def test_a_backup_goes_to_a_file_a_folder_or_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    tracker = open_tracker(tmp_path / "tasks.db", clock=clock)
    tracker.track("x")
    time = "2023-07-16T120000"
    for path, name in [
        (None, f"tasks-{time}.db"),
        (tmp_path / "copies", f"copies/tasks-{time}.db"),
        (f"{tmp_path}/copies/", f"copies/tasks-{time}-2.db"),
        (tmp_path / "copy.db", "copy.db"),
    ]:
        made = tracker.backup(path)
        assert (made.path, made.tasks, made.size) == (tmp_path / name, 1, (tmp_path / name).stat().st_size)
        assert open_tracker(made.path, clock=clock).running() == tracker.running()
    with pytest.raises(Conflict) as refusal:
        tracker.backup(tmp_path / "copy.db")
    assert refusal.value.code == "backup-exists"


def test_a_database_of_a_team_is_named_without_its_password() -> None:
    tracker = open_tracker("postgresql://ada:secret@db/work?password=secret", user=1, clock=clock)
    assert tracker.database == "postgresql://ada@db/work"


@pytest.mark.usefixtures("postgres_programs")
def test_a_database_is_backed_up_to_a_file_or_a_folder(postgres_url: str, tmp_path: Path) -> None:
    with open_tracker(postgres_url, user=1, clock=clock) as tracker:
        tracker.track("x")
        made = tracker.backup(tmp_path / "copy.dump")
        assert (made.path, made.tasks, made.size) == (tmp_path / "copy.dump", 1, made.path.stat().st_size)
        assert tracker.backup(tmp_path).path.suffix == ".dump"
        with pytest.raises(Conflict) as refusal:
            tracker.backup(tmp_path / "copy.dump")
        assert refusal.value.code == "backup-exists"


def test_a_filter_says_which_tasks_are_meant(database: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        tracker.track("plan", at=NOW - 4 * HOUR, until=NOW - 2 * HOUR, project="home", tags=["docs"])
        web = tracker.track("write", at=NOW - HOUR, project="acme/web", tags=["docs", "new"])
        tracker.track("call", at=NOW - HOUR, project="home")
        acme = Filter(project="acme")
        assert [entry.task for entry in tracker.times(wanted=acme).entries] == [web]
        assert tracker.times(wanted=Filter(tags=("docs",))).worked == 3 * HOUR
        assert [(usage.name, usage.count) for usage in tracker.projects(Filter(running=True))] == [
            ("acme/web", 1),
            ("home", 1),
        ]
        assert [(usage.name, usage.worked) for usage in tracker.tags(Filter(project="home"))] == [("docs", 2 * HOUR)]
        assert [task.id for task in tracker.stop(every=True, wanted=acme)] == [web.id]
        assert tracker.stop(every=True, wanted=acme) == []
        assert [task.description for task in tracker.running()] == ["call"]


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


def test_all_says_whose_tasks_are_meant_and_the_tracker_who_asks(tmp_path: Path, postgres_url: str) -> None:
    for database in (tmp_path / "tasks.db", postgres_url):
        with open_tracker(database, user=3, clock=clock) as tracker:
            for user in (7, 8):
                tracker.track("x", user=user)
            assert len(tracker.stop(every=True, user="all")) == 2
            assert [command.user_id for command in tracker.history(user="all")] == [7, 8, 3]
    with open_tracker(postgres_url, user="all", clock=clock) as tracker, pytest.raises(InvalidValue) as refusal:
        tracker.delete(1)
    assert refusal.value.code == "no-user"


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
        ("filter-without-every", lambda tracker: tracker.stop(wanted=Filter(project="acme"))),
        ("ids-and-all", lambda tracker: tracker.stop(1, every=True, wanted=Filter(project="acme"))),
        ("invalid-count", lambda tracker: tracker.undo(0)),
        ("invalid-limit", lambda tracker: tracker.history(limit=0)),
        ("invalid-project", lambda tracker: tracker.track("x", project="/")),
        ("invalid-tag", lambda tracker: tracker.track("x", tags=["a b"])),
        ("naive-time", lambda tracker: tracker.edit(1, start_time=datetime(2023, 7, 16))),  # noqa: DTZ001
        ("naive-time", lambda tracker: tracker.split(1, datetime(2023, 7, 16))),  # noqa: DTZ001
        ("naive-time", lambda tracker: tracker.find(between=(NOW, datetime(2023, 7, 16)))),  # noqa: DTZ001
        ("no-gap-and-at", lambda tracker: tracker.track("x", at=NOW, no_gap=True)),
        ("until-and-for", lambda tracker: tracker.track("x", at=NOW, until=NOW, duration=HOUR)),
        ("invalid-duration", lambda tracker: tracker.track("x", duration=-HOUR)),
        ("invalid-duration", lambda tracker: tracker.track("x", no_gap=True, duration=-HOUR)),
        ("invalid-duration", lambda tracker: tracker.track("x", no_gap=True, duration=timedelta.max)),
        ("invalid-duration", lambda tracker: tracker.track("x", duration=timedelta.max)),
        ("end-in-future", lambda tracker: tracker.track("x", at=NOW - HOUR, duration=2 * HOUR)),
        ("store-missing", lambda tracker: tracker.track("x", no_gap=True)),
        ("naive-time", lambda tracker: tracker.forget(datetime(2023, 7, 16))),  # noqa: DTZ001
        ("no-ids", lambda tracker: tracker.edit(note="x")),
        ("no-ids", lambda tracker: tracker.delete()),
        ("no-ids", lambda tracker: tracker.edit_all(note="x")),
        ("no-ids", lambda tracker: tracker.edit_all(Filter(), note="x", dry_run=True)),
        ("no-ids", lambda tracker: tracker.delete_all()),
        ("filter-and-every", lambda tracker: tracker.delete_all(Filter(running=True), every=True)),
        ("filter-and-every", lambda tracker: tracker.delete_all(span="today", every=True)),
        ("nothing-asked", lambda tracker: tracker.edit(1)),
        ("nothing-asked", lambda tracker: tracker.edit_all(span="today")),
        ("invalid-duration", lambda tracker: tracker.edit(1, end_time=NOW, duration=timedelta.max)),
        ("invalid-duration", lambda tracker: tracker.edit(1, duration=-HOUR)),
        ("naive-time", lambda tracker: tracker.edit_all(span="today", end_time=datetime(2023, 7, 16))),  # noqa: DTZ001
        ("blank-description", lambda tracker: tracker.edit_all(span="today", description=" ")),
        ("span-and-bounds", lambda tracker: tracker.delete_all(span="today", between=(NOW, NOW))),
        ("invalid-expiry", lambda tracker: tracker.create_token(good_for=-HOUR)),
        ("invalid-expiry", lambda tracker: tracker.create_token(good_for=timedelta.max)),
        ("invalid-name", lambda tracker: tracker.create_token(name=" ")),
        ("invalid-user", lambda tracker: tracker.create_token(user="all")),
        ("no-ids", lambda tracker: tracker.revoke_tokens()),
        ("invalid-id", lambda tracker: tracker.revoke_tokens(0)),
        ("invalid-path", lambda tracker: tracker.backup(" ")),
        ("invalid-path", lambda tracker: tracker.backup("a\0b")),
        ("store-missing", lambda tracker: tracker.backup()),
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
    def modules(script: str) -> set[str]:
        code = f"import sys\n{script}\nprint(*sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return set(done.stdout.split())

    used = modules("import tasktimer; tasktimer.open_tracker")
    assert not {"typer", "rich", "sqlalchemy", "pydantic", "json", "tomllib", "sqlite3"} & used
    started = modules("import tasktimer.cli.app")
    own = {name for name in used if name.startswith("tasktimer.")}
    assert {name for name in used - started - own if "." not in name} == set()
    assert len(used) < len(started)


def test_every_method_says_what_it_does_in_a_sentence() -> None:
    for name in dir(Tracker):
        if not name.startswith("_"):
            first = (getattr(Tracker, name).__doc__ or "").partition("\n")[0]
            assert first.endswith("."), name


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        (lambda tracker: tracker.track("x", tags="docs"), "invalid-tag"),
        (lambda tracker: tracker.edit(1, add_tags="docs"), "invalid-tag"),
        (lambda tracker: tracker.find(Filter(not_tags="docs")), "invalid-tag"),  # type: ignore[arg-type]
        (lambda tracker: tracker.track("x", at="9:00"), "invalid-time"),
        (lambda tracker: tracker.move(1, None), "invalid-time"),
        (lambda tracker: tracker.find(Filter(longer_than=timedelta.max)), "invalid-duration"),
        (lambda tracker: tracker.find(Filter(shorter_than=timedelta.min)), "invalid-duration"),
        (lambda tracker: tracker.join(1, 2, longest_gap=-HOUR), "invalid-duration"),
    ],
)
def test_what_no_type_checker_stopped_is_refused(database: str, verb: Callable[[Any], object], code: str) -> None:
    with open_tracker(database, user=42, clock=clock) as tracker:
        before = [tracker.track("a", tags=["docs"]), tracker.track("a")]
        with pytest.raises(InvalidValue) as refusal:
            verb(tracker)
        assert refusal.value.code == code
        assert tracker.find() == before
