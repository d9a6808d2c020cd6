"""The service that exports tasks in the formats of other programs."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from tasktimer.core.interval import Window
from tasktimer.core.task import Actor, Task
from tasktimer.core.task_filter import NO_FILTER, TaskFilter
from tasktimer.core.text import escape_control_chars
from tasktimer.errors import InvalidValue
from tasktimer.formats.registry import Loss, WriteOptions, writable_format
from tasktimer.store.protocols import Store
from tasktimer.store.statements.task_filter import iterate_tasks

_LENGTH = 1 << 16  # characters of a piece of text
_ESCAPING = ("json", "jsonl", "csv")  # formats that escape control characters themselves, which is faster


class ExportFormat(NamedTuple):
    """The name of a format, and how to write it.

    With `flatten`, tasks are cut where they overlap, for a format that does not allow this.
    """

    name: str
    flatten: bool = False
    for_spreadsheets: bool = False


class Export:
    """The text of exported tasks, which are sorted by start, then ID; iterate over it only once.

    `found` is the number of tasks so far, and `losses` counts those that lost something in this format.
    """

    def __init__(self, title: str, pieces: Iterator[str], losses: Counter[Loss]) -> None:
        self.title = title  # of the format, such as "Timewarrior"
        self.found = 0
        self.losses = losses
        self._pieces = pieces

    def __iter__(self) -> Iterator[str]:
        return self._pieces

    @property
    def tasks(self) -> int:
        """The number of tasks in the text so far."""
        return self.found - self.losses[Loss.RUNNING]

    def count(self, tasks: Iterable[Task]) -> Iterator[Task]:
        """Yield tasks, and count them."""
        for self.found, task in enumerate(tasks, 1):
            yield task


def export(
    store: Store,
    actor: Actor,
    export_format: ExportFormat,
    task_filter: TaskFilter = NO_FILTER,
    *,
    window: Window | None = None,
    now: datetime,
) -> Export:
    """Return the text of the tasks that match a filter and overlap the window, if one is given; tasks are not cut.

    Times without a UTC offset are in the time zone of `now`. The text is created piece by piece, while the caller
    iterates over it, within a single transaction: until its end, a SQLite file cannot be written to.

    Raises:
        InvalidValue: if there is no such format, or it cannot be written in this way.
        Conflict: while the tasks are written, if the format cannot represent them.
    """
    _validate(export_format)
    writable = writable_format(export_format.name)
    escapes = export_format.name.lower() in _ESCAPING
    losses: Counter[Loss] = Counter()
    options = WriteOptions(now, now.tzinfo or UTC, losses, export_format.flatten, export_format.for_spreadsheets)

    def pieces() -> Iterator[str]:
        with store.read() as connection:
            tasks = iterate_tasks(connection, task_filter, window=window, user_id=actor.tasks_of_user, now=now)
            counted = exported.count(tasks if escapes else _escape(tasks))
            yield from _join(writable.write(counted, options))

    exported = Export(writable.TITLE, pieces(), losses)
    return exported


def _join(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the same text in larger pieces."""
    joined: list[str] = []
    length = 0
    for piece in pieces:
        joined.append(piece)
        length += len(piece)
        if length > _LENGTH:
            yield "".join(joined)
            joined.clear()
            length = 0
    if joined:
        yield "".join(joined)


def _escape(tasks: Iterable[Task]) -> Iterator[Task]:
    """Yield tasks with control characters escaped, which only other programs store."""
    for task in tasks:
        texts = (task.description, task.project, *task.tags, task.note)
        if all(text is None or text.isprintable() for text in texts):
            yield task
            continue
        description, project, *tags, note = (None if text is None else escape_control_chars(text) for text in texts)
        yield task._replace(description=description, project=project, tags=tuple(tags), note=note)


def _validate(export_format: ExportFormat) -> None:
    """Raise InvalidValue if the options do not apply to the format."""
    name = export_format.name.lower()
    if export_format.flatten and name != "timewarrior":
        raise InvalidValue("flatten-and-format", "only Timewarrior files can be flattened")
    if export_format.for_spreadsheets and name != "csv":
        raise InvalidValue("spreadsheets-and-format", "only CSV files can be written for spreadsheets")
