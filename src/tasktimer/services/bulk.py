"""Services that edit or delete many tasks in one transaction, exactly as previewed."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from tasktimer.core.interval import Window
from tasktimer.core.task import Actor, Task
from tasktimer.core.task_filter import TaskFilter
from tasktimer.errors import Conflict, StoreMissing, TaskNotFound
from tasktimer.services import batches
from tasktimer.services.edit import EditFields, TagNotSet, resolve_edit, validate_edit
from tasktimer.services.transaction import journaled, retry_on_conflict
from tasktimer.store.protocols import Store
from tasktimer.store.statements import journal, task_queries, task_writes
from tasktimer.store.statements.task_filter import iterate_tasks as find_tasks

TaskChange = tuple[Task, Task | None]  # before, after (None: deleted)
Change = Callable[[Task], Task | None]
Watch = Callable[[Task, Task], None]


class TaskChangedConcurrently(Conflict):
    """The error for a task that has changed since it was selected."""

    def __init__(self, task_id: int) -> None:
        message = f"task {task_id} has changed since it was selected"
        super().__init__("concurrent-update", message, "try again; nothing was changed")


class Selection:
    """The tasks that a change would affect, in the order they were found.

    Only the first tasks are kept in full. For every task, its ID and a hash of its fields are kept to detect changes.
    """

    def __init__(self, change: Change) -> None:
        self.change = change
        self.first: list[TaskChange] = []
        self.ids = array("q")
        self.users: set[int] = set()
        self._hashes = array("q")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_complete(self) -> bool:
        """Whether every selected task is kept in full."""
        return len(self.first) == len(self.ids)

    def add(self, task: Task) -> Task | None:
        """Add a task if the change would affect it; return the changed task, or None if the change would delete it."""
        after = self.change(task)
        if after != task:
            self.ids.append(task.id)
            self.users.add(task.user_id)
            self._hashes.append(hash(task))
            if len(self.first) < batches.BATCH_SIZE:
                self.first.append((task, after))
        return after

    def batches(self) -> Iterator[dict[int, int]]:
        """Yield the selected tasks in batches, each a mapping from task IDs to hashes."""
        for start in range(0, len(self.ids), batches.BATCH_SIZE):
            some = slice(start, start + batches.BATCH_SIZE)
            yield dict(zip(self.ids[some], self._hashes[some], strict=True))


def iterate_tasks(
    store: Store, actor: Actor, task_filter: TaskFilter, *, window: Window | None, now: datetime
) -> Iterator[Task]:
    """Yield the tasks that match a filter and overlap the window, if one is given, sorted by start time, then by ID.

    A SQLite file cannot be written to until the iterator is exhausted.
    """
    with store.read() as connection:
        yield from find_tasks(connection, task_filter, window=window, user_id=actor.tasks_of_user, now=now)


def select_edited(
    tasks: Iterable[Task],
    changes: EditFields,
    *,
    by_id: bool,
    now: datetime,
    allow_empty: bool = True,
    watch: Watch = lambda _before, _after: None,
) -> Selection:
    """Return a selection of the tasks that an edit would change; call `watch` with each task before and after the edit.

    Each tag to be removed must be on every task if `by_id` is true, otherwise on at least one task.

    Raises:
        NotFound: if a tag to be removed is missing from these tasks.
        Conflict: if a task would start or end in the future, or end before it starts.
    """
    changes = validate_edit(changes)

    def change(task: Task) -> Task:
        fields = changes if by_id else _for_one(task, changes)
        return task._replace(**resolve_edit(task, fields, now, allow_empty=allow_empty))

    selection, tags, are_any = Selection(change), set[str](), False
    for task in tasks:
        are_any = True
        tags.update(task.tags)
        if (after := selection.add(task)) is not None:
            watch(task, after)
    if are_any and (missing := set(changes.get("remove_tags", ())) - tags):
        raise TagNotSet(min(missing), tags)
    return selection


def select_deleted(tasks: Iterable[Task]) -> Selection:
    """Return a selection that deletes all of the given tasks."""
    selection = Selection(lambda _: None)
    for task in tasks:
        selection.add(task)
    return selection


@retry_on_conflict
def apply_changes(store: Store, actor: Actor, name: str, selection: Selection, *, now: datetime) -> int:
    """Edit or delete the selected tasks in one transaction, and return the ID of the journal entry.

    Raises:
        TaskNotFound: if a task has been deleted since it was selected.
        TaskChangedConcurrently: if a task has changed since it was selected.
    """
    try:
        with journaled(store, actor, name, now=now) as recorder:
            batches.lock(recorder.connection, selection.ids)
            for hashes in selection.batches():
                existing = task_writes.lock_and_read_tasks(recorder.connection, list(hashes))
                tasks = [recorder.check(task_id, existing.get(task_id)) for task_id in hashes]
                recorder.put({task.id: (task, selection.change(task)) for task in _unchanged(tasks, hashes)})
            assert recorder.entry_id is not None  # a selection is never empty
            return recorder.entry_id
    except StoreMissing:
        raise TaskNotFound(selection.ids[0]) from None


def changed_tasks(store: Store, entry_id: int, selection: Selection) -> Iterator[Task]:
    """Yield the tasks that a journal entry changed, in their new state, or in their old state if it deleted them."""
    if selection.is_complete:
        yield from (after or before for before, after in selection.first)
        return
    for ids in batches.split(selection.ids):
        with store.read() as connection:
            changes = journal.get_changes(connection, entry_id, ids)
        yield from (task for change in changes if (task := change.after or change.before))


def previewed_tasks(store: Store, selection: Selection) -> Iterator[Task]:
    """Yield the selected tasks as they would be after the change, or as they are now if the change would delete them.

    Raises:
        TaskChangedConcurrently: if a task has changed since it was selected.
    """
    if selection.is_complete:
        yield from (after or before for before, after in selection.first)
        return
    for hashes in selection.batches():
        with store.read() as connection:
            tasks = task_queries.get_tasks(connection, list(hashes))
        for deleted in hashes.keys() - {task.id for task in tasks}:
            raise TaskChangedConcurrently(deleted)
        for task in _unchanged(tasks, hashes):
            yield selection.change(task) or task


def _unchanged(tasks: Sequence[Task], hashes: Mapping[int, int]) -> Sequence[Task]:
    """Return the tasks, or raise TaskChangedConcurrently if a task's hash has changed since the task was selected."""
    for task in tasks:
        if hash(task) != hashes[task.id]:
            raise TaskChangedConcurrently(task.id)
    return tasks


def _for_one(task: Task, changes: EditFields) -> EditFields:
    """Return `changes` for one task, leaving out the removal of tags that it does not have."""
    edit = changes.copy()
    if "remove_tags" in changes:
        edit["remove_tags"] = [tag for tag in changes["remove_tags"] if tag in task.tags]
    return edit
