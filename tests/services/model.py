"""What a tracker with unlimited undo amounts to: tasks in memory, and what was done to them."""

from copy import copy
from datetime import datetime, timedelta

from tests.expressions import is_found

from tasktimer.core.journal import Change, JournalEntry
from tasktimer.core.task import Task
from tasktimer.core.task_filter import TaskFilter
from tasktimer.services.edit import EditFields

States = dict[int, Task | None]
USERS = (1, 2)


class Refused(Exception):
    """The model says no."""


class Model:
    """The tasks, the journal, and for each user the numbers of the commands done, and of those taken back."""

    def __init__(self) -> None:
        self.tasks: States = {}  # of every id that was ever given; none: there is no task now
        self.journal: list[JournalEntry] = []  # their ids are their places, from 1
        self.undone: set[int] = set()
        self.done: dict[int, list[int]] = {user: [] for user in USERS}
        self.taken_back: dict[int, list[int]] = {user: [] for user in USERS}

    def copy(self) -> "Model":
        other = copy(self)
        other.tasks, other.journal, other.undone = self.tasks.copy(), self.journal.copy(), self.undone.copy()
        other.done = {user: numbers.copy() for user, numbers in self.done.items()}
        other.taken_back = {user: numbers.copy() for user, numbers in self.taken_back.items()}
        return other

    def do(self, name: str, user: int, after: States, now: datetime) -> None:
        changes = [Change(task_id, self.tasks.get(task_id), task) for task_id, task in sorted(after.items())]
        self.done[user].append(self._put(name, user, changes, now))
        self.taken_back[user] = []

    def undo(self, user: int, now: datetime) -> None:
        number = self._last(self.done[user])
        changes = [Change(change.task_id, change.after, change.before) for change in self.journal[number - 1].changes]
        self._put("undo", user, changes, now, reverted_entry_id=number)
        self.taken_back[user].append(number)
        self.undone.add(number)

    def redo(self, user: int, now: datetime) -> None:
        number = self._last(self.taken_back[user])
        self._put("redo", user, self.journal[number - 1].changes, now, reverted_entry_id=number)
        self.done[user].append(number)
        self.undone.remove(number)

    def commands(self) -> list[JournalEntry]:
        return [command._replace(undone=command.id in self.undone) for command in self.journal]

    def found(self, task_filter: TaskFilter, now: datetime) -> list[Task]:
        """The tasks that a filter leaves, by start, then id."""
        tasks = [task for task in self.tasks.values() if task and is_found(task, task_filter, now)]
        return sorted(tasks, key=lambda task: (task.start_time, task.id))

    def _last(self, numbers: list[int]) -> int:
        if not numbers:
            raise Refused
        return numbers.pop()

    def _put(
        self,
        name: str,
        user: int,
        changes: list[Change] | tuple[Change, ...],
        now: datetime,
        reverted_entry_id: int | None = None,
    ) -> int:
        if any(self.tasks.get(change.task_id) != change.before for change in changes):
            raise Refused
        self.tasks |= {change.task_id: change.after for change in changes}
        number = len(self.journal) + 1
        self.journal.append(JournalEntry(number, user, name, now, False, reverted_entry_id, tuple(changes)))
        return number


def edited(tasks: list[Task], asked: EditFields) -> States:
    """What an edit comes to, of what the steps ask for."""
    if any(tag not in task.tags for task in tasks for tag in asked.get("remove_tags", ())):
        raise Refused
    return {task.id: edited_one(task, asked) for task in tasks}


def edited_where_possible(tasks: list[Task], asked: EditFields) -> States:
    """What an edit of all that a filter leaves comes to: a tag is removed where it is."""
    if tasks and set(asked.get("remove_tags", ())) - {tag for task in tasks for tag in task.tags}:
        raise Refused
    return {task.id: edited_one(task, asked) for task in tasks}


def edited_one(task: Task, asked: EditFields) -> Task:
    tags = [tag for tag in {*task.tags, *asked.get("add_tags", ())} if tag not in asked.get("remove_tags", ())]
    changed = task._replace(tags=tuple(sorted(tags)), description=asked.get("description", task.description))
    if "project" in asked:
        changed = changed._replace(project=asked["project"])
    if "end_time" in asked:
        changed = changed._replace(end_time=None)
    if "duration" in asked:
        changed = changed._replace(end_time=task.start_time + asked["duration"])
    return changed


def joined(first: Task, second: Task, *, max_gap: timedelta) -> Task:
    """The one task that two become, the earlier one first."""
    if (first.user_id, first.description) != (second.user_id, second.description):
        raise Refused
    if len({first.project, second.project} - {None}) == 2:
        raise Refused
    if first.end_time is not None and second.start_time - first.end_time > max_gap:
        raise Refused
    running = first.end_time is None or second.end_time is None
    return first._replace(
        end_time=None if running else max(first.end_time, second.end_time),  # type: ignore[type-var]
        tags=tuple(sorted(set(first.tags + second.tags))),
        project=first.project or second.project,
    )


def renamed(task: Task, kind: str, old: str, new: str) -> Task:
    """A task that has the project or the tag, under its new name."""
    if kind == "tag":
        return task._replace(tags=tuple(sorted({new if tag == old else tag for tag in task.tags})))
    levels = (task.project or "").split("/")[old.count("/") + 1 :]
    return task._replace(project="/".join([new, *levels]))


def ended(tasks: list[Task], now: datetime) -> States:
    return {task.id: task._replace(end_time=now) for task in tasks}


def gone(tasks: list[Task]) -> States:
    return {task.id: None for task in tasks}
