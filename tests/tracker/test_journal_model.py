"""Whatever is done, taken back and done again: the store holds what a model in memory holds."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import NOW

from tasktimer.core.task import Task
from tasktimer.errors import Conflict, NotFound
from tasktimer.store import Store, queries
from tasktimer.tracker.cancelling import cancel
from tasktimer.tracker.continuing import resume, switch, track_on
from tasktimer.tracker.tracking import stop, track
from tasktimer.tracker.undoing import redo, undo

States = dict[int, Task | None]
USERS = (1, 2)


class Refused(Exception):
    """The model says no."""


class Model:
    """What a tracker with unlimited undo amounts to: tasks, and for each user what was done and what taken back."""

    def __init__(self) -> None:
        self.tasks: States = {}  # of every id that was ever given; none: there is no task now
        self.done: dict[int, list[tuple[States, States]]] = {user: [] for user in USERS}
        self.taken_back: dict[int, list[tuple[States, States]]] = {user: [] for user in USERS}

    def do(self, user: int, after: States) -> None:
        self.done[user].append(({task_id: self.tasks.get(task_id) for task_id in after}, after))
        self.taken_back[user] = []
        self.tasks.update(after)

    def undo(self, user: int) -> None:
        before, after = self._last(self.done[user])
        self._turn(after, before)
        self.taken_back[user].append((before, after))

    def redo(self, user: int) -> None:
        before, after = self._last(self.taken_back[user])
        self._turn(before, after)
        self.done[user].append((before, after))

    def _last(self, stack: list[tuple[States, States]]) -> tuple[States, States]:
        if not stack:
            raise Refused
        return stack.pop()

    def _turn(self, now: States, then: States) -> None:
        if any(self.tasks[task_id] != task for task_id, task in now.items()):
            raise Refused
        self.tasks.update(then)


class Script:
    """Runs each step on the store and on the model, which must agree on whether it is refused."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.model = Model()

    def run(self, name: str, user: int, what: Any, now: datetime) -> None:
        before = deepcopy(self.model)
        step = getattr(self, name)
        try:
            step(user, what, now)
        except Refused:
            self.model = before

    def track(self, user: int, owner: int, now: datetime) -> None:
        task = track(self.store, user_id=owner, description="write", start_time=now, tags=["a"], by=user, now=now)
        assert task.id not in self.model.tasks
        self.model.do(user, {task.id: task})

    def stop(self, user: int, places: set[int], now: datetime) -> None:
        ids = [task_id for place, task_id in enumerate(self.model.tasks) if place in places]
        if not ids:
            return
        tasks = [self.model.tasks[task_id] for task_id in ids]
        if all(task is not None and task.running for task in tasks):
            self.model.do(user, {task.id: replace(task, end_time=now) for task in tasks if task})
            assert [task.id for task in stop(self.store, ids, by=user, now=now)] == ids
            return
        self._refuse(lambda: stop(self.store, ids, by=user, now=now))

    def switch(self, user: int, owner: int, now: datetime) -> None:
        before = self._mine(owner, running=True)
        ended, task = switch(self.store, user_id=owner, description="next", by=user, now=now)
        assert {found.id: found for found in ended} == {found.id: replace(found, end_time=now) for found in before}
        self.model.do(user, {**{found.id: found for found in ended}, task.id: task})

    def cancel(self, user: int, places: set[int], now: datetime) -> None:
        ids = [task_id for place, task_id in enumerate(self.model.tasks) if place in places]
        if not ids:
            return
        if all(task is not None and task.running for task in map(self.model.tasks.get, ids)):
            assert cancel(self.store, ids, by=user, now=now) == [self.model.tasks[task_id] for task_id in ids]
            self.model.do(user, dict.fromkeys(ids))
            return
        self._refuse(lambda: cancel(self.store, ids, by=user, now=now))

    def resume(self, user: int, owner: int, now: datetime) -> None:
        last = max(self._mine(owner), key=lambda task: (task.start_time, task.id), default=None)
        if last is None or last.running:
            self._refuse(lambda: resume(self.store, None, user_id=owner, by=user, now=now))
            return
        task = resume(self.store, None, user_id=owner, by=user, now=now)
        assert task == replace(last, id=task.id, start_time=now, end_time=None)
        self.model.do(user, {task.id: task})

    def track_on(self, user: int, owner: int, now: datetime) -> None:
        def verb() -> Task:
            return track_on(self.store, user_id=owner, description="more", duration=timedelta(), by=user, now=now)

        ends = [task.end_time for task in self._mine(owner) if task.end_time]
        if not ends:
            self._refuse(verb)
            return
        task = verb()
        assert task == Task(task.id, owner, "more", max(ends), max(ends))
        self.model.do(user, {task.id: task})

    def _mine(self, user: int, *, running: bool = False) -> list[Task]:
        tasks = self.model.tasks.values()
        return [task for task in tasks if task and task.user_id == user and (task.running or not running)]

    def _refuse(self, verb: Callable[[], object]) -> None:
        try:
            verb()
        except (Conflict, NotFound):
            raise Refused from None
        raise AssertionError

    def undo(self, user: int, count: int, now: datetime) -> None:
        self._reverse(undo, self.model.undo, user, count, now)

    def redo(self, user: int, count: int, now: datetime) -> None:
        self._reverse(redo, self.model.redo, user, count, now)

    def _reverse(self, verb: Any, model: Any, user: int, count: int, now: datetime) -> None:
        refused = False
        try:
            assert len(verb(self.store, by=user, count=count, now=now)) == count
        except Conflict:
            refused = True
        try:
            for _ in range(count):
                model(user)
        except Refused:
            assert refused
            raise
        assert not refused


users = st.sampled_from(USERS)
steps = st.one_of(
    st.tuples(st.sampled_from(["track", "switch", "resume", "track_on"]), users, users),
    st.tuples(st.sampled_from(["stop", "cancel"]), users, st.sets(st.integers(0, 5), min_size=1, max_size=3)),
    st.tuples(st.sampled_from(["undo", "redo"]), users, st.integers(1, 3)),
)


def forget_all(store: Store) -> None:
    with store.write() as connection:
        for table in ("changes", "commands", "task_tags", "tasks"):
            list(connection.execute(f"DELETE FROM {table} RETURNING 1", {}))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, max_size=30))
def test_the_store_holds_what_the_model_holds(store: Store, script: list[tuple[str, int, Any]]) -> None:
    forget_all(store)
    run = Script(store)
    for number, (name, user, what) in enumerate(script):
        run.run(name, user, what, (NOW + timedelta(minutes=number)).astimezone(UTC))
        with store.read() as connection:
            rows = connection.execute(queries.SELECT_TASK.replace("WHERE id = :id", ""), {})
            found = {row[0]: queries.to_task(tuple(row)) for row in rows}
        assert found == {task_id: task for task_id, task in run.model.tasks.items() if task}
