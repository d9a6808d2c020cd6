"""The verbs that say what could be meant: the tasks and names that a shell offers after TAB."""

from typing import TYPE_CHECKING

from tasktimer.core.labels import ancestors
from tasktimer.core.task import Task
from tasktimer.store import Store
from tasktimer.store.statements import completion, task_queries

if TYPE_CHECKING:
    from tasktimer.core.journal import JournalEntry

_MOST_OF_A_LENGTH = 10  # of ids that begin so: all those with one digit more


def running_tasks(store: Store, *, user_id: int | None) -> list[Task]:
    """The running tasks, of a user or (None) of all, by start, then id."""
    with store.read() as connection:  # as `looking` does, whose imports take longer than this
        return task_queries.running_tasks(connection, user_id)


def recent_tasks(store: Store, *, user_id: int | None, limit: int) -> list[Task]:
    """The tasks that started last, the last one first, of a user or (None) of all."""
    with store.read() as connection:
        return completion.recent_tasks(connection, user_id, limit)


def tasks_by_id_prefix(store: Store, beginning: int, *, user_id: int | None, limit: int) -> list[Task]:
    """The same, and some whose ids begin so, however long ago they started: the one of this id for certain."""
    with store.read() as connection:
        tasks = completion.recent_tasks(connection, user_id, limit)
        tasks += completion.tasks_by_id_prefix(connection, user_id, beginning, _MOST_OF_A_LENGTH)
    unique = {task.id: task for task in tasks}
    return sorted(unique.values(), key=lambda task: (task.start_time, task.id), reverse=True)


def project_names(store: Store, *, user_id: int | None, beginning: str, limit: int) -> list[str]:
    """The first projects and upper levels of projects, by name, that begin so, of a user or (None) of all."""
    with store.read() as connection:
        names = completion.project_names(connection, user_id, beginning, limit)
        return sorted({level for name in names for level in ancestors(name) if level.startswith(beginning)})[:limit]


def tag_names(store: Store, *, user_id: int | None, beginning: str, limit: int) -> list[str]:
    """The first tags, by name, that begin so, of a user or (None) of all."""
    with store.read() as connection:
        return completion.tag_names(connection, user_id, beginning, limit)


def undoable_entries(store: Store, *, by: int, limit: int) -> "list[JournalEntry]":
    """The last commands of a user that can be taken back, the last one first, each with its first change alone."""
    from tasktimer.store.statements import journal  # only here; it takes longer than the question

    with store.read() as connection:
        return journal.undoable_entries_summary(connection, by, limit)
