"""Correcting tasks and names."""

from datetime import datetime, timedelta
from typing import Unpack

from tasktimer.api.session import Session, User, checked_id, checked_ids, to_instant
from tasktimer.core.task import Task
from tasktimer.tracker import editing, joining, naming


class Repairing(Session):
    """The methods that correct what is there, each as one command of the journal."""

    def edit(self, *ids: int, user: User | None = None, **asked: Unpack[editing.Edit]) -> list[Task]:
        """Correct these tasks, all or none; gives them as they are now.

        What can be asked is what `tasktimer.tracker.editing.Edit` names: start_time, end_time (None: it runs again),
        duration, description, project, note, add_tags and remove_tags.

        Raises:
            InvalidValue: a value cannot be one, they contradict each other, or a time has no zone.
            NotFound: there is no such task, or it has not the tag that is to be removed.
            Conflict: a start or an end lies after now, or an end before a start.
        """
        if unknown := asked.keys() - editing.Edit.__annotations__.keys():
            raise TypeError(f"edit() got an unexpected keyword argument '{min(unknown)}'")
        if "start_time" in asked:
            asked["start_time"] = to_instant(asked["start_time"])
        if (end_time := asked.get("end_time")) is not None:
            asked["end_time"] = to_instant(end_time)
        numbers = checked_ids(ids)
        owner, by = self._owner_of_ids(user), self._author(user)
        pairs = editing.edit(self._store, numbers, asked, owner=owner, by=by, now=self.now())
        return [after for _, after in pairs]

    def move(self, task_id: int, start_time: datetime, *, user: User | None = None) -> Task:
        """Let a task start at another time and keep its length; a running one runs on.

        Raises:
            TaskNotFound, TaskOfOtherUser: there is no such task.
            Conflict: the start, or the end, would lie after now.
        """
        instant = to_instant(start_time)
        owner, by = self._owner_of_ids(user), self._author(user)
        return editing.move(self._store, checked_id(task_id), instant, owner=owner, by=by, now=self.now())[1]

    def split(self, task_id: int, at: datetime, *, user: User | None = None) -> tuple[Task, Task]:
        """Make two tasks of one, at a time inside it; the first keeps the id.

        Raises:
            TaskNotFound, TaskOfOtherUser: there is no such task.
            Conflict: the time does not lie inside it.
        """
        owner, by = self._owner_of_ids(user), self._author(user)
        return joining.split(self._store, checked_id(task_id), to_instant(at), owner=owner, by=by, now=self.now())

    def join(
        self, first: int, second: int, *, longest_gap: timedelta = joining.NO_GAP, user: User | None = None
    ) -> Task:
        """Make one task of two of one user and description, from the first start to the last end; gives it.

        Raises:
            InvalidValue: they are one task, or their notes together are too long.
            TaskNotFound, TaskOfOtherUser: there is no such task.
            Conflict: they are not alike, or more time lies between them than the longest gap.
        """
        ids = checked_id(first), checked_id(second)
        owner, by = self._owner_of_ids(user), self._author(user)
        return joining.join(self._store, ids, longest_gap=longest_gap, owner=owner, by=by, now=self.now())[2]

    def delete(self, *ids: int, user: User | None = None) -> list[Task]:
        """Delete these tasks, all or none; undo brings them back.

        Raises:
            TaskNotFound, TaskOfOtherUser: there is no such task.
        """
        numbers = checked_ids(ids)
        owner, by = self._owner_of_ids(user), self._author(user)
        return editing.delete(self._store, numbers, owner=owner, by=by, now=self.now())

    def rename_project(self, old: str, new: str, *, user: User | None = None) -> int:
        """Give a project, with the levels below it, another name; gives in how many tasks.

        Raises:
            InvalidValue: a name cannot be one.
            NotFound: no task has it.
        """
        whose, by = self._whose(user), self._author(user)
        return naming.rename_project(self._store, old, new, user_id=whose, by=by, now=self.now())

    def rename_tag(self, old: str, new: str, *, user: User | None = None) -> int:
        """Give a tag another name; gives in how many tasks.

        Raises:
            InvalidValue: a name cannot be one.
            NotFound: no task has it.
        """
        whose, by = self._whose(user), self._author(user)
        return naming.rename_tag(self._store, old, new, user_id=whose, by=by, now=self.now())
