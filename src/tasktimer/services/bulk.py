"""The verbs that correct or delete many tasks at once, as they were shown to the one who asked for it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tasktimer.core.interval import Window
from tasktimer.core.task import Task
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import Conflict, NotFound, StoreMissing, TaskNotFound, quote_value
from tasktimer.services import batches
from tasktimer.services.edit import Edit, resolve_edit, validate_edit
from tasktimer.services.transaction import journaled, retry_on_conflict
from tasktimer.store import Store
from tasktimer.store.statements import journal, task_queries, task_writes
from tasktimer.store.statements.task_filter import iterate_tasks as find_tasks

TaskChange = tuple[Task, Task | None]  # as it is, and as it would be (None: deleted)
Change = Callable[[Task], Task | None]
Watch = Callable[[Task, Task], None]


class TaskChangedConcurrently(Conflict):
    """A task is not any more what was shown."""

    def __init__(self, task_id: int) -> None:
        message = f"task {task_id} has changed since it was looked at"
        super().__init__("changed-meanwhile", message, "nothing is done; look again")


class Selection:
    """Tasks that would be different, in the order in which they were found, and what would become of them.

    However many they are, only the first are in memory. Of each there are its id and a hash of all that it was, from
    which it is known whether it still is that.
    """

    def __init__(self, change: Change) -> None:
        from array import array  # for those who only import this module it would be one more

        self.change = change
        self.first: list[TaskChange] = []
        self.ids = array("q")
        self._hashes = array("q")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_whole(self) -> bool:
        """Whether all of them are in memory."""
        return len(self.first) == len(self.ids)

    def add(self, task: Task) -> Task | None:
        """Look at a task, which is one of them if it would be different; gives what it would be."""
        after = self.change(task)
        if after != task:
            self.ids.append(task.id)
            self._hashes.append(hash(task))
            if len(self.first) < batches.BATCH_SIZE:
                self.first.append((task, after))
        return after

    def batches(self) -> Iterator[dict[int, int]]:
        """The hash of each, by id, some at a time."""
        for start in range(0, len(self.ids), batches.BATCH_SIZE):
            some = slice(start, start + batches.BATCH_SIZE)
            yield dict(zip(self.ids[some], self._hashes[some], strict=True))


def iterate_tasks(
    store: Store, task_filter: TaskFilter, *, window: Window | None, user_id: int | None, now: datetime
) -> Iterator[Task]:
    """The tasks that a filter leaves, one by one, by start, then id; until all are read, no file can be written."""
    with store.read() as connection:
        yield from find_tasks(connection, task_filter, window=window, user_id=user_id, now=now)


def select_edited(
    tasks: Iterable[Task], asked: Edit, *, are_named: bool, now: datetime, watch: Watch = lambda _before, _after: None
) -> Selection:
    """Those of these tasks that an edit would change; `watch` sees each task as it is, and as it would be.

    Of tasks that are named each must have a tag that is to be removed, of those that a filter found one.

    Raises:
        InvalidValue: a value cannot be one, or they contradict each other.
        NotFound: no task has a tag that is to be removed.
        Conflict: a start or an end would lie after now, or an end before a start.
    """
    asked = validate_edit(asked)

    def change(task: Task) -> Task:
        return replace(task, **resolve_edit(task, asked if are_named else _for_one(task, asked), now))

    selection, had, are_any = Selection(change), set[str](), False
    for task in tasks:
        are_any = True
        had.update(task.tags)
        if (after := selection.add(task)) is not None:
            watch(task, after)
    if are_any and (missing := set(asked.get("remove_tags", ())) - had):
        hint = f"their tags are {' '.join(f'+{tag}' for tag in sorted(had))}" if had else "they have no tags"
        raise NotFound("tag-not-found", f"none of the tasks has the tag {quote_value(min(missing))}", hint)
    return selection


def select_deleted(tasks: Iterable[Task]) -> Selection:
    """All of these tasks, to be deleted."""
    selection = Selection(lambda _: None)
    for task in tasks:
        selection.add(task)
    return selection


@retry_on_conflict
def apply_changes(store: Store, name: str, selection: Selection, *, by: int, now: datetime) -> int:
    """Change tasks that are as they were selected, or none; gives the number of the command in the journal.

    Raises:
        TaskNotFound, TaskChangedConcurrently: a task is not any more what it was.
    """
    try:
        with journaled(store, name, by=by, now=now) as made:
            batches.lock(made.connection, selection.ids)
            for hashes in selection.batches():
                found = task_writes.lock_and_read_tasks(made.connection, list(hashes))
                tasks = [made.checked(task_id, found.get(task_id)) for task_id in hashes]
                made.put({task.id: (task, selection.change(task)) for task in _unchanged(tasks, hashes)})
            assert made.number is not None  # or there was nothing to be done
            return made.number
    except StoreMissing:
        raise TaskNotFound(selection.ids[0]) from None


def changed_tasks(store: Store, number: int, selection: Selection) -> Iterator[Task]:
    """The tasks that a command has changed, as it left them or as they were when it deleted them, in their order."""
    if selection.is_whole:
        yield from (after or before for before, after in selection.first)
        return
    for ids in batches.batches(selection.ids):
        with store.read() as connection:
            changes = journal.get_changes(connection, number, ids)
        yield from (task for change in changes if (task := change.after or change.before))


def previewed_tasks(store: Store, selection: Selection) -> Iterator[Task]:
    """What would become of tasks, or what would be deleted, in their order.

    Raises:
        TaskChangedConcurrently: a task is not any more what it was.
    """
    if selection.is_whole:
        yield from (after or before for before, after in selection.first)
        return
    for hashes in selection.batches():
        with store.read() as connection:
            tasks = task_queries.get_tasks(connection, list(hashes))
        for gone in hashes.keys() - {task.id for task in tasks}:
            raise TaskChangedConcurrently(gone)
        for task in _unchanged(tasks, hashes):
            yield selection.change(task) or task


def _unchanged(tasks: Sequence[Task], hashes: Mapping[int, int]) -> Sequence[Task]:
    """These tasks, which must be what they were when their hashes were taken."""
    for task in tasks:
        if hash(task) != hashes[task.id]:
            raise TaskChangedConcurrently(task.id)
    return tasks


def _for_one(task: Task, asked: Edit) -> Edit:
    """The same, with a tag removed only where it is."""
    edit = asked.copy()
    if "remove_tags" in asked:
        edit["remove_tags"] = [tag for tag in asked["remove_tags"] if tag in task.tags]
    return edit
