"""Versions of tasks, which show whether a task has changed since it was read."""

from hashlib import sha256

from tasktimer.core.task import Task


def task_version(task: Task) -> str:
    """Return a hash of a task's fields: two states of a task have the same version only if they are equal."""
    end = None if task.end_time is None else task.end_time.isoformat()
    fields = (task.id, task.user_id, task.description, task.start_time.isoformat(), end)
    text = ascii((*fields, task.project, task.tags, task.note))
    return sha256(text.encode()).hexdigest()[:32]
