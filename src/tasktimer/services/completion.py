"""Queries for completion candidates: tasks, labels and commands."""

from tasktimer.core.journal import JournalEntry
from tasktimer.core.labels import ancestors
from tasktimer.core.task import Actor, Task
from tasktimer.store.protocols import Store
from tasktimer.store.statements import completion, journal, task_queries

_MAX_PER_LENGTH = 10  # IDs with a prefix: enough for all IDs with one more digit


def running_tasks(store: Store, actor: Actor) -> list[Task]:
    """Return the running tasks, sorted by start, then ID."""
    # Not services.queries: its imports take longer than this query.
    with store.read() as connection:
        return task_queries.running_tasks(connection, actor.tasks_of_user)


def recent_tasks(store: Store, actor: Actor, *, limit: int) -> list[Task]:
    """Return the `limit` most recently started tasks, newest first."""
    with store.read() as connection:
        return completion.recent_tasks(connection, actor.tasks_of_user, limit)


def tasks_by_id_prefix(store: Store, actor: Actor, prefix: int, *, limit: int) -> list[Task]:
    """Return recent tasks and older tasks with IDs that start with the digits of `prefix`, newest first."""
    with store.read() as connection:
        tasks = completion.recent_tasks(connection, actor.tasks_of_user, limit)
        tasks += completion.tasks_by_id_prefix(connection, actor.tasks_of_user, prefix, _MAX_PER_LENGTH)
    unique = {task.id: task for task in tasks}
    return sorted(unique.values(), key=lambda task: (task.start_time, task.id), reverse=True)


def project_names(store: Store, actor: Actor, prefix: str, *, limit: int) -> list[str]:
    """Return the first projects with a prefix, including the projects above them, sorted by name."""
    with store.read() as connection:
        names = completion.project_names(connection, actor.tasks_of_user, prefix, limit)
        return sorted({level for name in names for level in ancestors(name) if level.startswith(prefix)})[:limit]


def tag_names(store: Store, actor: Actor, prefix: str, *, limit: int) -> list[str]:
    """Return the first tags with a prefix, sorted by name."""
    with store.read() as connection:
        return completion.tag_names(connection, actor.tasks_of_user, prefix, limit)


def undoable_entries(store: Store, actor: Actor, *, limit: int) -> list[JournalEntry]:
    """Return the most recent commands that the actor can undo, newest first, each with only its first change."""
    with store.read() as connection:
        return journal.undoable_entries_summary(connection, actor.tasks_of_user, limit)
