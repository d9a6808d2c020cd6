"""How much a project or a tag was used."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tasktimer.core.interval import Window
from tasktimer.core.task import Task


@dataclass(frozen=True, slots=True)
class LabelUsage:
    """A project or a tag: how many tasks have it, when the last of them started, how long they took together."""

    name: str
    count: int
    last_time: datetime
    worked: timedelta


def summarize_usage(
    tasks: Iterable[Task], names: Callable[[Task], Iterable[str]], window: Window, now: datetime
) -> list[LabelUsage]:
    """The names that tasks have, in their order, with what of these tasks lies in a window, running ones up to now."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        for name in names(task):
            found.setdefault(name, []).append(task)
    return [_usage(name, found[name], window, now) for name in sorted(found)]


def _usage(name: str, tasks: list[Task], window: Window, now: datetime) -> LabelUsage:
    worked = sum((task.time_spent(window, now) for task in tasks), timedelta())
    return LabelUsage(name, len(tasks), max(task.start_time for task in tasks), worked)
