"""The default user is looked up in the transaction of the command."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.conftest import NOW

from tasktimer.core.task import ALL_USERS, DEFAULT_USER, Actor
from tasktimer.errors import InvalidValue
from tasktimer.services.history import list_entries
from tasktimer.services.resume import resume, switch_back
from tasktimer.services.start import NewTask, start, switch, track
from tasktimer.services.stop import stop
from tasktimer.services.tokens import create_token
from tasktimer.services.undo import redo, undo
from tasktimer.store.factory import open_store
from tasktimer.store.protocols import Store
from tasktimer.store.statements import statistics, task_queries, task_writes

DEFAULT = Actor(DEFAULT_USER, DEFAULT_USER)


def test_users_have_a_task_an_entry_or_a_token(store: Store) -> None:
    with store.read() as connection:
        assert (task_queries.some_users(connection), statistics.users(connection)) == (set(), [])
    start(store, Actor(3, 5), NewTask("x"), now=NOW)
    create_token(store, Actor(9, 9), admin=False, name=None, expiry_time=None, now=NOW)
    with store.read() as connection:
        assert task_queries.some_users(connection) == {3, 5, 9}
        assert statistics.users(connection) == [3, 5, 9]


def test_default_user_is_only_user(store: Store) -> None:
    assert start(store, DEFAULT, NewTask("x"), now=NOW).user_id == 1
    (ended,), started = switch(store, DEFAULT, NewTask("y"), now=NOW)
    assert (ended.user_id, started.user_id) == (1, 1)
    assert [entry.user_id for entry in (*undo(store, DEFAULT, now=NOW), *redo(store, DEFAULT, now=NOW))] == [1, 1]
    start(store, Actor(2, 2), NewTask("z"), now=NOW)
    for service in (undo, redo):
        with pytest.raises(InvalidValue, match="several users: 1, 2"):
            service(store, DEFAULT, now=NOW)
    stop(store, Actor(DEFAULT_USER, ALL_USERS), [3], now=NOW)
    assert list_entries(store, Actor(None, ALL_USERS), limit=1)[0].user_id == 2


def test_default_user_tracks_resumes_and_switches_back(store: Store) -> None:
    ended = start(store, Actor(42, 42), NewTask("x", start_time=NOW, end_time=NOW), now=NOW)
    started = resume(store, DEFAULT, now=NOW)
    assert track(store, DEFAULT, NewTask("x"), unless_running=True, now=NOW) == ((), started, False)
    stopped, back = switch_back(store, DEFAULT, ended.id, now=NOW)
    assert ([task.id for task in stopped], back.user_id) == ([started.id], 42)
    others, last, _ = track(store, DEFAULT, NewTask("y"), exclusive=True, now=NOW)
    assert ([task.id for task in others], last.user_id) == ([back.id], 42)


def test_default_user_waits_for_first_command_of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tasks.db"
    with closing(open_store(path)) as first, closing(open_store(path)) as second, ThreadPoolExecutor() as pool:
        first.upgrade()
        is_waiting, write = Event(), second.write

        def begin(**options: Any) -> Any:
            is_waiting.set()
            return write(**options)

        monkeypatch.setattr(second, "write", begin)
        with first.write() as connection:
            task_writes.insert_task(connection, user_id=42, description="x", start_time=NOW, end_time=None)
            waiting = pool.submit(start, second, DEFAULT, NewTask("y"), now=NOW)
            assert is_waiting.wait(120)
            assert not waiting.done()
        assert waiting.result().user_id == 42
