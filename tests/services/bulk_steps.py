"""The verbs about many tasks at once, each as a step of a script."""

from datetime import datetime

from tests.services.model import Refused, States, edited_where_possible, renamed
from tests.services.script import Script

from tasktimer.core.task import ALL_USERS, Actor, Task
from tasktimer.core.task_filter import TaskFilter
from tasktimer.services import bulk, labels, queries
from tasktimer.services.edit import EditFields
from tasktimer.store.protocols import Store


class BulkSteps(Script):
    """What may happen to the tasks that a filter leaves."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.shown: tuple[str, bulk.Selection] = ("delete", bulk.select_deleted([]))

    def edit_many(self, user: int, message: tuple[TaskFilter, EditFields], now: datetime) -> None:
        tasks = self._look(message[0], now)

        def given() -> States:
            found = bulk.select_edited(tasks, message[1], by_id=False, now=now)
            assert found.is_complete
            assert all(before != after for before, after in found.first)
            self.shown = ("edit", found)
            return {**{task.id: task for task in tasks}, **{before.id: after for before, after in found.first}}

        self.shown = ("edit", bulk.select_deleted([]))
        self._compare(given, lambda: edited_where_possible(tasks, message[1]))
        self.apply_again(user, None, now)

    def delete_many(self, user: int, task_filter: TaskFilter, now: datetime) -> None:
        self.shown = ("delete", bulk.select_deleted(self._look(task_filter, now)))
        self.apply_again(user, None, now)

    def apply_again(self, user: int, _: None, now: datetime) -> None:
        """Do what was shown last, whatever has happened since."""
        name, found = self.shown
        pairs = found.first
        if not pairs:
            return

        def given() -> States:
            bulk.apply_changes(self.store, Actor(user, ALL_USERS), name, found, now=now)
            return {before.id: after for before, after in pairs}

        def expected() -> States:
            if any(self.model.tasks.get(before.id) != before for before, _ in pairs):
                raise Refused
            return {before.id: after for before, after in pairs}

        self._change(name, user, given, expected, now)

    def _look(self, task_filter: TaskFilter, now: datetime) -> list[Task]:
        tasks = queries.list_tasks(self.store, Actor(None, ALL_USERS), task_filter, window=None, now=now)
        assert tasks == self.model.found(task_filter, now)
        return tasks

    def rename(self, user: int, message: tuple[str, str, str, int | None], now: datetime) -> None:
        kind, old, new, owner = message
        verb = labels.rename_project if kind == "project" else labels.rename_tag
        task_filter = TaskFilter(project=old) if kind == "project" else TaskFilter(tags=(old,))
        found = [task for task in self.model.found(task_filter, now) if owner in (None, task.user_id)]
        after: States = {task.id: renamed(task, kind, old, new) for task in found}

        def given() -> States:
            count = verb(self.store, Actor(user, owner or ALL_USERS), old, new, now=now).changed
            assert count == sum(after[task.id] != task for task in found)
            return after

        def expected() -> States:
            if not found:
                raise Refused
            return after

        self._change(f"rename {kind}", user, given, expected, now)
