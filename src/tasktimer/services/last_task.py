"""The service that finds the user's most recently started task."""

from tasktimer.core.task import Actor, Task
from tasktimer.errors import NotFound
from tasktimer.services.transaction import resolve_user
from tasktimer.store.protocols import Store
from tasktimer.store.statements import task_queries


def get_last_task(store: Store, actor: Actor) -> Task:
    """Return the actor's most recently started task, or the one with the highest ID if several have the same start."""
    with store.read() as connection:
        owner = resolve_user(connection, actor).owner
        task = task_queries.find_last_task(connection, owner)
    if task is None:
        raise NotFound("nothing-tracked", f"user {owner} has not tracked anything yet")
    return task
