"""The verbs that correct or delete many tasks at once, as they were shown to the one who asked for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tasktimer.core.task import Task
from tasktimer.errors import Conflict, NotFound, quoted
from tasktimer.store import Store
from tasktimer.tracker.command import command_on, retried
from tasktimer.tracker.editing import Edit, Pair, check_edit, correction


class ChangedMeanwhile(Conflict):
    """A task is not any more what was shown."""

    def __init__(self, task_id: int) -> None:
        what = f"task {task_id} has changed since it was looked at"
        super().__init__("changed-meanwhile", what, "nothing is done; look again")


def preview(tasks: Sequence[Task], asked: Edit, *, are_named: bool, now: datetime) -> list[Pair]:
    """What an edit would make of tasks: those that it would change, as they are and as they would be.

    Of tasks that are named each must have a tag that is to be removed, of those that a filter found one.

    Raises:
        InvalidValue: a value cannot be one, or they contradict each other.
        NotFound: no task has a tag that is to be removed.
        Conflict: a start or an end would lie after now, or an end before a start.
    """
    asked = check_edit(asked)
    had = {tag for task in tasks for tag in task.tags}
    if tasks and (missing := set(asked.get("remove_tags", ())) - had):
        hint = f"their tags are {' '.join(f'+{tag}' for tag in sorted(had))}" if had else "they have no tags"
        raise NotFound("tag-not-found", f"none of the tasks has the tag {quoted(min(missing))}", hint)
    edits = ((task, asked if are_named else _for_one(task, asked)) for task in tasks)
    pairs = ((task, replace(task, **correction(task, edit, now))) for task, edit in edits)
    return [pair for pair in pairs if pair[0] != pair[1]]


@retried
def apply(store: Store, name: str, pairs: Sequence[tuple[Task, Task | None]], *, by: int, now: datetime) -> None:
    """Bring tasks from what they were when they were shown to what was said they would be (None: deleted), or none.

    Raises:
        TaskNotFound, ChangedMeanwhile: a task is not any more what it was.
    """
    shown = {task.id: (task, after) for task, after in pairs}
    with command_on(store, name, list(shown), owner=None, by=by, now=now) as (made, tasks):
        for task in tasks:
            if task != shown[task.id][0]:
                raise ChangedMeanwhile(task.id)
        made.put(shown)


def _for_one(task: Task, asked: Edit) -> Edit:
    """The same, with a tag removed only where it is."""
    edit = asked.copy()
    if "remove_tags" in asked:
        edit["remove_tags"] = [tag for tag in asked["remove_tags"] if tag in task.tags]
    return edit
