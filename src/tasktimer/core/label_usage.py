"""Usage statistics for projects and tags."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tasktimer.core.interval import Window
from tasktimer.core.task import Task


@dataclass(frozen=True, slots=True)
class LabelUsage:
    """A project or tag, with the number of its tasks, their most recent start, and the total time spent on them."""

    name: str
    count: int
    last_time: datetime
    worked: timedelta


def summarize_usage(
    tasks: Iterable[Task], names: Callable[[Task], Iterable[str]], window: Window, now: datetime
) -> list[LabelUsage]:
    """Return the usage of each label within a window; running tasks are treated as ending now."""
    tasks_by_name: dict[str, list[Task]] = {}
    for task in tasks:
        for name in names(task):
            tasks_by_name.setdefault(name, []).append(task)
    return [
        LabelUsage(
            name,
            len(group),
            max(task.start_time for task in group),
            sum((task.time_spent(window, now) for task in group), timedelta()),
        )
        for name, group in tasks_by_name.items()
    ]
