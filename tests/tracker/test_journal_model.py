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
from tasktimer.errors import Conflict, NotFound, TasktimerError
from tasktimer.store import Store, mutations, queries
from tasktimer.tracker.cancelling import cancel
from tasktimer.tracker.continuing import resume, switch, track_on
from tasktimer.tracker.editing import Edit, delete, edit, move
from tasktimer.tracker.joining import join, split
from tasktimer.tracker.tracking import stop, track
from tasktimer.tracker.undoing import redo, undo

States = dict[int, Task | None]
USERS = (1, 2)
MINUTE = timedelta(minutes=1)


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

    def edit(self, user: int, what: tuple[set[int], Edit], now: datetime) -> None:
        places, asked = what
        ids = self._ids(places)
        self._change(user, lambda: expected_of_edit(self._there(ids), asked), lambda: self._edit(user, ids, asked, now))

    def _edit(self, user: int, ids: list[int], asked: Edit, now: datetime) -> States:
        return {after.id: after for _, after in edit(self.store, ids, asked, by=user, now=now)}

    def move(self, user: int, what: tuple[int, int], now: datetime) -> None:
        (task_id,), start_time = self._ids({what[0]}), now - what[1] * MINUTE

        def expected() -> States:
            (task,) = self._there([task_id])
            end_time = task.end_time and start_time + (task.end_time - task.start_time)
            if end_time and end_time > now:
                raise Refused
            return {task_id: replace(task, start_time=start_time, end_time=end_time)}

        self._change(user, expected, lambda: {task_id: move(self.store, task_id, start_time, by=user, now=now)[1]})

    def delete(self, user: int, places: set[int], now: datetime) -> None:
        ids = self._ids(places)

        def expected() -> States:
            return {task.id: None for task in self._there(ids)}

        self._change(user, expected, lambda: {task.id: None for task in delete(self.store, ids, by=user, now=now)})

    def split(self, user: int, what: tuple[int, int], now: datetime) -> None:
        (task_id,), at = self._ids({what[0]}), now - what[1] * MINUTE
        new = 0

        def expected() -> States:
            (task,) = self._there([task_id])
            if not task.start_time < at < (task.end_time or now + MINUTE):
                raise Refused
            return {task_id: replace(task, end_time=at), new: replace(task, id=new, start_time=at)}

        def given() -> States:
            nonlocal new
            first, second = split(self.store, task_id, at, by=user, now=now)
            assert second.id not in self.model.tasks
            new = second.id  # an id that a command drew which was refused then is not used again
            return {first.id: first, second.id: second}

        self._change(user, expected, given)

    def join(self, user: int, what: tuple[int, int, int], now: datetime) -> None:
        first, second, minutes = what
        ids = self._ids({first, second})
        if len(ids) != 2:
            return

        def expected() -> States:
            earlier, later = sorted(self._there(ids), key=lambda task: (task.start_time, task.id))
            return expected_of_join(earlier, later, longest_gap=minutes * MINUTE)

        def given() -> States:
            kept, gone, task = join(self.store, (ids[1], ids[0]), longest_gap=minutes * MINUTE, by=user, now=now)
            return {kept.id: task, gone.id: None}

        self._change(user, expected, given)

    def _ids(self, places: set[int]) -> list[int]:
        """Ids of tasks that are there, or were once; an unknown one where there was none."""
        known = [*self.model.tasks] or [10**9]
        return sorted({known[-1 - place % len(known)] for place in places})

    def _there(self, ids: list[int]) -> list[Task]:
        tasks = [self.model.tasks.get(task_id) for task_id in ids]
        if None in tasks:
            raise Refused
        return [task for task in tasks if task]

    def _change(self, user: int, expected: Callable[[], States], given: Callable[[], States]) -> None:
        """Let the store do it, and hold what it gives against what the model expects."""
        try:
            after = given()
        except TasktimerError:
            after = None
        try:
            assert after == expected()
        except Refused:
            assert after is None
            raise
        changed = {task_id: task for task_id, task in (after or {}).items() if self.model.tasks.get(task_id) != task}
        if changed:  # a command that changes nothing is none
            self.model.do(user, changed)

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


def expected_of_edit(tasks: list[Task], asked: Edit) -> States:
    """What an edit comes to, of what the strategy below asks for."""
    if any(tag not in task.tags for task in tasks for tag in asked.get("remove_tags", ())):
        raise Refused
    return {task.id: expected_of_one(task, asked) for task in tasks}


def expected_of_one(task: Task, asked: Edit) -> Task:
    tags = [tag for tag in {*task.tags, *asked.get("add_tags", ())} if tag not in asked.get("remove_tags", ())]
    changed = replace(task, tags=tuple(sorted(tags)), description=asked.get("description", task.description))
    if "project" in asked:
        changed = replace(changed, project=asked["project"])
    if "end_time" in asked:
        changed = replace(changed, end_time=None)
    if "duration" in asked:
        changed = replace(changed, end_time=task.start_time + asked["duration"])
    return changed


def expected_of_join(first: Task, second: Task, *, longest_gap: timedelta) -> States:
    if (first.user_id, first.description) != (second.user_id, second.description):
        raise Refused
    if len({first.project, second.project} - {None}) == 2:
        raise Refused
    if first.end_time is not None and second.start_time - first.end_time > longest_gap:
        raise Refused
    running = first.end_time is None or second.end_time is None
    united = replace(
        first,
        end_time=None if running else max(first.end_time, second.end_time),  # type: ignore[type-var]
        tags=tuple(sorted(set(first.tags + second.tags))),
        project=first.project or second.project,
    )
    return {first.id: united, second.id: None}


users = st.sampled_from(USERS)
places = st.integers(0, 5)
minutes = st.integers(0, 20)
edits = st.sampled_from(
    [
        Edit(description="call"),
        Edit(description="write"),
        Edit(project="acme"),
        Edit(project=None),
        Edit(add_tags=["b"]),
        Edit(remove_tags=["b"]),
        Edit(add_tags=["c"], remove_tags=["a"]),
        Edit(end_time=None),
        Edit(duration=timedelta()),
        Edit(duration=timedelta(seconds=1), project="acme"),
    ]
)
tracks = st.tuples(st.just("track"), users, st.sampled_from([1, 1, 1, 2]))
steps = st.one_of(
    tracks,
    st.tuples(st.sampled_from(["switch", "resume", "track_on"]), users, users),
    st.tuples(st.sampled_from(["stop", "cancel"]), users, st.sets(st.integers(0, 5), min_size=1, max_size=3)),
    st.tuples(st.just("edit"), users, st.tuples(st.sets(places, min_size=1, max_size=3), edits)),
    st.tuples(st.sampled_from(["move", "split"]), users, st.tuples(places, minutes)),
    st.tuples(st.just("join"), users, st.tuples(places, places, minutes)),
    st.tuples(st.just("delete"), users, st.sets(places, min_size=1, max_size=2)),
    st.tuples(st.sampled_from(["undo", "redo"]), users, st.integers(1, 3)),
)


def forget_all(store: Store) -> None:
    with store.write() as connection:
        for table in ("changes", "commands", "task_tags", "tasks"):
            list(connection.execute(f"DELETE FROM {table} RETURNING 1", {}))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(tracks, min_size=2, max_size=4), st.lists(steps, min_size=10, max_size=30))
def test_the_store_holds_what_the_model_holds(
    store: Store, tracked: list[tuple[str, int, Any]], script: list[tuple[str, int, Any]]
) -> None:
    forget_all(store)
    run = Script(store)
    for number, (name, user, what) in enumerate(tracked + script):
        run.run(name, user, what, (NOW + timedelta(minutes=number)).astimezone(UTC))
        with store.read() as connection:
            rows = connection.execute(queries.SELECT_TASK.replace("WHERE id = :id", ""), {})
            found = {row[0]: queries.to_task(tuple(row)) for row in rows}
            tags = set(connection.execute("SELECT task_id, user_id, tag FROM task_tags", {}))
            folded = dict(connection.execute("SELECT id, folded FROM tasks", {}))
        # What is searched is kept beside what is shown.
        assert tags == {(task.id, task.user_id, tag) for task in found.values() for tag in task.tags}
        assert folded == {task.id: mutations.folded(task.description, task.note) for task in found.values()}
        assert found == {task_id: task for task_id, task in run.model.tasks.items() if task}
