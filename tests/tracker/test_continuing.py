"""The verbs that start a task from what was tracked before, on both engines."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import NOW

from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.errors import Conflict, EndBeforeStart, InTheFuture, InvalidValue, NotFound, StoreMissing, TaskNotFound
from tasktimer.store import Store
from tasktimer.store.sqlite import SqliteStore
from tasktimer.tracker.command import command
from tasktimer.tracker.continuing import covering, resume, switch, track_on
from tasktimer.tracker.looking import running, show, status
from tasktimer.tracker.tracking import stop, track
from tasktimer.tracker.undoing import past, redo, undo

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def start(store: Store, *, hours_ago: float = 1, user_id: int = 1) -> Task:
    return track(store, user_id=user_id, description="write", start_time=NOW - hours_ago * HOUR, now=NOW)


def record(store: Store, start_ago: float, end_ago: float, user_id: int = 1) -> Task:
    ends = (NOW - start_ago * HOUR, NOW - end_ago * HOUR)
    return track(store, user_id=user_id, description="past", start_time=ends[0], end_time=ends[1], now=NOW)


def unchanged(store: Store, tasks: list[Task]) -> bool:
    """Whether these are all the tasks of the journal, and as they were."""
    return [show(store, task.id) for task in tasks] == tasks and len(past(store, user_id=None, limit=99)) == len(tasks)


def test_switch_ends_all_that_runs_and_starts_another_at_one_instant(store: Store) -> None:
    first, theirs, second = start(store, hours_ago=2), start(store, user_id=2), start(store, hours_ago=3)
    now = NOW + 7 * MICROSECOND
    ended, task = switch(
        store, user_id=1, description="review", project="acme", tags=["b", "a"], note="for the guide", now=now
    )
    assert [(found.id, found.end_time) for found in ended] == [(second.id, now), (first.id, now)]
    assert task == Task(task.id, 1, "review", now.astimezone(UTC), None, "acme", ("a", "b"), "for the guide")
    assert task.start_time.tzinfo is UTC
    assert running(store, user_id=None) == [theirs, task]


def test_switch_is_one_command_that_undo_takes_back_whole(store: Store) -> None:
    before = start(store)
    (ended,), task = switch(store, user_id=1, description="review", by=7, now=NOW)
    assert [(given.user_id, given.name) for given in past(store, user_id=7, limit=9)] == [(7, "switch")]
    undo(store, by=7, now=NOW)
    assert running(store, user_id=None) == [before]
    with pytest.raises(TaskNotFound):
        show(store, task.id)
    redo(store, by=7, now=NOW)
    assert (show(store, before.id), running(store, user_id=None)) == (ended, [task])


def test_switch_where_nothing_runs_just_starts(store: Store) -> None:
    record(store, 3, 2)
    ended, task = switch(store, user_id=1, description="review", start_time=NOW - HOUR, now=NOW)
    assert (ended, task.start_time, running(store, user_id=1)) == ([], NOW - HOUR, [task])


def test_switch_makes_the_file(tmp_path: Path) -> None:
    assert switch(SqliteStore(tmp_path / "tasks.db"), user_id=1, description="review", now=NOW)[1].id == 1


@pytest.mark.parametrize(
    ("description", "start_time", "refusal"),
    [
        ("review", NOW - 2 * HOUR, Conflict),  # one of the two started since
        ("review", NOW + MICROSECOND, InTheFuture),
        (" ", NOW, InvalidValue),
    ],
)
def test_a_switch_that_cannot_be_changes_nothing(
    store: Store, description: str, start_time: datetime, refusal: type[Exception]
) -> None:
    tasks = [start(store, hours_ago=3), start(store, hours_ago=1)]
    with pytest.raises(refusal):
        switch(store, user_id=1, description=description, start_time=start_time, now=NOW)
    assert unchanged(store, tasks)


def test_switch_at_the_start_of_what_runs_leaves_it_empty(store: Store) -> None:
    task = start(store)
    (ended,), _ = switch(store, user_id=1, description="review", start_time=NOW - HOUR, now=NOW)
    assert ended.end_time == task.start_time


def test_switch_follows_a_task_that_started_while_it_waited(store: Store) -> None:
    task = start(store, hours_ago=0)
    (ended,), new = switch(store, user_id=1, description="review", now=NOW - SECOND)
    assert ended.end_time == new.start_time == task.start_time


def test_switch_is_refused_where_the_clock_was_set_back(store: Store) -> None:
    """The new task would start an hour from now."""
    task = start(store, hours_ago=0)
    with pytest.raises(Conflict, match="task 1, which is running, starts only at 2023-07-16 12:00:00") as refusal:
        switch(store, user_id=1, description="review", now=NOW - HOUR)
    assert refusal.value.code == "switch-before-start"
    assert refusal.value.hint == "it is later than that? then correct the clock, or first tasktimer cancel 1"
    assert unchanged(store, [task])


@pytest.mark.parametrize("runs", [True, False])
def test_of_many_who_switch_at_once_one_task_runs(store: Store, runs: bool) -> None:
    with ThreadPoolExecutor(4) as pool:
        first = start(store)
        if not runs:
            stop(store, [first.id], end_time=first.start_time, now=NOW)

        def one(number: int) -> Task:
            return switch(store, user_id=1, description=f"{number}", now=NOW + number * MICROSECOND)[1]

        tasks = list(pool.map(one, range(20)))
        (last,) = running(store, user_id=1)
        ends = [show(store, task.id).end_time for task in tasks]
        # Each ended where another one started.
        assert sorted(end for end in ends if end) == sorted(task.start_time for task in tasks)[1:]
        assert last.start_time == max(task.start_time for task in tasks)


def test_of_many_who_record_what_they_did_since_none_overlap(store: Store) -> None:
    record(store, 10, 9)
    with ThreadPoolExecutor(4) as pool:
        tasks = list(
            pool.map(
                lambda number: track_on(store, user_id=1, description=f"{number}", duration=HOUR / 20, now=NOW),
                range(20),
            )
        )
    starts = sorted(task.start_time for task in tasks)
    assert starts == [NOW - 9 * HOUR + number * HOUR / 20 for number in range(20)]


def test_resume_starts_a_task_like_the_last_one(store: Store) -> None:
    last = track(
        store,
        user_id=1,
        description="write",
        start_time=NOW - 2 * HOUR,
        end_time=NOW - HOUR,
        project="acme",
        tags=["docs"],
        note="stays there",
        now=NOW,
    )
    record(store, 5, 0)  # ended later, started earlier
    record(store, 0.5, 0, user_id=2)
    task = resume(store, None, user_id=1, by=7, now=NOW)
    assert task == Task(task.id, 1, "write", NOW.astimezone(UTC), None, "acme", ("docs",), None)
    assert show(store, last.id) == last
    assert past(store, user_id=7, limit=1)[0].name == "resume"
    undo(store, by=7, now=NOW)
    assert running(store, user_id=None) == []


def test_of_two_that_started_at_once_the_later_id_is_resumed(store: Store) -> None:
    ends = {"start_time": NOW - HOUR, "end_time": NOW, "now": NOW}
    for text in ("first", "second"):
        track(store, user_id=1, description=text, **ends)  # type: ignore[arg-type]
    assert resume(store, None, user_id=1, now=NOW).description == "second"


def test_resume_takes_an_id_and_a_start(store: Store) -> None:
    earlier = track(store, user_id=2, description="theirs", start_time=NOW - 9 * HOUR, end_time=NOW, now=NOW)
    record(store, 2, 1)
    task = resume(store, earlier.id, user_id=1, start_time=NOW - HOUR, now=NOW)
    assert (task.description, task.user_id, task.start_time) == ("theirs", 1, NOW - HOUR)


def test_what_runs_is_not_resumed_but_an_earlier_one_may_be(store: Store) -> None:
    ended, task = record(store, 3, 2), start(store)
    for task_id in (None, task.id):
        with pytest.raises(Conflict, match="task 2 is already running, since 2023-07-16 11:00:00") as refusal:
            resume(store, task_id, user_id=1, now=NOW)
        assert refusal.value.code == "already-running"
    assert unchanged(store, [ended, task])
    assert resume(store, ended.id, user_id=1, now=NOW).description == "past"
    assert resume(store, task.id, user_id=2, now=NOW).user_id == 2  # one's own: the other's goes on


def test_where_nothing_was_tracked_nothing_is_resumed(store: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    task = start(store, user_id=2)
    with pytest.raises(NotFound, match="user 1 has tracked nothing yet"):
        resume(store, None, user_id=1, now=NOW)
    with pytest.raises(TaskNotFound):
        resume(store, 99, user_id=1, now=NOW)
    with pytest.raises(InTheFuture):
        resume(store, task.id, user_id=1, start_time=NOW + MICROSECOND, now=NOW)
    assert unchanged(store, [task])
    missing = SqliteStore(tmp_path_factory.mktemp("none") / "tasks.db")
    with pytest.raises(StoreMissing):
        resume(missing, None, user_id=1, now=NOW)
    with pytest.raises(TaskNotFound):
        resume(missing, 7, user_id=1, now=NOW)
    assert not missing.path.exists()


def test_track_on_starts_where_the_last_task_ended(store: Store) -> None:
    record(store, 3, 2)
    record(store, 99, 1)  # the long one ended last
    record(store, 1, 0, user_id=2)
    start(store, hours_ago=2.5)
    task = track_on(store, user_id=1, description="email", project="acme", tags=["a"], note="n", by=7, now=NOW)
    assert task == Task(task.id, 1, "email", (NOW - HOUR).astimezone(UTC), None, "acme", ("a",), "n")
    assert past(store, user_id=7, limit=1)[0].name == "track"


def test_track_on_records_a_finished_task(store: Store) -> None:
    record(store, 3, 2)
    first = track_on(store, user_id=1, description="email", end_time=NOW - 1.5 * HOUR, now=NOW)
    second = track_on(store, user_id=1, description="call", duration=0.5 * HOUR, now=NOW)
    assert [(task.start_time, task.end_time) for task in (first, second)] == [
        (NOW - 2 * HOUR, NOW - 1.5 * HOUR),
        (NOW - 1.5 * HOUR, NOW - HOUR),
    ]
    assert first.end_time is not None
    assert first.end_time.tzinfo is UTC


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"description": " "}, InvalidValue),
        ({"tags": ["a b"]}, InvalidValue),
        ({"user_id": 2}, NotFound),  # whose only task runs
        ({"end_time": NOW + MICROSECOND}, InTheFuture),
        ({"duration": 2 * HOUR + MICROSECOND}, InTheFuture),
        ({"end_time": NOW - 3 * HOUR}, EndBeforeStart),
        ({"now": NOW - 2 * HOUR - MICROSECOND}, Conflict),  # the clock was set back
    ],
)
def test_what_cannot_follow_is_refused(store: Store, values: dict[str, object], refusal: type[Exception]) -> None:
    tasks = [record(store, 3, 2), start(store, user_id=2)]
    with pytest.raises(refusal):
        track_on(store, **{"user_id": 1, "description": "email", "now": NOW, **values})  # type: ignore[arg-type]
    assert unchanged(store, tasks)


def test_a_last_end_in_the_future_is_told(store: Store) -> None:
    record(store, 3, 0)
    with pytest.raises(Conflict) as refusal:
        track_on(store, user_id=1, description="email", now=NOW - HOUR)
    assert refusal.value.what == "task 1, the last one, ends in the future: 2023-07-16 12:00:00+02:00"
    assert refusal.value.hint == "it is 2023-07-16 11:00:00+02:00 now; say when it started: --at"


def test_nothing_follows_where_nothing_was_tracked(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "tasks.db")
    with pytest.raises(StoreMissing):
        track_on(store, user_id=1, description="email", now=NOW)
    assert not store.path.exists()


Record = Callable[[Store], Task]


@pytest.mark.parametrize(
    ("other", "covers"),
    [
        (lambda store: record(store, 3, 1), True),
        (lambda store: record(store, 99, 1), True),
        (lambda store: start(store, hours_ago=3), True),
        (lambda store: start(store, hours_ago=2), True),
        (lambda store: start(store, hours_ago=99), True),
        (lambda store: record(store, 2, 1), True),
        (lambda store: record(store, 3, 2), False),  # it ended just then
        (lambda store: record(store, 2, 2), False),  # it takes no time
        (lambda store: record(store, 1, 0), False),
        (lambda store: start(store, hours_ago=1), False),
        (lambda store: record(store, 3, 1, user_id=2), False),
    ],
)
def test_the_tasks_that_cover_a_start_are_found(store: Store, other: Record, covers: bool) -> None:
    found, task = other(store), start(store, hours_ago=2)
    assert covering(store, task, now=NOW) == ([found] if covers else [])


def test_status_is_what_runs_and_the_day_at_one_moment(store: Store) -> None:
    day_start = NOW.replace(hour=0)
    ended, theirs = record(store, 13, 11), start(store, hours_ago=2, user_id=2)
    late, early = start(store), start(store, hours_ago=30)
    day = Window(day_start, day_start + 24 * HOUR)
    tasks, today = status(store, day, user_id=1, now=NOW)
    assert tasks == [early, late]
    assert [(entry.task, entry.time_spent) for entry in today.entries] == [
        (early, 12 * HOUR),
        (ended, HOUR),
        (late, HOUR),
    ]
    assert status(store, day, user_id=None, now=NOW)[0] == [early, theirs, late]
    stop(store, [early.id, late.id], now=NOW)
    assert status(store, day, user_id=1, now=NOW)[0] == []


def test_a_running_task_that_starts_tomorrow_is_seen(store: Store) -> None:
    """The clock was set back by a day."""
    with command(store, "track", by=1, now=NOW) as made:
        task = made.add(user_id=1, description="x", start_time=(NOW + 24 * HOUR).astimezone(UTC), end_time=None)
    tasks, today = status(store, Window(NOW - HOUR, NOW + HOUR), user_id=None, now=NOW)
    assert (tasks, today.worked) == ([task], timedelta())
