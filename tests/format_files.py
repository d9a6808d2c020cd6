"""Functions that read rows from a file in a format, and write tasks in one."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tasktimer.core.task import Task
from tasktimer.formats.reading import ReadOptions
from tasktimer.formats.registry import READABLE, Loss, WriteOptions, readable_format, recognize, writable_format
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)

Rows = list[Row | RejectedRow]


def formats_of(source: Source) -> list[str]:
    """Return the names of all formats that recognize a source."""
    return [name for name in READABLE if readable_format(name).recognize(source)]


def read(
    source: Source, zone: str = "Europe/Berlin", *, name: str | None = None, day_first: bool | None = None
) -> Rows:
    """Return the rows of a source, in the format that is recognized unless one is named."""
    found = readable_format(name or recognize(source))
    return list(found.read(source, ReadOptions(ZoneInfo(zone), day_first)))


def write(name: str, tasks: Iterable[Task], zone: str = "Europe/Berlin", **options: bool) -> tuple[str, Counter[Loss]]:
    """Return tasks in a format, and what it cannot represent."""
    losses: Counter[Loss] = Counter()
    written = WriteOptions(NOW, ZoneInfo(zone), losses, **options)
    return "".join(writable_format(name).write(tasks, written)), losses
