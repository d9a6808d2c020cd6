"""The verbs, each as a step of a script."""

from datetime import datetime, timedelta
from typing import Any

from tests.services.bulk_steps import BulkSteps
from tests.services.model import Refused, States, edited, ended, gone, joined

from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.errors import Conflict
from tasktimer.services.edit import EditFields, delete, edit, move
from tasktimer.services.resume import resume
from tasktimer.services.split_join import join, split
from tasktimer.services.start import NewTask, switch
from tasktimer.services.start import start as start_task
from tasktimer.services.stop import cancel, stop
from tasktimer.services.undo import redo, undo

MINUTE = timedelta(minutes=1)


class Steps(BulkSteps):
    """What may happen to a tracker."""

    def track(self, user: int, message: tuple[int, str | None], now: datetime) -> None:
        owner, project = message

        def given() -> States:
            task = start_task(
                self.store, Actor(user, owner), NewTask("write", project=project, tags=["a"], start_time=now), now=now
            )
            return {task.id: task}

        def expected() -> States:
            return {self._new(): Task(self._new(), owner, "write", now, None, project, ("a",))}

        self._change("track", user, given, expected, now)

    def track_on(self, user: int, owner: int, now: datetime) -> None:
        def given() -> States:
            task = start_task(
                self.store, Actor(user, owner), NewTask("more", duration=timedelta(), no_gap=True), now=now
            )
            return {task.id: task}

        def expected() -> States:
            ends = [task.end_time for task in self._tasks_of(owner) if task.end_time]
            if not ends:
                raise Refused
            return {self._new(): Task(self._new(), owner, "more", max(ends), max(ends))}

        self._change("track", user, given, expected, now)

    def switch(self, user: int, owner: int, now: datetime) -> None:
        def given() -> States:
            tasks, task = switch(self.store, Actor(user, owner), NewTask("next"), now=now)
            return {**{found.id: found for found in tasks}, task.id: task}

        def expected() -> States:
            before = ended(self._tasks_of(owner, running=True), now)
            return {**before, self._new(): Task(self._new(), owner, "next", now, None)}

        self._change("switch", user, given, expected, now)

    def resume(self, user: int, owner: int, now: datetime) -> None:
        def given() -> States:
            task = resume(self.store, Actor(user, owner), None, now=now)
            return {task.id: task}

        def expected() -> States:
            last = self._last_stopped(owner)
            if last is None or last.running:
                raise Refused
            return {self._new(): last._replace(id=self._new(), start_time=now, end_time=None)}

        self._change("resume", user, given, expected, now)

    def stop(self, user: int, places: set[int], now: datetime) -> None:
        ids = self._ids(places)

        def given() -> States:
            return {task.id: task for task in stop(self.store, Actor(user, ALL_USERS), ids, now=now)}

        self._change("stop", user, given, lambda: ended(self._running(ids), now), now)

    def stop_running(self, user: int, message: tuple[int | None, bool], now: datetime) -> None:
        owner, all_running = message

        def given() -> States:
            tasks = stop(self.store, Actor(user, owner or ALL_USERS), all_running=all_running, now=now)
            return {task.id: task for task in tasks}

        def expected() -> States:
            return ended(self._tasks_of(owner, running=True) if all_running else self._only_running(owner), now)

        self._change("stop", user, given, expected, now)

    def cancel(self, user: int, places: set[int], now: datetime) -> None:
        ids = self._ids(places)

        def given() -> States:
            return gone(cancel(self.store, Actor(user, ALL_USERS), ids, now=now))

        self._change("cancel", user, given, lambda: gone(self._running(ids)), now)

    def cancel_running(self, user: int, owner: int | None, now: datetime) -> None:
        def given() -> States:
            return gone(cancel(self.store, Actor(user, owner or ALL_USERS), now=now))

        self._change("cancel", user, given, lambda: gone(self._only_running(owner)), now)

    def edit(self, user: int, message: tuple[set[int], EditFields], now: datetime) -> None:
        ids, asked = self._ids(message[0]), message[1]

        def given() -> States:
            return {after.id: after for _, after in edit(self.store, Actor(user, ALL_USERS), ids, asked, now=now)}

        self._change("edit", user, given, lambda: edited(self._there(ids), asked), now)

    def move(self, user: int, message: tuple[int, int], now: datetime) -> None:
        (task_id,), start_time = self._ids({message[0]}), now - message[1] * MINUTE

        def expected() -> States:
            (task,) = self._there([task_id])
            end_time = task.end_time and start_time + (task.end_time - task.start_time)
            if end_time and end_time > now:
                raise Refused
            return {task_id: task._replace(start_time=start_time, end_time=end_time)}

        def given() -> States:
            return {task_id: move(self.store, Actor(user, ALL_USERS), task_id, start_time, now=now)[1]}

        self._change("move", user, given, expected, now)

    def delete(self, user: int, places: set[int], now: datetime) -> None:
        ids = self._ids(places)

        def given() -> States:
            return gone(delete(self.store, Actor(user, ALL_USERS), ids, now=now))

        self._change("delete", user, given, lambda: gone(self._there(ids)), now)

    def split(self, user: int, message: tuple[int, int], now: datetime) -> None:
        (task_id,), at = self._ids({message[0]}), now - message[1] * MINUTE

        def expected() -> States:
            (task,) = self._there([task_id])
            if not task.start_time < at < (task.end_time or now + MINUTE):
                raise Refused
            return {
                task_id: task._replace(end_time=at),
                self._new(): task._replace(id=self._new(), start_time=at),
            }

        def given() -> States:
            return {task.id: task for task in split(self.store, Actor(user, ALL_USERS), task_id, at, now=now)}

        self._change("split", user, given, expected, now)

    def join(self, user: int, message: tuple[int, int, int], now: datetime) -> None:
        ids, max_gap = self._ids({message[0], message[1]}), message[2] * MINUTE
        if len(ids) != 2:
            return

        def given() -> States:
            *_, task = join(self.store, Actor(user, ALL_USERS), (ids[1], ids[0]), max_gap=max_gap, now=now)
            return {ids[0]: task, ids[1]: None}

        def expected() -> States:
            earlier, later = sorted(self._there(ids), key=lambda task: (task.start_time, task.id))
            task = joined(earlier, later, max_gap=max_gap)._replace(id=ids[0])
            return {ids[0]: task, ids[1]: None}

        self._change("join", user, given, expected, now)

    def undo(self, user: int, count: int, now: datetime) -> None:
        self._reverse(undo, self.model.undo, user, count, now)

    def redo(self, user: int, count: int, now: datetime) -> None:
        self._reverse(redo, self.model.redo, user, count, now)

    def there_and_back(self, user: int, count: int, now: datetime) -> None:
        self.undo(user, count, now)
        self.redo(user, count, now)

    def _last_stopped(self, owner: int) -> Task | None:
        """The task that ended last, or the one that started since, where it runs."""
        tasks = self._tasks_of(owner)
        last = max(tasks, key=lambda task: (task.start_time, task.id), default=None)
        ended = [(task.end_time, task.id, task) for task in tasks if task.end_time is not None]
        if last is None or not ended:
            return last
        end_time, _, task = max(ended, key=lambda found: found[:2])
        return last if last.running and last.start_time >= end_time else task

    def _reverse(self, verb: Any, model: Any, user: int, count: int, now: datetime) -> None:
        refused = False
        try:
            assert len(verb(self.store, Actor(user, user), count, now=now)) == count
        except Conflict:
            refused = True
        try:
            for _ in range(count):
                model(user, now)
        except Refused:
            assert refused
            raise
        assert not refused
