"""A verb that other commands overtake begins again, and nobody notices."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
from tests.conftest import NOW

from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.errors import ConcurrentUpdate
from tasktimer.services import adjust, bulk, edit, history, labels, resume, split_join, start, stop, undo
from tasktimer.services.queries import get_task
from tasktimer.services.start import NewTask
from tasktimer.store.protocols import Connection, Store

BEFORE = NOW - timedelta(hours=2)


class Contended:
    """A store whose transactions are given up so many times, at their end, for those of others."""

    def __init__(self, store: Store, times: int) -> None:
        self._store = store
        self.left = times

    def read(self) -> AbstractContextManager[Connection]:
        return self._store.read()

    @contextmanager
    def write(self, *, create: bool = False) -> Iterator[Connection]:
        with self._store.write(create=create) as connection:
            yield connection
            if self.left:
                self.left -= 1
                raise ConcurrentUpdate


def apply(store: Store) -> None:
    bulk.apply_changes(
        store, Actor(1, ALL_USERS), "delete", bulk.select_deleted([get_task(store, Actor(None, ALL_USERS), 1)]), now=NOW
    )


VERBS: dict[str, Callable[[Store], object]] = {
    "track": lambda store: start.start(store, Actor(1, 1), NewTask("write", start_time=NOW), now=NOW),
    "track --no-gap": lambda store: start.start(store, Actor(1, 1), NewTask("write", no_gap=True), now=NOW),
    "track --adjust": lambda store: adjust.track_adjusting(
        store, Actor(1, 1), NewTask("write", start_time=NOW), removable=(), now=NOW
    ),
    "edit --adjust": lambda store: adjust.edit_adjusting(
        store, Actor(1, ALL_USERS), [1], {"note": "x"}, removable=None, now=NOW
    ),
    "move --adjust": lambda store: adjust.move_adjusting(
        store, Actor(1, ALL_USERS), 1, BEFORE - timedelta(hours=1), removable=None, now=NOW
    ),
    "switch": lambda store: start.switch(store, Actor(1, 1), NewTask("write"), now=NOW),
    "switch -": lambda store: resume.switch_back(store, Actor(1, 1), now=NOW),
    "resume": lambda store: resume.resume(store, Actor(1, 1), 1, now=NOW),
    "stop": lambda store: stop.stop(store, Actor(1, ALL_USERS), [3], now=NOW),
    "stop --all": lambda store: stop.stop(store, Actor(1, 1), all_running=True, now=NOW),
    "cancel": lambda store: stop.cancel(store, Actor(1, ALL_USERS), [3], now=NOW),
    "cancel what runs": lambda store: stop.cancel(store, Actor(1, 1), now=NOW),
    "edit": lambda store: edit.edit(store, Actor(1, ALL_USERS), [1, 2], {"note": "x"}, now=NOW),
    "move": lambda store: edit.move(store, Actor(1, ALL_USERS), 1, BEFORE - timedelta(hours=1), now=NOW),
    "delete": lambda store: edit.delete(store, Actor(1, ALL_USERS), [1, 2], now=NOW),
    "bulk": apply,
    "split": lambda store: split_join.split(store, Actor(1, ALL_USERS), 1, BEFORE + timedelta(minutes=1), now=NOW),
    "join": lambda store: split_join.join(store, Actor(1, ALL_USERS), (1, 2), max_gap=timedelta(hours=1), now=NOW),
    "rename project": lambda store: labels.rename_project(store, Actor(1, 1), "acme", "other", now=NOW),
    "rename tag": lambda store: labels.rename_tag(store, Actor(1, 1), "docs", "other", now=NOW),
    "undo": lambda store: undo.undo(store, Actor(1, 1), now=NOW),
    "undo --command": lambda store: undo.undo_entry(store, Actor(1, 1), 1, now=NOW),
    "redo": lambda store: undo.redo(store, Actor(1, 1), now=NOW),
    "history --prune": lambda store: history.prune_history(store, Actor(1, 1), NOW + timedelta(days=1)),
}


def fill(store: Store) -> None:
    """Two tasks that ended, one that runs, and a command that was taken back."""
    for hours in (2, 1):
        start.start(
            store,
            Actor(1, 1),
            NewTask(
                "write",
                project="acme",
                tags=["docs"],
                start_time=NOW - timedelta(hours=hours),
                end_time=NOW - timedelta(hours=hours) + timedelta(minutes=30),
            ),
            now=NOW,
        )
    start.start(store, Actor(1, 1), NewTask("call", start_time=NOW - timedelta(minutes=5)), now=NOW)
    edit.edit(store, Actor(1, ALL_USERS), [2], {"note": "y"}, now=NOW)
    undo.undo(store, Actor(1, 1), now=NOW)


def everything(store: Store) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    with store.read() as connection:
        tasks = connection.execute(
            "SELECT id, description, start_time, end_time, tags, note FROM tasks ORDER BY id", {}
        )
        done = connection.execute("SELECT user_id, name, undone FROM commands ORDER BY id", {})
        return list(tasks), list(done)


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_conflicting_service_is_retried_and_applied_once(store: Store, verb: Callable[[Store], object]) -> None:
    fill(store)
    before = everything(store)
    contended = Contended(store, 2)
    verb(contended)
    assert contended.left == 0
    tasks, done = everything(store)
    assert (tasks, done) != before
    assert len(done) in (0, len(before[1]) + 1)  # pruned, or one command more
