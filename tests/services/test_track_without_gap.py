"""Tracking from the end of the last task, on both engines."""

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import NOW
from tests.services.test_switch import HOUR, SECOND, record, start, unchanged

from tasktimer.cli.hints import hint_for
from tasktimer.core.task import Actor, Task
from tasktimer.errors import Conflict, EndBeforeStart, InvalidValue, NotFound, StoreMissing, TimeInFuture
from tasktimer.services.history import list_entries
from tasktimer.services.start import NewTask
from tasktimer.services.start import start as start_task
from tasktimer.store.protocols import Store
from tasktimer.store.sqlite.store import SqliteStore


def test_track_without_gap_starts_at_last_end(store: Store) -> None:
    record(store, 3, 2)
    record(store, 99, 1)  # the long one ended last
    record(store, 1, 0, user_id=2)
    start(store, hours_ago=2.5)
    task = start_task(store, Actor(7, 1), NewTask("email", project="acme", tags=["a"], note="n", no_gap=True), now=NOW)
    assert task == Task(task.id, 1, "email", (NOW - HOUR).astimezone(UTC), None, "acme", ("a",), "n")
    assert list_entries(store, Actor(7, 7), limit=1)[0].name == "track"


def test_track_without_gap_records_finished_task(store: Store) -> None:
    record(store, 3, 2)
    first = start_task(store, Actor(1, 1), NewTask("email", end_time=NOW - 1.5 * HOUR, no_gap=True), now=NOW)
    second = start_task(store, Actor(1, 1), NewTask("call", duration=0.5 * HOUR, no_gap=True), now=NOW)
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
        ({"end_time": NOW + SECOND}, TimeInFuture),
        ({"duration": 2 * HOUR + SECOND}, TimeInFuture),
        ({"end_time": NOW - 3 * HOUR}, EndBeforeStart),
        ({"now": NOW - 2 * HOUR - SECOND}, Conflict),  # the clock was set back
    ],
)
def test_impossible_track_without_gap_fails(store: Store, values: dict[str, Any], refusal: type[Exception]) -> None:
    tasks = [record(store, 3, 2), start(store, user_id=2)]
    with pytest.raises(refusal):
        fields = {"description": "email", "no_gap": True, "user_id": 1, "now": NOW, **values}
        user_id, now = fields.pop("user_id"), fields.pop("now")
        start_task(store, Actor(user_id, user_id), NewTask(**fields), now=now)
    assert unchanged(store, tasks)


def test_last_end_in_future_fails(store: Store) -> None:
    record(store, 3, 0)
    with pytest.raises(Conflict) as refusal:
        start_task(store, Actor(1, 1), NewTask("email", no_gap=True), now=NOW - HOUR)
    assert refusal.value.message == "the last task (1) ends in the future: 12:00"
    assert hint_for(refusal.value) == "set the start with --start; it is 11:00 now"


def test_track_without_gap_without_store_fails(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "tasks.db")
    with pytest.raises(StoreMissing):
        start_task(store, Actor(1, 1), NewTask("email", no_gap=True), now=NOW)
    assert not store.path.exists()
