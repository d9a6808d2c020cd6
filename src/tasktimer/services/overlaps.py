"""The service that finds overlapping tasks."""

from collections.abc import Iterable
from datetime import datetime

from tasktimer.core.task import Task
from tasktimer.store.protocols import Store
from tasktimer.store.statements.overlaps import find_others


def find_overlaps(store: Store, tasks: Iterable[Task], *, limit: int, now: datetime) -> list[tuple[Task, list[Task]]]:
    """Return the given tasks that overlap others of the same user, each with the first `limit` tasks that it overlaps.

    If two of the given tasks overlap, the pair is returned only once, for the first one. Running tasks extend to `now`.
    """
    found: dict[int, tuple[Task, list[Task]]] = {}
    with store.read() as connection:
        for task in tasks:
            others = find_others(connection, task, limit=limit, now=now)
            if new := [other for other in others if other.id not in found]:
                found[task.id] = (task, new)
    return list(found.values())
