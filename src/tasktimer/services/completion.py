"""Services that find candidates for shell completion (tasks, projects, tags and commands), or look up a project."""

from tasktimer.core.journal import JournalEntry
from tasktimer.core.labels import ancestors
from tasktimer.core.task import Actor, Task
from tasktimer.store.protocols import Store
from tasktimer.store.statements import completion, journal, task_queries

_MAX_PER_LENGTH = 10  # tasks per ID length; enough for all IDs that are one digit longer than the prefix


def running_tasks(store: Store, actor: Actor) -> list[Task]:
    """Return the running tasks, sorted by start time, then by ID."""
    # services.queries is not used, because its imports take longer than this query.
    with store.read() as connection:
        return task_queries.running_tasks(connection, actor.tasks_of_user)


def recent_tasks(store: Store, actor: Actor, *, limit: int) -> list[Task]:
    """Return the `limit` most recently started tasks, newest first."""
    with store.read() as connection:
        return completion.recent_tasks(connection, actor.tasks_of_user, limit)


def tasks_by_id_prefix(store: Store, actor: Actor, prefix: int, *, limit: int) -> list[Task]:
    """Return the `limit` most recently started tasks, and tasks whose IDs start with `prefix`, newest first."""
    with store.read() as connection:
        tasks = completion.recent_tasks(connection, actor.tasks_of_user, limit)
        tasks += completion.tasks_by_id_prefix(connection, actor.tasks_of_user, prefix, _MAX_PER_LENGTH)
    unique = {task.id: task for task in tasks}
    return sorted(unique.values(), key=lambda task: (task.start_time, task.id), reverse=True)


def project_names(store: Store, actor: Actor, prefix: str, *, limit: int) -> list[str]:
    """Return the first `limit` project names that start with a prefix, including parent projects, in sorted order."""
    with store.read() as connection:
        names = completion.project_names(connection, actor.tasks_of_user, prefix, limit)
        return sorted({level for name in names for level in ancestors(name) if level.startswith(prefix)})[:limit]


def is_project(store: Store, actor: Actor, name: str) -> bool:
    """Return whether a task has this project, or one below it."""
    with store.read() as connection:
        return completion.is_project(connection, actor.tasks_of_user, name)


def tag_names(store: Store, actor: Actor, prefix: str, *, limit: int) -> list[str]:
    """Return the first `limit` tags that start with a prefix, in sorted order."""
    with store.read() as connection:
        return completion.tag_names(connection, actor.tasks_of_user, prefix, limit)


def undoable_entries(store: Store, actor: Actor, *, limit: int) -> list[JournalEntry]:
    """Return the most recent commands that the actor can undo, newest first, each with only its first change."""
    with store.read() as connection:
        return journal.undoable_entries_summary(connection, actor.tasks_of_user, limit)
