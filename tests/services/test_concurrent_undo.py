"""Undo and redo beside other commands that come at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC
from functools import partial

import pytest
from tests.conftest import NOW, PATIENCE
from tests.postgres import wait_until_blocked
from tests.services.test_undo import start

from tasktimer.core.task import ALL_USERS, Actor
from tasktimer.errors import Conflict
from tasktimer.services.queries import running_tasks
from tasktimer.services.transaction import journaled, journaled_on_tasks
from tasktimer.services.undo import redo, undo
from tasktimer.store.postgres.store import PostgresStore
from tasktimer.store.statements import task_queries


@pytest.mark.parametrize("verb", [undo, redo])
def test_concurrent_undos_reverse_different_commands(postgres_url: str, verb: Callable[..., object]) -> None:
    with closing(PostgresStore(postgres_url)) as store, ThreadPoolExecutor(1) as pool:
        tasks = [start(store, text) for text in ("first", "second")]
        if verb is redo:
            undo(store, Actor(1, 1), 2, now=NOW)
        with store.write() as connection:
            marked = connection.execute(
                "UPDATE commands SET undone = 1 - undone WHERE id = :id", {"id": 2 if verb is undo else 1}
            )
            list(marked)
            second = pool.submit(partial(verb, store, Actor(1, 1), now=NOW))
            wait_until_blocked(postgres_url)  # to see what becomes of the first
        assert second.result()[0].id == (1 if verb is undo else 2)  # type: ignore[index]
        assert running_tasks(store, Actor(1, 1)) == [tasks[1]]


def test_undo_waits_for_concurrent_change(postgres_url: str) -> None:
    with closing(PostgresStore(postgres_url)) as store, ThreadPoolExecutor(1) as pool:
        task = start(store)
        with journaled(store, Actor(2, ALL_USERS), "stop", now=NOW) as made:
            made.change(made.lock_all([task.id])[0], end_time=NOW.astimezone(UTC))
            undone = pool.submit(undo, store, Actor(1, 1), now=NOW)
            wait_until_blocked(postgres_url)
        assert isinstance(undone.exception(), Conflict)
        with store.read() as connection:
            assert task_queries.get_task(connection, task.id).end_time == NOW.astimezone(UTC)


def test_changes_and_reversals_of_same_tasks_do_not_deadlock(postgres_url: str) -> None:
    """One user does and undoes, another edits the same tasks, in other orders: all locks are taken in one order."""
    with closing(PostgresStore(postgres_url)) as store:
        ids = [start(store, f"task {number}", 2).id for number in range(4)]  # which nobody takes back

        def edit(round_: int) -> None:
            order = ids if round_ % 2 else ids[::-1]
            with journaled_on_tasks(store, Actor(1, ALL_USERS), "edit", order, now=NOW) as (made, tasks):
                for task in tasks:
                    made.change(task, description=f"{round_}")

        def reverse(round_: int) -> None:
            with suppress(Conflict):
                (undo if round_ % 2 else redo)(store, Actor(1, 1), 1 + round_ % 2, now=NOW)

        with ThreadPoolExecutor(4) as pool:
            works = [pool.submit(work, round_) for round_ in range(40) for work in (edit, reverse)]
            for work in works:
                work.result(timeout=PATIENCE)
