"""Usage statistics for projects and tags."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tasktimer.core.labels import sort_key

# The labels, the number, the most recent start and the total time of tasks that have the same labels.
TaskGroup = tuple[Sequence[str], int, datetime, timedelta]


@dataclass(frozen=True, slots=True)
class LabelUsage:
    """A project or tag, with the number of its tasks, their most recent start, and the total time spent on them.

    `name=None` means the tasks without a project, or without tags.
    """

    name: str | None
    count: int
    last_time: datetime
    worked: timedelta


@dataclass(frozen=True, slots=True)
class LabelUsages:
    """The usage of each label, sorted by name, followed by the usage of tasks without a label.

    `count` and `worked` count each task once.
    """

    labels: list[LabelUsage]
    count: int
    worked: timedelta


def summarize_usage(groups: Iterable[TaskGroup]) -> LabelUsages:
    """Return the usage of each label; a task with several labels counts towards each of them."""
    usages: dict[str | None, LabelUsage] = {}
    total, worked = 0, timedelta()
    for names, count, last_time, length in groups:
        total, worked = total + count, worked + length
        for name in names or (None,):
            usage = LabelUsage(name, count, last_time, length)
            usages[name] = add_usages(name, usages[name], usage) if name in usages else usage
    labels = sorted(usages.values(), key=lambda usage: (usage.name is None, sort_key(usage.name or "")))
    return LabelUsages(labels, total, worked)


def add_usages(name: str | None, *usages: LabelUsage) -> LabelUsage:
    """Return the sum of several usages, as the usage of `name`."""
    return LabelUsage(
        name,
        sum(usage.count for usage in usages),
        max(usage.last_time for usage in usages),
        sum((usage.worked for usage in usages), timedelta()),
    )
