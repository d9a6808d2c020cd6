"""Correcting tasks and names."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypedDict, Unpack, cast

from tasktimer.api.looking import Looking
from tasktimer.api.session import Time, User, checked_id, checked_ids, to_instant
from tasktimer.core.task import Task
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.errors import InvalidValue
from tasktimer.services import bulk, labels, split_join
from tasktimer.services import edit as edit_service


class EditFields(TypedDict, total=False):
    """What `edit` and `edit_all` change; what is left out stays as it is."""

    start_time: Time
    end_time: Time | None  # None: the task runs again
    duration: timedelta
    description: str
    project: str | None
    note: str | None
    add_tags: Sequence[str]
    remove_tags: Sequence[str]


class Repairing(Looking):
    """The methods that correct what is there, each as one command of the journal."""

    def edit(self, *ids: int, user: User | None = None, **asked: Unpack[EditFields]) -> list[Task]:
        """Correct these tasks, all or none; gives them as they are now.

        What can be asked is what `EditFields` names: start_time, end_time (None: it runs again),
        duration, description, project, note, add_tags and remove_tags.

        Raises:
            InvalidValue: a value cannot be one, they contradict each other, or a time has no zone.
            NotFound: there is no such task, or it has not the tag that is to be removed.
            Conflict: a start or an end lies after now, or an end before a start.
        """
        numbers = checked_ids(ids)
        owner, by = self._owner_of_ids(user), self._author(user)
        pairs = edit_service.edit(self._store, numbers, _in_utc("edit", asked), owner=owner, by=by, now=self.now())
        return [after for _, after in pairs]

    def move(self, task_id: int, start_time: Time, *, user: User | None = None) -> Task:
        """Let a task start at another time and keep its length; a running one runs on.

        Raises:
            TaskNotFound, TaskOfOtherUser: there is no such task.
            Conflict: the start, or the end, would lie after now.
        """
        instant = to_instant(start_time)
        owner, by = self._owner_of_ids(user), self._author(user)
        return edit_service.move(self._store, checked_id(task_id), instant, owner=owner, by=by, now=self.now())[1]

    def split(self, task_id: int, at: Time, *, user: User | None = None) -> tuple[Task, Task]:
        """Make two tasks of one, at a time inside it; the first keeps the id.

        Raises:
            TaskNotFound, TaskOfOtherUser: there is no such task.
            Conflict: the time does not lie inside it.
        """
        owner, by = self._owner_of_ids(user), self._author(user)
        return split_join.split(self._store, checked_id(task_id), to_instant(at), owner=owner, by=by, now=self.now())

    def join(
        self, first: int, second: int, *, max_gap: timedelta = split_join.NO_GAP, user: User | None = None
    ) -> Task:
        """Make one task of two of one user and description, from the first start to the last end; gives it.

        It keeps the earlier of the ids.

        Raises:
            InvalidValue: they are one task, their notes together are too long, or the gap is negative.
            TaskNotFound, TaskOfOtherUser: there is no such task.
            Conflict: they are not alike, or more time lies between them than the longest gap.
        """
        ids = checked_id(first), checked_id(second)
        owner, by = self._owner_of_ids(user), self._author(user)
        return split_join.join(self._store, ids, max_gap=max_gap, owner=owner, by=by, now=self.now())[2]

    def delete(self, *ids: int, user: User | None = None) -> list[Task]:
        """Delete these tasks, all or none; undo brings them back.

        Raises:
            TaskNotFound, TaskOfOtherUser: there is no such task.
        """
        numbers = checked_ids(ids)
        owner, by = self._owner_of_ids(user), self._author(user)
        return edit_service.delete(self._store, numbers, owner=owner, by=by, now=self.now())

    def edit_all(
        self,
        task_filter: TaskFilter = NO_FILTER,
        *,
        span: str | None = None,
        between: tuple[Time, Time] | None = None,
        all_tasks: bool = False,
        dry_run: bool = False,
        user: User | None = None,
        **asked: Unpack[EditFields],
    ) -> list[Task]:
        """Correct the tasks that `find` gives for this, all or none; gives those that are different now, as they are.

        With `dry_run` nothing is changed. To mean all tasks, pass `all_tasks=True`.

        Raises:
            InvalidValue: a value cannot be one, or it is not said which tasks are meant.
            NotFound: none of them has a tag that is to be removed.
            Conflict: a start or an end lies after now, an end before a start, or somebody changed a task meanwhile.
        """
        edit = _in_utc("edit_all", asked)
        tasks = self._chosen(task_filter, span, between, all_tasks=all_tasks, user=user)
        found = bulk.select_edited(tasks, edit, are_named=False, now=self.now())
        return self._apply("edit", found, user, dry_run=dry_run)

    def delete_all(
        self,
        task_filter: TaskFilter = NO_FILTER,
        *,
        span: str | None = None,
        between: tuple[Time, Time] | None = None,
        all_tasks: bool = False,
        dry_run: bool = False,
        user: User | None = None,
    ) -> list[Task]:
        """Delete the tasks that `find` gives for this, all or none; undo brings them back.

        With `dry_run` nothing is deleted. To mean all tasks, pass `all_tasks=True`.

        Raises:
            InvalidValue: a value cannot be one, or it is not said which tasks are meant.
            Conflict: somebody changed a task meanwhile.
        """
        tasks = self._chosen(task_filter, span, between, all_tasks=all_tasks, user=user)
        return self._apply("delete", bulk.select_deleted(tasks), user, dry_run=dry_run)

    def rename_project(self, old: str, new: str, *, user: User | None = None) -> int:
        """Give a project, with the levels below it, another name; gives in how many tasks.

        Raises:
            InvalidValue: a name cannot be one.
            NotFound: no task has it.
        """
        whose, by = self._whose(user), self._author(user)
        return labels.rename_project(self._store, old, new, user_id=whose, by=by, now=self.now())

    def rename_tag(self, old: str, new: str, *, user: User | None = None) -> int:
        """Give a tag another name; gives in how many tasks.

        Raises:
            InvalidValue: a name cannot be one.
            NotFound: no task has it.
        """
        whose, by = self._whose(user), self._author(user)
        return labels.rename_tag(self._store, old, new, user_id=whose, by=by, now=self.now())

    def _chosen(
        self,
        task_filter: TaskFilter,
        span: str | None,
        between: tuple[Time, Time] | None,
        *,
        all_tasks: bool,
        user: User | None,
    ) -> list[Task]:
        is_said = task_filter != NO_FILTER or span is not None or between is not None
        if is_said and all_tasks:
            raise InvalidValue("filter-and-all", "all_tasks and a filter are both given", "give one of them")
        if not is_said and not all_tasks:
            raise InvalidValue(
                "no-ids", "it is not said which tasks are meant", "give a filter, a span, or all_tasks=True"
            )
        return self.find(task_filter, span=span, between=between, user=user)

    def _apply(self, name: str, found: bulk.Selection, user: User | None, *, dry_run: bool) -> list[Task]:
        by = self._author(user)
        if not found or dry_run:
            return list(bulk.previewed_tasks(self._store, found))
        number = bulk.apply_changes(self._store, name, found, by=by, now=self.now())
        return list(bulk.changed_tasks(self._store, number, found))


def _in_utc(method: str, asked: EditFields) -> edit_service.Edit:
    """What is asked to be different, its times in UTC."""
    # Python takes any name for **asked: a mistyped one must not be passed over.
    if unknown := asked.keys() - edit_service.Edit.__annotations__.keys():
        raise TypeError(f"{method}() got an unexpected keyword argument '{min(unknown)}'")
    if not asked:
        raise InvalidValue(
            "nothing-asked", "it is not said what is to be different", "give description=, start_time= ..."
        )
    times: edit_service.Edit = {}
    if "start_time" in asked:
        times["start_time"] = to_instant(asked["start_time"])
    if "end_time" in asked:
        times["end_time"] = None if asked["end_time"] is None else to_instant(asked["end_time"])
    return cast("edit_service.Edit", {**asked, **times})
