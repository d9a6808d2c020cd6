"""Services that list, look up and rename projects and tags."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from tasktimer.core.interval import Window
from tasktimer.core.label_usage import LabelUsages, summarize_usage
from tasktimer.core.labels import ancestors, parse_project, parse_tag
from tasktimer.core.task import Actor, Task
from tasktimer.core.task_filter import NO_FILTER, NO_PROJECT, TaskFilter
from tasktimer.core.text import normalize_nfc
from tasktimer.core.timesheet import timesheet
from tasktimer.errors import NotFound, StoreMissing, find_closest_match, quote_value
from tasktimer.services import batches
from tasktimer.services.transaction import ChangeRecorder, journaled, retry_on_conflict
from tasktimer.store.protocols import Connection, Store
from tasktimer.store.statements import completion, statistics, task_writes
from tasktimer.store.statements.task_filter import find_tasks, iterate_tasks

# The maximum number of names in which to search for a similar one.
_MAX_NAMES = 10_000


class LabelNotFound(NotFound):
    """The error for a project or a tag that no task has."""

    def __init__(self, kind: str, name: str, names: Sequence[str]) -> None:
        match = find_closest_match(name, names)
        hint = None if match is None else f"did you mean {quote_value(match)}?"
        super().__init__(f"{kind}-not-found", f"no task has the {kind} {quote_value(name)}", hint)


def projects(
    store: Store,
    actor: Actor,
    task_filter: TaskFilter = NO_FILTER,
    *,
    window: Window | None = None,
    whole_seconds: bool = False,
    now: datetime,
) -> LabelUsages:
    """Return the usage of each project among the tasks that match a filter, sorted by name, level by level.

    Given a window, count only the tasks that overlap it and the time within it. Assume that running tasks end at `now`.
    With `whole_seconds`, truncate the start and the end of each task to the second, as tables do.
    """
    return _usages(store, actor, "project", task_filter, window=window, whole_seconds=whole_seconds, now=now)


def tags(
    store: Store,
    actor: Actor,
    task_filter: TaskFilter = NO_FILTER,
    *,
    window: Window | None = None,
    whole_seconds: bool = False,
    now: datetime,
) -> LabelUsages:
    """Return the usage of each tag among the tasks that match a filter, sorted by name.

    Given a window, count only the tasks that overlap it and the time within it. Assume that running tasks end at `now`.
    With `whole_seconds`, truncate the start and the end of each task to the second, as tables do.
    """
    return _usages(store, actor, "tag", task_filter, window=window, whole_seconds=whole_seconds, now=now)


class Renaming(NamedTuple):
    """The number of changed tasks, the number that already had the new name, and the first changed task."""

    changed: int
    joined: int
    first: Task | None


@retry_on_conflict
def rename_project(store: Store, actor: Actor, old: str, new: str, *, now: datetime) -> Renaming:
    """Rename a project and its subprojects.

    If the new name already exists, merge the two projects.

    Raises:
        LabelNotFound: if no task has the project.
    """
    old, new = normalize_nfc(old), parse_project(new)

    def renamed(task: Task) -> dict[str, Any]:
        project = task.project or ""
        is_match = project == old or project.startswith(f"{old}/")
        return {"project": parse_project(f"{new}{project.removeprefix(old)}")} if is_match else {}

    return _rename(store, actor, ("project", old, new), renamed, now=now)


@retry_on_conflict
def rename_tag(store: Store, actor: Actor, old: str, new: str, *, now: datetime) -> Renaming:
    """Rename a tag; if the new name already exists, merge the two tags.

    Raises:
        LabelNotFound: if no task has the tag.
    """
    old, new = parse_tag(old), parse_tag(new)

    def renamed(task: Task) -> dict[str, Any]:
        return {"tags": tuple(sorted({*task.tags, new} - {old}))} if old in task.tags and old != new else {}

    return _rename(store, actor, ("tag", old, new), renamed, now=now)


def unknown_labels(store: Store, actor: Actor, task_filter: TaskFilter) -> list[LabelNotFound]:
    """For each project or tag in a filter, return an error if no task has it."""
    labels = dict.fromkeys(
        (term.key, term.value) for term in task_filter.terms if term.key in {"project", "tag"} and term != NO_PROJECT
    )
    if not labels:
        return []
    user_id = actor.tasks_of_user
    with store.read() as connection:
        unknown = [(kind, name) for kind, name in labels if not _is_used(connection, kind, name, user_id)]
        names = {kind: _names(connection, kind, user_id) for kind in {kind for kind, _ in unknown}}
    return [LabelNotFound(kind, name, names[kind]) for kind, name in unknown]


def _usages(  # noqa: PLR0913 (the parameters of `projects`, and the kind)
    store: Store,
    actor: Actor,
    kind: str,
    task_filter: TaskFilter,
    *,
    window: Window | None,
    whole_seconds: bool,
    now: datetime,
) -> LabelUsages:
    """Return the usage of each project or tag, as `projects` and `tags` do."""
    user_id = actor.tasks_of_user
    with store.read() as connection:
        if window is None:  # no task is cut, so the store can add up the times
            count = statistics.projects if kind == "project" else statistics.tags
            unit = timedelta(seconds=1) if whole_seconds else timedelta.resolution
            return summarize_usage(count(connection, task_filter, user_id=user_id, unit=unit, now=now))
        tasks = find_tasks(connection, task_filter, window=window, user_id=user_id, now=now)
    sheet = timesheet(tasks, window, now)
    entries = (sheet.in_whole_seconds if whole_seconds else sheet).entries
    return summarize_usage((_labels(kind, task), 1, task.start_time, part.duration) for task, part in entries)


def _labels(kind: str, task: Task) -> Sequence[str]:
    if kind == "tag":
        return task.tags
    return () if task.project is None else (task.project,)


def _rename(
    store: Store, actor: Actor, names: tuple[str, str, str], renamed: Callable[[Task], dict[str, Any]], *, now: datetime
) -> Renaming:
    """Rename a label; `names` contains its kind, its name and its new name."""
    kind, *old_and_new = names
    old, new = (TaskFilter(project=name) if kind == "project" else TaskFilter(tags=(name,)) for name in old_and_new)
    user_id = actor.tasks_of_user
    try:
        with journaled(store, actor, f"rename {kind}", now=now) as recorder:
            connection = recorder.connection
            find = partial(iterate_tasks, connection, old, window=None, user_id=user_id, now=now)
            ids = batches.lock_until_stable(connection, lambda: (task.id for task in find()))
            if not ids:
                raise LabelNotFound(kind, names[1], _names(connection, kind, user_id))
            counts, firsts = zip(
                *(_rename_batch(recorder, batch, renamed) for batch in batches.split(ids)), strict=True
            )
            # All of these tasks have the new name now, even if the new name contains the old one.
            joined = statistics.count_tasks(connection, new, user_id=user_id, now=now) - len(ids)
            return Renaming(sum(counts), joined, next(filter(None, firsts), None))
    except StoreMissing:
        raise LabelNotFound(kind, names[1], ()) from None


def _rename_batch(
    recorder: ChangeRecorder, ids: Sequence[int], renamed: Callable[[Task], dict[str, Any]]
) -> tuple[int, Task | None]:
    """Rename a label in a batch of tasks; return the number of changed tasks, and the first one."""
    # Read the tasks again under the lock, because some may have changed since they were found.
    tasks = task_writes.lock_and_read_tasks(recorder.connection, ids).values()
    pairs = ((task, task._replace(**renamed(task))) for task in tasks)
    changed = {before.id: (before, after) for before, after in pairs if before != after}
    recorder.put(changed)
    return len(changed), next((after for _, after in changed.values()), None)


def _is_used(connection: Connection, kind: str, name: str, user_id: int | None) -> bool:
    if kind == "tag":
        return name in completion.tag_names(connection, user_id, name, 1)
    return completion.is_project(connection, user_id, name)


def _names(connection: Connection, kind: str, user_id: int | None) -> list[str]:
    """Return the names of the projects or tags in use, including parent projects."""
    if kind == "tag":
        return completion.tag_names(connection, user_id, "", _MAX_NAMES)
    projects = completion.project_names(connection, user_id, "", _MAX_NAMES)
    return list(dict.fromkeys(level for project in projects for level in ancestors(project)))
