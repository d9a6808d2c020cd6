"""A script of steps that run on the store and on the model, which must agree on what comes of each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.services.model import Model, Refused, States

from tasktimer.core.journal import JournalEntry
from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.errors import TasktimerError
from tasktimer.services.history import list_entries
from tasktimer.store.protocols import Store

MOST_AT_ONCE = 6  # commands; no step gives more


class Script:
    """Runs steps; each is a method."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.model = Model()
        self._new_id = 0
        self._numbers: dict[int, int] = {}  # by the ids of commands, their places in the journal

    def run(self, step: str, user: int, message: Any, now: datetime) -> None:
        before = self.model.copy()
        try:
            getattr(self, step)(user, message, now)
        except Refused:
            self.model = before

    def check_last_commands(self) -> None:
        found = list_entries(self.store, Actor(None, ALL_USERS), limit=MOST_AT_ONCE)
        for command in found:
            if command.id not in self._numbers:
                assert command.id > max(self._numbers, default=0)
                self._numbers[command.id] = len(self._numbers) + 1
        assert self._numbered(found) == self.model.commands()[-MOST_AT_ONCE:]

    def check_journal(self) -> None:
        """Hold the whole of it, that of each user and that of each task against the model's."""
        commands = self.model.commands()
        assert self._numbered(list_entries(self.store, Actor(None, ALL_USERS), limit=999)) == commands
        for user in self.model.done:
            found = list_entries(self.store, Actor(user, user), limit=999)
            assert self._numbered(found) == [command for command in commands if command.user_id == user]
        for task_id in self.model.tasks:
            found = list_entries(self.store, Actor(None, ALL_USERS), task_id, limit=999)
            about = [command for command in commands if task_id in {change.task_id for change in command.changes}]
            assert self._numbered(found) == about

    def _numbered(self, commands: list[JournalEntry]) -> list[JournalEntry]:
        numbers = self._numbers
        return [
            command._replace(
                id=numbers[command.id],
                reverted_entry_id=command.reverted_entry_id and numbers[command.reverted_entry_id],
            )
            for command in commands
        ]

    def _change(
        self, name: str, user: int, given: Callable[[], States], expected: Callable[[], States], now: datetime
    ) -> None:
        after = self._compare(given, expected)
        changed = {task_id: task for task_id, task in after.items() if self.model.tasks.get(task_id) != task}
        if changed:  # a command that changes nothing is none
            self.model.do(name, user, changed, now)

    def _compare(self, given: Callable[[], States], expected: Callable[[], States]) -> States:
        """Let the store do it, and hold what it gives against what the model expects."""
        try:
            after = given()
        except TasktimerError:
            after = None
        # An id that a command drew which was refused then is not used again.
        self._new_id = max(set(after or ()) - set(self.model.tasks), default=0)
        try:
            assert after == expected()
        except Refused:
            assert after is None
            raise
        return after or {}

    def _new(self) -> int:
        """The id of the task that the store has just made."""
        return self._new_id

    def _ids(self, places: set[int]) -> list[int]:
        """Ids of tasks that are there, or were once; an unknown one where there was none."""
        known = [*self.model.tasks] or [10**9]
        return sorted({known[-1 - place % len(known)] for place in places})

    def _there(self, ids: list[int]) -> list[Task]:
        tasks = [self.model.tasks.get(task_id) for task_id in ids]
        if None in tasks:
            raise Refused
        return [task for task in tasks if task]

    def _running(self, ids: list[int]) -> list[Task]:
        tasks = self._there(ids)
        if not all(task.running for task in tasks):
            raise Refused
        return tasks

    def _tasks_of(self, user: int | None, *, running: bool = False) -> list[Task]:
        tasks = [task for task in self.model.tasks.values() if task and user in (None, task.user_id)]
        return [task for task in tasks if task.running or not running]

    def _only_running(self, user: int | None) -> list[Task]:
        tasks = self._tasks_of(user, running=True)
        if len(tasks) != 1:
            raise Refused
        return tasks
