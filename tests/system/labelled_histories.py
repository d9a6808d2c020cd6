"""Histories with projects and tags, and the exact time per day of each."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.system.histories import History, exact_days

Tags = tuple[str, ...]
Times = dict[tuple[str, str], timedelta]  # by day, and by project, by tag (with a plus sign) or "" for all


class Labelled(NamedTuple):
    """An interval with a project and tags."""

    start: datetime
    end: datetime
    project: str | None
    tags: Tags


def histories_by_label(rows: Iterable[Labelled]) -> dict[str, History]:
    found: defaultdict[str, History] = defaultdict(list)
    for start, end, project, tags in rows:
        for label in ("", *([project] if project else []), *(f"+{tag}" for tag in tags)):
            found[label].append((start, end))
    return found


def exact_times(rows: Iterable[Labelled], zone: ZoneInfo) -> Times:
    by_label = histories_by_label(rows)
    return {(day, label): time for label in by_label for day, time in exact_days(by_label[label], zone).items()}


def days_around(rows: Iterable[Labelled], zone: ZoneInfo) -> tuple[str, str]:
    """Return the first and the last local day."""
    starts, ends, *_ = zip(*rows, strict=True)
    return f"{min(starts).astimezone(zone).date()}", f"{max(ends).astimezone(zone).date()}"
