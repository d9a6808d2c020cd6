"""The verbs about projects and tags: which there are, and giving them other names."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from tasktimer.core.interval import Window
from tasktimer.core.label_usage import LabelUsage, summarize_usage
from tasktimer.core.labels import ancestors, parse_project, parse_tag
from tasktimer.core.suggestions import find_closest_match
from tasktimer.core.task import Task, normalize_nfc
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.errors import NotFound, StoreMissing, quote_value
from tasktimer.services import batches
from tasktimer.services.transaction import ChangeRecorder, journaled, retry_on_conflict
from tasktimer.store import Connection, Store
from tasktimer.store.statements import completion, label_usage, task_writes
from tasktimer.store.statements.task_filter import find_tasks, iterate_tasks

# Among so many a similar name is looked for.
_MOST_NAMES = 10_000


class LabelNotFound(NotFound):
    """No task has this project or tag."""

    def __init__(self, kind: str, name: str, names: Sequence[str]) -> None:
        meant = find_closest_match(name, names)
        hint = None if meant is None else f"did you mean {quote_value(meant)}?"
        super().__init__(f"no-such-{kind}", f"no task has the {kind} {quote_value(name)}", hint)


def projects(
    store: Store,
    task_filter: TaskFilter = NO_FILTER,
    *,
    window: Window | None = None,
    user_id: int | None,
    now: datetime,
) -> list[LabelUsage]:
    """The projects of what a filter leaves, of a user or (None) of all, by name; running tasks up to now.

    With a window, of the tasks that overlap it, and how much of these lies in it.
    """
    with store.read() as connection:
        if window is None:
            return label_usage.projects(connection, task_filter, user_id=user_id, now=now)
        tasks = find_tasks(connection, task_filter, window=window, user_id=user_id, now=now)
    return summarize_usage(tasks, lambda task: (task.project,) if task.project else (), window, now)


def tags(
    store: Store,
    task_filter: TaskFilter = NO_FILTER,
    *,
    window: Window | None = None,
    user_id: int | None,
    now: datetime,
) -> list[LabelUsage]:
    """The same of the tags."""
    with store.read() as connection:
        if window is None:
            return label_usage.tags(connection, task_filter, user_id=user_id, now=now)
        tasks = find_tasks(connection, task_filter, window=window, user_id=user_id, now=now)
    return summarize_usage(tasks, lambda task: task.tags, window, now)


@retry_on_conflict
def rename_project(store: Store, old: str, new: str, *, user_id: int | None, by: int, now: datetime) -> int:
    """Give a project, with the levels below it, another name, in the tasks of a user or (None) of all.

    Gives how many tasks are different now. Where there is a project of the new name already, the two become one.

    Raises:
        InvalidValue: a name cannot be one.
        LabelNotFound: no task has the project.
    """
    old, new = normalize_nfc(old), parse_project(new)

    def renamed(task: Task) -> dict[str, Any]:
        project = task.project or ""
        is_meant = project == old or project.startswith(f"{old}/")
        return {"project": parse_project(f"{new}{project.removeprefix(old)}")} if is_meant else {}

    task_filter = TaskFilter(project=old)
    return _rename(store, "project", old, task_filter=task_filter, renamed=renamed, user_id=user_id, by=by, now=now)


@retry_on_conflict
def rename_tag(store: Store, old: str, new: str, *, user_id: int | None, by: int, now: datetime) -> int:
    """Give a tag another name, in the tasks of a user or (None) of all; gives how many tasks are different now.

    Raises:
        InvalidValue: a name cannot be one.
        LabelNotFound: no task has the tag.
    """
    old, new = parse_tag(old), parse_tag(new)

    def renamed(task: Task) -> dict[str, Any]:
        return {"tags": tuple(sorted({*task.tags, new} - {old}))} if old in task.tags and old != new else {}

    task_filter = TaskFilter(tags=(old,))
    return _rename(store, "tag", old, task_filter=task_filter, renamed=renamed, user_id=user_id, by=by, now=now)


def _rename(  # noqa: PLR0913 (what, how, whose, and who asks)
    store: Store,
    kind: str,
    old: str,
    *,
    task_filter: TaskFilter,
    renamed: Callable[[Task], dict[str, Any]],
    user_id: int | None,
    by: int,
    now: datetime,
) -> int:
    try:
        with journaled(store, f"rename {kind}", by=by, now=now) as made:
            find = partial(iterate_tasks, made.connection, task_filter, window=None, user_id=user_id, now=now)
            ids = batches.lock_found(made.connection, lambda: (task.id for task in find()))
            if not ids:
                raise LabelNotFound(kind, old, _names(made.connection, kind, user_id))
            return sum(_rename_some(made, some, renamed) for some in batches.batches(ids))
    except StoreMissing:
        raise LabelNotFound(kind, old, ()) from None


def _rename_some(made: ChangeRecorder, ids: Sequence[int], renamed: Callable[[Task], dict[str, Any]]) -> int:
    # As they are now that nobody else can change them: one may have another name since it was found.
    found = task_writes.lock_and_read_tasks(made.connection, ids).values()
    pairs = ((task, replace(task, **renamed(task))) for task in found)
    different = {before.id: (before, after) for before, after in pairs if before != after}
    made.put(different)
    return len(different)


def unknown_labels(store: Store, task_filter: TaskFilter, *, user_id: int | None) -> list[LabelNotFound]:
    """What a filter asks for that no task of a user, or (None) of anybody, has."""
    tags = (*task_filter.tags, *task_filter.exclude_tags)
    asked = [*([("project", task_filter.project)] if task_filter.project else []), *(("tag", tag) for tag in tags)]
    with store.read() as connection:
        unknown = [(kind, name) for kind, name in asked if not _is_used(connection, kind, name, user_id)]
        names = {kind: _names(connection, kind, user_id) for kind in {kind for kind, _ in unknown}}
    return [LabelNotFound(kind, name, names[kind]) for kind, name in unknown]


def _is_used(connection: Connection, kind: str, name: str, user_id: int | None) -> bool:
    # Of the names that begin so it is the first one.
    if kind == "tag":
        return name in completion.tag_names(connection, user_id, name, 1)
    below = completion.project_names(connection, user_id, f"{name}/", 1)
    return bool(below) or name in completion.project_names(connection, user_id, name, 1)


def _names(connection: Connection, kind: str, user_id: int | None) -> list[str]:
    """The names in use, those of the upper levels of projects, too."""
    if kind == "tag":
        return completion.tag_names(connection, user_id, "", _MOST_NAMES)
    projects = completion.project_names(connection, user_id, "", _MOST_NAMES)
    return list(dict.fromkeys(level for project in projects for level in ancestors(project)))
