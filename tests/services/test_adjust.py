"""Tasks whose time is taken from others, which are cut, split or removed, on both engines."""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import NOW
from tests.postgres import wait_until_blocked

from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.core.task_filter import NO_FILTER
from tasktimer.errors import EndBeforeStart
from tasktimer.services.adjust import RemovalNotConfirmed, edit_adjusting, move_adjusting, track_adjusting
from tasktimer.services.edit import EditFields, edit
from tasktimer.services.history import list_entries
from tasktimer.services.queries import list_tasks
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.services.undo import redo, undo
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.sqlite.store import SqliteStore

HOUR = timedelta(hours=1)
USER = Actor(1, 1)
ANYONE = Actor(1, ALL_USERS)

Times = tuple[float, float | None]  # hours ago


def at(hours_ago: float) -> datetime:
    return (NOW - hours_ago * HOUR).astimezone(UTC)


def new(start: float, end: float | None, **labels: Any) -> NewTask:
    given: dict[str, Any] = {"description": "write"} | labels
    return NewTask(start_time=at(start), end_time=None if end is None else at(end), **given)


def add(store: Store, start: float, end: float | None, *, user_id: int = 1, **labels: Any) -> Task:
    return start_task(store, Actor(user_id, user_id), new(start, end, **labels), now=NOW)


def ago(instant: datetime | None) -> float | None:
    return None if instant is None else (NOW - instant) / HOUR


def stored(store: Store) -> dict[int, Times]:
    tasks = list_tasks(store, Actor(None, ALL_USERS), NO_FILTER, now=NOW)
    return {task.id: ((NOW - task.start_time) / HOUR, ago(task.end_time)) for task in tasks}


def track(store: Store, start: float, end: float | None) -> Task:
    return track_adjusting(store, USER, new(start, end, description="call"), removable=None, now=NOW)[0]


@pytest.mark.parametrize(
    ("other", "room", "expected"),
    [
        ((9, 6), (5, 4), {1: (9, 6), 2: (5, 4)}),
        ((6, 5), (5, 4), {1: (6, 5), 2: (5, 4)}),  # touches it
        ((4, 3), (5, 4), {1: (4, 3), 2: (5, 4)}),  # as above
        ((6, 4.5), (5, 4), {1: (6, 5), 2: (5, 4)}),
        ((4.5, 3), (5, 4), {1: (4, 3), 2: (5, 4)}),
        ((99, 3), (5, 4), {1: (99, 5), 2: (5, 4), 3: (4, 3)}),  # the earlier part keeps the ID
        ((5, 4), (5, 4), {2: (5, 4)}),
        ((4.75, 4.25), (5, 4), {2: (5, 4)}),
        ((4.5, 4.5), (5, 4), {1: (4.5, 4.5), 2: (5, 4)}),  # takes no time
        ((6, 3), (5, 5), {1: (6, 3), 2: (5, 5)}),  # as above
        ((6, None), (5, 4), {1: (4, None), 2: (5, 4), 3: (6, 5)}),  # the running part keeps the ID
        ((99, None), (1, 0), {1: (0, None), 2: (1, 0), 3: (99, 1)}),
        ((4.5, None), (5, 4), {1: (4, None), 2: (5, 4)}),
        ((4, None), (5, 4), {1: (4, None), 2: (5, 4)}),
        ((6, None), (5, None), {1: (6, 5), 2: (5, None)}),  # ended, as by switch
        ((6, None), (0, None), {1: (6, 0), 2: (0, None)}),
        ((4, None), (5, None), {2: (5, None)}),
        ((6, 4), (5, None), {1: (6, 5), 2: (5, None)}),
        ((4, 3), (5, None), {2: (5, None)}),
        ((6, 5), (5, None), {1: (6, 5), 2: (5, None)}),
    ],
)
def test_other_task_is_adjusted(store: Store, other: Times, room: Times, expected: dict[int, Times]) -> None:
    add(store, *other)
    assert track(store, *room).id == 2
    assert stored(store) == expected
    assert [entry.name for entry in list_entries(store, USER, limit=9)] == ["track", "track"]
    undo(store, USER, now=NOW)
    assert stored(store) == {1: other}
    redo(store, USER, now=NOW)
    assert stored(store) == expected


def test_changes_name_what_was_cut_split_and_removed(store: Store) -> None:
    first, second, third, fourth = add(store, 9, 6), add(store, 7, 2), add(store, 5, 4), add(store, 3, 2)
    task, _, changes = track_adjusting(store, USER, new(6.5, 2.5), removable=[third], now=NOW)
    assert [
        (change.task_id, change.before, ago(change.after.start_time) if change.after else None) for change in changes
    ] == [
        (first.id, first, 9),
        (second.id, second, 7),
        (task.id + 1, None, 2.5),
        (third.id, third, None),
        (fourth.id, fourth, 2.5),
    ]


def test_parts_keep_labels(store: Store) -> None:
    add(store, 9, 1, project="acme", tags=["docs"], note="invoice 7")
    track(store, 5, 4)
    parts = [
        task
        for task in list_tasks(store, USER, NO_FILTER, now=NOW)
        if (task.description, task.project, task.tags, task.note) == ("write", "acme", ("docs",), "invoice 7")
    ]
    assert [(ago(part.start_time), ago(part.end_time)) for part in parts] == [(9, 5), (4, 1)]


def test_tasks_of_other_users_stay(store: Store) -> None:
    other = add(store, 9, 1, user_id=2)
    track(store, 5, 4)
    assert stored(store)[other.id] == (9, 1)


def test_adjusting_creates_file(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "tasks.db")) as store:
        assert track(store, 2, 1).id == 1


@pytest.mark.parametrize("as_before", [True, False])
def test_removal_requires_tasks_as_confirmed(store: Store, as_before: bool) -> None:
    add(store, 6, 4.5)
    covered = add(store, 4.75, 4.25)
    with pytest.raises(RemovalNotConfirmed) as error:
        track_adjusting(store, USER, new(5, 4), removable=(), now=NOW)
    assert error.value.tasks == [covered]
    assert stored(store) == {1: (6, 4.5), 2: (4.75, 4.25)}
    if not as_before:
        edit(store, ANYONE, [covered.id], {"note": "important"}, now=NOW)
        with pytest.raises(RemovalNotConfirmed):
            track_adjusting(store, USER, new(5, 4), removable=error.value.tasks, now=NOW)
        return
    track_adjusting(store, USER, new(5, 4), removable=error.value.tasks, now=NOW)
    assert covered.id not in stored(store)


def test_edit_makes_room_for_its_times(store: Store) -> None:
    add(store, 9, 6)
    task = add(store, 6, 5)
    ((before, after),), changes = edit_adjusting(
        store, ANYONE, [task.id], {"start_time": at(7), "note": "x"}, removable=(), now=NOW
    )
    assert (before, after.note, [change.task_id for change in changes]) == (task, "x", [1])
    assert stored(store) == {1: (9, 7), 2: (7, 5)}
    undo(store, USER, now=NOW)
    assert stored(store) == {1: (9, 6), 2: (6, 5)}


def test_edit_without_change_makes_room(store: Store) -> None:
    add(store, 9, 5)
    task = add(store, 6, 5)
    edit_adjusting(store, ANYONE, [task.id], {}, removable=(), now=NOW)
    assert stored(store) == {1: (9, 6), 2: (6, 5)}
    assert [entry.name for entry in list_entries(store, USER, limit=1)] == ["edit"]


def test_edited_tasks_may_overlap_each_other(store: Store) -> None:
    add(store, 9, 1)
    ids = [add(store, 8, 6).id, add(store, 4, 3).id]
    edit_adjusting(store, ANYONE, ids, {"end_time": at(2)}, removable=(), now=NOW)
    assert stored(store) == {1: (9, 8), 2: (8, 2), 3: (4, 2), 4: (2, 1)}


def test_edit_cuts_tasks_of_owner(store: Store) -> None:
    for user_id in (1, 2):
        add(store, 9, 6, user_id=user_id)
    task = add(store, 6, 5, user_id=2)
    edit_adjusting(store, ANYONE, [task.id], {"start_time": at(7)}, removable=(), now=NOW)
    assert stored(store) == {1: (9, 6), 2: (9, 7), 3: (7, 5)}


def test_move_makes_room(store: Store) -> None:
    add(store, 9, 6)
    task = add(store, 2, 1)
    (_, after), changes = move_adjusting(store, ANYONE, task.id, at(8), removable=(), now=NOW)
    assert (ago(after.start_time), ago(after.end_time), [change.task_id for change in changes]) == (8, 7, [1, 3])
    assert stored(store) == {1: (9, 8), 2: (8, 7), 3: (7, 6)}


def test_failed_edit_adjusts_nothing(store: Store) -> None:
    add(store, 9, 5)
    task = add(store, 6, 5)
    with pytest.raises(EndBeforeStart):
        edit_adjusting(store, ANYONE, [task.id], {"end_time": at(7)}, removable=None, now=NOW)
    assert stored(store) == {1: (9, 5), 2: (6, 5)}


spans = st.tuples(st.integers(0, 9), st.integers(0, 4)).map(lambda ends: (ends[0] + ends[1], ends[0]))


def hours_of(spans: Collection[Times]) -> list[int]:
    """Return the hours that tasks take, counted back from now, each as often as a task takes it."""
    return sorted(hour for start, end in spans for hour in range(int(end or 0), int(start)))


@given(st.lists(spans, max_size=5), spans, st.booleans())
def test_room_is_free_and_no_other_time_is_lost(others: list[Times], room: Times, runs: bool) -> None:
    end = None if runs else room[1]
    with TemporaryDirectory() as folder, closing(SqliteStore(Path(folder, "tasks.db"))) as store:
        for other in others:
            add(store, *other)
        task = track(store, room[0], end)
        times = stored(store)
    assert times.pop(task.id) == (room[0], end)
    taken = hours_of([(room[0], end)])
    assert hours_of(times.values()) == [hour for hour in hours_of(others) if hour not in taken]


def overlap(store: Store) -> bool:
    tasks = sorted(list_tasks(store, USER, NO_FILTER, now=NOW), key=lambda task: task.start_time)
    return any(first.end_time is None or first.end_time > second.start_time for first, second in pairwise(tasks))


@pytest.mark.parametrize("ends", [True, False])
def test_concurrent_adjustments_leave_no_overlap(store: Store, ends: bool) -> None:
    add(store, 99, 50)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: track(store, 9 - number / 7, 3 - number / 7 if ends else None), range(20)))
    assert not overlap(store)


def test_concurrent_edits_leave_no_overlap(store: Store) -> None:
    tasks = [add(store, hour + 1, hour) for hour in range(20)]

    def lengthen(task: Task) -> None:
        times: EditFields = {"start_time": task.start_time, "duration": 1.5 * HOUR}
        edit_adjusting(store, ANYONE, [task.id], times, removable=(), now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lengthen, tasks[1:]))
    assert not overlap(store)
    assert len(stored(store)) == 20


class Paused:
    """A store whose transactions do something before their end."""

    def __init__(self, store: Store, happens: Callable[[], object]) -> None:
        self.read = store.read
        self._store = store
        self._happens = happens

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[Connection]:
        with self._store.write(create=create) as connection:
            yield connection
            self._happens()


@pytest.mark.parametrize("other", [(9, 1), (99, 98)])
def test_second_adjustment_waits_for_first(postgres_url: str, other: Times) -> None:
    with closing(PostgresStore(postgres_url)) as store, ThreadPoolExecutor(1) as pool:
        store.upgrade()
        add(store, *other)
        waiting: list[Future[Task]] = []

        def begin() -> None:
            waiting.append(pool.submit(track, store, 5, 3))
            wait_until_blocked(postgres_url)

        track(Paused(store, begin), 6, 4)
        waiting[0].result()
        assert not overlap(store)
        assert {(6, 5), (5, 3)} <= set(stored(store).values())
